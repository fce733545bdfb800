//! The calls.

use crate::answer::{self, Expected, MAX_CHALLENGE_BYTES};
use crate::classify::classify;
use crate::connection::Connection;
use crate::endpoint::{Address, Endpoint, Timeouts};
use crate::error::UplinkError;
use collector_proto::contract::{CONTRACT, CONTRACT_HEADER, Contract};
use collector_proto::envelope::{DSSE_SIGNATURE, DetachedSignature, Envelope, Sealed, SigningKey};
use collector_proto::http_signature::{self, Nonce, RequestParts};
use collector_proto::limits::{MAX_DOCUMENT_BYTES, MAX_READER_REQUEST_BYTES};
use collector_proto::messages::{
    Challenge, Documents, EnrolmentAnswer, EnrolmentRequest, followed, header, media, path,
};
use collector_proto::time::UtcTime;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, RequestBuilder};
use ring::rand::SecureRandom;
use serde::de::DeserializeOwned;
use std::sync::atomic::{AtomicU16, Ordering};

const CHALLENGE: Expected = Expected { name: "an enrolment challenge", limit: MAX_CHALLENGE_BYTES };

/// A chain of roots, a policy and a timestamp must fit into one request to the reader, so no more is fetched.
const DOCUMENTS: Expected = Expected { name: "a set of policy documents", limit: MAX_READER_REQUEST_BYTES };

/// The documents and a device record beside them.
const ENROLMENT: Expected =
    Expected { name: "an enrolment answer", limit: MAX_READER_REQUEST_BYTES + MAX_DOCUMENT_BYTES };

const HEAD: Expected = Expected { name: "a head", limit: MAX_DOCUMENT_BYTES };

const RECEIPT: Expected = Expected { name: "a receipt", limit: MAX_DOCUMENT_BYTES };

/// A report that may be delivered. Bytes with a signature are not one: the agent's ledger implements this for what it has
/// recorded, and nothing else in the agent does.
pub trait Delivery {
    /// The report's JSON, compressed with zstd.
    fn compressed(&self) -> &[u8];

    /// The signature over the JSON.
    fn signature(&self) -> &DetachedSignature;

    /// The receipt that it had, as JSON, where it is sent again.
    fn receipt(&self) -> Option<&[u8]>;

    /// The generation of the collector's store for which others were sent again before it.
    fn sent_again_for(&self) -> Option<u64>;
}

/// A client of one collector. It belongs to one cycle: dropping it closes its connection and frees its memory,
/// and making another costs no traffic.
pub struct Uplink {
    connection: Connection,
    addresses: Vec<Address>,
    /// The contract number of the last answer; 0 before there is one.
    heard: AtomicU16,
}

impl Uplink {
    /// Checks the endpoint and sets up TLS. Nothing is sent.
    pub fn new(endpoint: &Endpoint, timeouts: Timeouts) -> Result<Self, UplinkError> {
        let addresses = endpoint.urls.iter().map(|url| Address::parse(url)).collect::<Result<Vec<_>, _>>()?;
        if addresses.is_empty() {
            return Err(UplinkError::NoAddress);
        }
        Ok(Self { connection: Connection::new(endpoint, timeouts)?, addresses, heard: AtomicU16::new(0) })
    }

    /// Asks for a nonce to sign at enrolment.
    pub async fn challenge(&self) -> Result<Challenge, UplinkError> {
        self.exchange(CHALLENGE, |address| Ok(self.request(Method::GET, address, path::CHALLENGE, None)))
            .await
    }

