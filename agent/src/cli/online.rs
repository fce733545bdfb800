//! The verbs that talk to the collector: their runtime and their connection. Nothing else starts either.

use super::{Context, Exit, Failure};
use crate::config::ProxySetting;
use crate::enrol::EnrolError;
use crate::ledger::LedgerError;
use crate::pipeline::CycleError;
use crate::ship::{CollectorLink, Outbound, ShipError};
use candor_uplink::{Endpoint, ProxyChoice, Reach, Timeouts, Uplink, UplinkError};
use collector_proto::contract::Contract;
use collector_proto::envelope::{Envelope, SigningKey};
use collector_proto::http_signature::Nonce;
use collector_proto::messages::{BundleCollector, Documents};
use collector_proto::time::UtcTime;
use ring::rand::SecureRandom;
use std::cell::OnceCell;
use std::future::Future;

/// Runs one future to its end on this thread.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime
        .map_err(|error| anyhow::Error::new(error).context("the network runtime cannot be started"))?
        .block_on(future))
}

/// The collector's addresses, its authority and how to get there.
#[derive(Debug, Clone)]
pub(super) struct Way {
    endpoint: Endpoint,
    timeouts: Timeouts,
}

/// The way to a collector under this device's settings.
pub(super) fn way(context: &Context, collector: &BundleCollector) -> Way {
    let endpoint = Endpoint {
        urls: collector.urls.clone(),
        ca_pem: collector.ca.clone(),
        proxy: match &context.settings.proxy {
            ProxySetting::Environment => ProxyChoice::Environment,
            ProxySetting::None => ProxyChoice::None,
            ProxySetting::Address(address) => ProxyChoice::Url(address.clone()),
        },
    };
    let request = context.settings.request_timeout.unwrap_or(Timeouts::REQUEST);
    Way { endpoint, timeouts: Timeouts { connect: Timeouts::CONNECT.min(request), request } }
}

impl Way {
    /// What the network has to let through.
    pub(super) fn reach(&self) -> Reach {
        self.endpoint.reach()
    }
}

/// Sets up a client. Nothing is sent.
pub(super) fn connect(way: &Way) -> Result<Uplink, UplinkError> {
    Uplink::new(&way.endpoint, way.timeouts)
}

/// A client that is set up when it is first used, so that an address nobody can use is found where reports are safe, and
/// that is dropped after a cycle with all its memory.
pub(super) struct LazyUplink {
    way: Way,
    uplink: OnceCell<Uplink>,
}

impl LazyUplink {
    /// A connection yet to be made.
    pub(super) fn new(way: Way) -> Self {
        Self { way, uplink: OnceCell::new() }
    }

    fn uplink(&self) -> Result<&Uplink, UplinkError> {
        if let Some(uplink) = self.uplink.get() {
            return Ok(uplink);
        }
        let uplink = connect(&self.way)?;
        Ok(self.uplink.get_or_init(|| uplink))
    }
}

impl CollectorLink for LazyUplink {
    async fn documents(
        &self,
        key: &SigningKey,
        root: Option<u64>,
        now: UtcTime,
        random: &dyn SecureRandom,
    ) -> Result<Documents, UplinkError> {
        self.uplink()?.documents(key, root, now, random).await
    }

    fn collector_contract(&self) -> Option<Contract> {
        self.uplink.get().and_then(Uplink::collector_contract)
    }

    async fn head(&self, key: &SigningKey, now: UtcTime, nonce: &Nonce) -> Result<Envelope, UplinkError> {
        self.uplink()?.head(key, now, nonce).await
    }

    async fn deliver(&self, report: &Outbound<'_>) -> Result<Envelope, UplinkError> {
        self.uplink()?.deliver(report).await
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        let exit = if error.is_tampering() { Exit::Tampered } else { Exit::Failed };
        Self::new(exit, error)
    }
}

impl From<CycleError> for Failure {
    fn from(error: CycleError) -> Self {
        match error {
            CycleError::NotInForce(_) | CycleError::TooWeak(_) | CycleError::NeedsNewer(_) => {
                Self::new(Exit::Refused, error)
            }
            CycleError::Reader(error) => error.into(),
            CycleError::Identity(error) => error.into(),
            CycleError::Ledger(error) | CycleError::Ship(ShipError::Ledger(error)) => error.into(),
            CycleError::File(error) | CycleError::Ship(ShipError::File(error)) => error.into(),
            CycleError::AskedTooOften { .. }
            | CycleError::Unreachable(_)
            | CycleError::Ship(ShipError::Later { .. }) => Self::new(Exit::Unreachable, error),
            CycleError::Head(_) | CycleError::Ship(ShipError::Receipt { .. }) => {
                Self::new(Exit::Tampered, error)
            }
            CycleError::Documents(_)
            | CycleError::Remade { .. }
            | CycleError::Ship(ShipError::Stopped { .. } | ShipError::Compress { .. }) => {
                Self::new(Exit::Failed, error)
            }
        }
    }
}

impl From<EnrolError> for Failure {
    fn from(error: EnrolError) -> Self {
        match error {
            EnrolError::Identity(error) => error.into(),
            EnrolError::File(error) => error.into(),
            EnrolError::Collector { exit, .. } => Self::new(exit, error),
            EnrolError::Uplink(ref cause) if cause.is_transient() => Self::new(Exit::Unreachable, error),
            EnrolError::Bundle { ref why, .. } if why.is_tampering() => Self::new(Exit::Tampered, error),
            EnrolError::Root(_) | EnrolError::OtherCollector { .. } => Self::new(Exit::Tampered, error),
            _ => Self::new(Exit::Failed, error),
        }
    }
}
