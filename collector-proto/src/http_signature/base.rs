//! The signature base (RFC 9421 §2.5): one line `"name": value` for each component, then the parameters.

use super::{RequestParts, SignatureError};
use crate::contract::CONTRACT_HEADER;

/// Values of the profile's components, in the profile's order.
pub(super) fn covered(
    parts: RequestParts<'_>,
    media_type: Option<&str>,
    content_digest: Option<&str>,
) -> Result<Vec<(&'static str, String)>, SignatureError> {
    let path = if parts.path.is_empty() { "/" } else { parts.path };
    let mut covered = vec![
        ("@method", parts.method.to_owned()),
        ("@authority", normal_authority(parts.authority)),
        ("@path", path.to_owned()),
        ("@query", format!("?{}", parts.query.unwrap_or_default())),
        (CONTRACT_HEADER, parts.contract.to_string()),
    ];
    covered.extend(content_digest.map(|value| ("content-digest", value.trim().to_owned())));
    covered.extend(media_type.map(|value| ("content-type", value.trim().to_owned())));
    for (name, value) in &covered {
        // A line break in a value could forge a line of the base (RFC 9421 §7.5.4).
        let printable = value.bytes().all(|b| matches!(b, b' '..=b'~'));
        if value.is_empty() || !printable {
            return Err(SignatureError::Value(name));
        }
    }
    if !path.starts_with('/') {
        return Err(SignatureError::Value("@path"));
    }
    Ok(covered)
}

/// Lines joined with LF, none after the last. `parameters` is the signature's list and parameters as written.
pub(super) fn signature_base<N: AsRef<str>, V: AsRef<str>>(covered: &[(N, V)], parameters: &str) -> String {
    let mut base = String::new();
    for (name, value) in covered {
        base.extend(["\"", name.as_ref(), "\": ", value.as_ref(), "\n"]);
    }
    base.extend(["\"@signature-params\": ", parameters]);
    base
}

/// The host in lower case without the default port of https (RFC 9421 §2.2.3).
fn normal_authority(authority: &str) -> String {
    let lower = authority.to_ascii_lowercase();
    lower.strip_suffix(":443").map(str::to_owned).unwrap_or(lower)
}