    /// Enrols with a one-time token. The device record in the answer is not verified.
    pub async fn enrol(
        &self,
        token: &str,
        request: &Sealed<EnrolmentRequest>,
    ) -> Result<EnrolmentAnswer, UplinkError> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {token}"))
            .map_err(|error| UplinkError::Header { what: "enrolment token", cause: error.into() })?;
        bearer.set_sensitive(true);
        let body = request.to_envelope().to_json();
        self.exchange(ENROLMENT, |address| {
            let request = self.request(Method::POST, address, path::ENROL, None);
            let request = request.header(AUTHORIZATION, bearer.clone());
            Ok(request.header(CONTENT_TYPE, media::ENVELOPE).body(body.clone()))
        })
        .await
    }

    /// Fetches the current roots, policy and timestamp of the device's group, and says which root the device follows, where
    /// it does. None of them is verified.
    pub async fn documents(
        &self,
        key: &SigningKey,
        root: Option<u64>,
        now: UtcTime,
        random: &dyn SecureRandom,
    ) -> Result<Documents, UplinkError> {
        let query = root.map(followed::query);
        self.exchange(DOCUMENTS, |address| {
            let nonce = Nonce::generate(random).ok_or(UplinkError::Randomness)?;
            self.signed((path::POLICY, query.as_deref()), address, key, now, &nonce)
        })
        .await
    }

    /// Asks which reports of this device the collector has. The answer is the envelope of a head, not verified; it must repeat
    /// the nonce, which belongs to this one question.
    pub async fn head(&self, key: &SigningKey, now: UtcTime, nonce: &Nonce) -> Result<Envelope, UplinkError> {
        self.exchange(HEAD, |address| self.signed((path::HEAD, None), address, key, now, nonce)).await
    }

    /// Delivers a report. The answer is the receipt's envelope, not verified. Delivering the same report again gives the
    /// same receipt.
    pub async fn deliver(&self, report: &impl Delivery) -> Result<Envelope, UplinkError> {
        let signature = report.signature().to_string();
        self.exchange(RECEIPT, |address| {
            let request = self.request(Method::POST, address, path::REPORTS, None);
            let request = request.header(CONTENT_TYPE, media::REPORT).header(CONTENT_ENCODING, "zstd");
            let request = report
                .receipt()
                .into_iter()
                .fold(request, |request, receipt| request.header(header::RECEIPT, receipt));
            let request = report
                .sent_again_for()
                .into_iter()
                .fold(request, |request, generation| request.header(header::GENERATION, generation));
            Ok(request.header(DSSE_SIGNATURE, &signature).body(report.compressed().to_vec()))
        })
        .await
    }

    /// What the collector understands, by its last answer. What is newer than that is not sent to it.
    pub fn collector_contract(&self) -> Option<Contract> {
        Contract::new(self.heard.load(Ordering::Relaxed))
    }

    fn request(&self, method: Method, address: &Address, path: &str, query: Option<&str>) -> RequestBuilder {
        let request = self.connection.client.request(method, address.join(path, query));
        request.header(CONTRACT_HEADER, CONTRACT.number())
    }

    /// A signed question without content.
    fn signed(
        &self,
        (path, query): (&str, Option<&str>),
        address: &Address,
        key: &SigningKey,
        now: UtcTime,
        nonce: &Nonce,
    ) -> Result<RequestBuilder, UplinkError> {
        let authority = address.authority();
        let parts = RequestParts { method: "GET", authority: &authority, path, query, contract: CONTRACT };
        let signed = http_signature::sign(parts, None, key, now, nonce).map_err(UplinkError::Signing)?;
        let request = self.request(Method::GET, address, path, query);
        Ok(signed.iter().fold(request, |request, (name, value)| request.header(name, value)))
    }

    /// Sends to the first address that can be connected to. `make` makes the request again for each, because a
    /// signature names the address. When none can, the error that says most is returned.
    async fn exchange<T: DeserializeOwned>(
        &self,
        expected: Expected,
        make: impl Fn(&Address) -> Result<RequestBuilder, UplinkError>,
    ) -> Result<T, UplinkError> {
        let mut failure = None;
        for address in &self.addresses {
            match self.attempt(make(address)?, address, expected).await {
                Err(error) if error.is_before_request() => {
                    tracing::debug!(%address, %error, "no connection");
                    failure = Some(more_telling(failure, error));
                }
                answered => return answered,
            }
        }
        Err(failure.unwrap_or(UplinkError::NoAddress))
    }

    async fn attempt<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        address: &Address,
        expected: Expected,
    ) -> Result<T, UplinkError> {
        let address = address.to_string();
        let lost = |error| classify(error, &address, self.connection.proxy.as_deref());
        let response = request.send().await.map_err(lost)?;
        // A refusal says it too, and where documents are refused it is all that the agent learns.
        if let Some(contract) = answer::contract_of(&response) {
            self.heard.store(contract.number(), Ordering::Relaxed);
        }
        answer::read(response, &address, expected, lost).await
    }
}

/// A server that answers wrongly says more than one that does not answer.
fn more_telling(before: Option<UplinkError>, after: UplinkError) -> UplinkError {
    match before {
        Some(before) if !matches!(before, UplinkError::Unreachable { .. } | UplinkError::Timeout { .. }) => {
            before
        }
        _ => after,
    }
}
