//! `candor enrol`: joins this device to a collector.

use super::online::{self, block_on};
use super::{Context, Failure};
use crate::enrol::{self, EnrolError, EnrolOutcome};
use crate::lock::StateLock;
use std::path::PathBuf;

/// Arguments of `candor enrol`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor enrol --bundle /media/usb/laptops.bundle
  candor --state /tmp/trial enrol --bundle trial.bundle

The bundle holds a one-time token: hand it over as you would a password. An enrolment that was interrupted goes on
when the command is given again with the same bundle.")]
pub struct EnrolArgs {
    /// The bundle that `candor-collector bundle` wrote
    #[arg(long, value_name = "FILE")]
    bundle: PathBuf,
}

/// Enrols this device.
pub fn run(args: &EnrolArgs, context: &Context) -> Result<(), Failure> {
    let bundle = enrol::read_bundle(&args.bundle)?;
    let lock = StateLock::take(&context.paths)?;
    let uplink = online::connect(&online::way(context, &bundle.collector)).map_err(EnrolError::Uplink)?;
    let random = ring::rand::SystemRandom::new();
    let reader = context.reader(None);
    let enrolled =
        block_on(enrol::enrol(&context.paths, &bundle, &reader, &uplink, context.now(), &random, &lock))??;
    let (enrolment, first) = match &enrolled {
        EnrolOutcome::Done(enrolment) => (enrolment, "This device is enrolled"),
        EnrolOutcome::Before(enrolment) => (enrolment, "This device was already enrolled"),
    };
    context.print(&format!(
        "{first} as {} in the group {} of the collector {}.\n\
         See what would be sent: candor preview. See what it is for: candor notice. Send it: candor run --once\n",
        enrolment.device_id, enrolment.group, enrolment.collector.id,
    ))
}
