//! What ends soon, in the words that every command and the server use for it.

use crate::data_dir::DataDir;
use crate::pki;
use crate::verify::TrustRoot;
use collector_proto::limits::WARN_DAYS;
use collector_proto::text::chain;
use collector_proto::time::UtcTime;

/// What ends soon of the collector in a directory, each with the command that renews it.
pub(crate) fn endings(root: &TrustRoot, dir: &DataDir, now: UtcTime) -> Vec<String> {
    let certificate = match pki::shown_until(dir) {
        Ok(until) => certificate_ending(until, now),
        Err(error) => Some(chain(&error)),
    };
    root_ending(root, now).into_iter().chain(certificate).collect()
}

/// What has to be done about a root that ends soon; `None` while it lives on for long.
pub(crate) fn root_ending(root: &TrustRoot, now: UtcTime) -> Option<String> {
    let (expires, version) = (root.document().expires, root.reference().version);
    let left = expires.days_since(now);
    let what = match left {
        WARN_DAYS.. => return None,
        0.. => {
            format!("root version {version} expires on {expires}, in {left} days; then every device stops")
        }
        _ => format!("root version {version} expired on {expires}: devices collect nothing"),
    };
    Some(format!("{what}. Renew it: `root new-version`, `root sign`, `root publish`"))
}

/// What has to be done about a server's certificate that ends soon; `None` while it lives on for long.
pub(crate) fn certificate_ending(until: UtcTime, now: UtcTime) -> Option<String> {
    let left = until.days_since(now);
    let what = match left {
        WARN_DAYS.. => return None,
        0.. => {
            format!("the server's certificate ends on {until}, in {left} days; then no device can connect")
        }
        _ => format!("the server's certificate ended on {until}: no device can connect"),
    };
    Some(format!("{what}. Renew it: `certificate renew`, then start the server again"))
}
