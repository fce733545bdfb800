//! `Signature-Input` and `Signature` as the profile writes them.
//!
//! Both are dictionaries of structured fields (RFC 9651). Only the canonical writing of the profile's one form is
//! taken, so the text that was received is the text that was signed.

use super::{Nonce, SIGNATURE, SIGNATURE_INPUT, SignatureError, TAG};
use crate::envelope::KeyId;
use crate::time::UtcTime;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The one label.
pub(super) const LABEL: &str = "sig1";

/// What is signed of a request without content.
pub(super) const WITHOUT_CONTENT: &str = r#"("@method" "@authority" "@path" "@query" "candor-contract")"#;

/// What is signed of a request with content.
pub(super) const WITH_CONTENT: &str =
    r#"("@method" "@authority" "@path" "@query" "candor-contract" "content-digest" "content-type")"#;

/// Longest header that is looked at, in bytes. The profile's own form stays below 350.
const MAX_HEADER_BYTES: usize = 1024;

/// Longest integer of a structured field, in digits (RFC 9651 §3.3.1).
const MAX_INTEGER_DIGITS: usize = 15;

/// Longest key id. A thumbprint has 43 characters.
const MAX_KEY_ID_BYTES: usize = 64;

/// The parameters of a signature.
pub(super) struct Parameters {
    pub(super) created: UtcTime,
    pub(super) nonce: Nonce,
    pub(super) key_id: KeyId,
}

/// A received `Signature-Input` of the profile's form.
pub(super) struct SignatureInput {
    /// The list and its parameters: the last line of the signature base.
    pub(super) text: String,
    pub(super) parameters: Parameters,
}

impl SignatureInput {
    /// The list and parameters, without the label.
    pub(super) fn write(with_content: bool, parameters: &Parameters) -> String {
        let Parameters { created, nonce, key_id } = parameters;
        let list = if with_content { WITH_CONTENT } else { WITHOUT_CONTENT };
        format!(r#"{list};created={};nonce="{nonce}";keyid="{key_id}";tag="{TAG}""#, created.unix())
    }

    /// Reads the header's value and refuses whatever is not the profile.
    pub(super) fn parse(header: &str, with_content: bool) -> Result<Self, SignatureError> {
        let text = one_member(header, SIGNATURE_INPUT)?;
        let (list, rest) = text.split_once(')').ok_or(SignatureError::Syntax(SIGNATURE_INPUT))?;
        let expected = if with_content { WITH_CONTENT } else { WITHOUT_CONTENT };
        if Some(list) != expected.strip_suffix(')') {
            return Err(SignatureError::Components { with_content });
        }
        let parameters = Self::parse_parameters(&split_parameters(rest)?)?;
        // What was read and what was received must be the same text: `created=007` is not.
        if Self::write(with_content, &parameters) != text {
            return Err(SignatureError::Syntax(SIGNATURE_INPUT));
        }
        Ok(Self { text: text.to_owned(), parameters })
    }

    fn parse_parameters(parameters: &[(&str, Item<'_>)]) -> Result<Parameters, SignatureError> {
        if parameters.iter().any(|(name, _)| *name == "alg") {
            return Err(SignatureError::AlgorithmNamed);
        }
        let [
            ("created", Item::Integer(created)),
            ("nonce", Item::String(nonce)),
            ("keyid", Item::String(key_id)),
            ("tag", Item::String(tag)),
        ] = parameters
        else {
            return Err(SignatureError::Parameters);
        };
        if *tag != TAG {
            return Err(SignatureError::Tag);
        }
        // A key id is a thumbprint; anything else could carry text into logs.
        let thumbprint = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if key_id.is_empty() || key_id.len() > MAX_KEY_ID_BYTES || !key_id.bytes().all(thumbprint) {
            return Err(SignatureError::Syntax(SIGNATURE_INPUT));
        }
        Ok(Parameters {
            created: UtcTime::from_unix(*created),
            nonce: Nonce::parse(nonce)?,
            key_id: KeyId::from_text(key_id),
        })
    }
}

/// The value of `Signature`.
pub(super) fn write_signature(signature: &[u8]) -> String {
    format!("{LABEL}=:{}:", STANDARD.encode(signature))
}

/// Reads the value of `Signature`.
pub(super) fn parse_signature(header: &str) -> Result<Vec<u8>, SignatureError> {
    let encoded = one_member(header, SIGNATURE)?.strip_prefix(':').and_then(|rest| rest.strip_suffix(':'));
    encoded.and_then(|encoded| STANDARD.decode(encoded).ok()).ok_or(SignatureError::Syntax(SIGNATURE))
}

/// The value of a dictionary's only member, whose key must be the label. In the profile's values a comma cannot
/// stand, so a comma means a second member, labelled the same or not.
fn one_member<'a>(header: &'a str, name: &'static str) -> Result<&'a str, SignatureError> {
    let header = header.trim_matches([' ', '\t']);
    if header.len() > MAX_HEADER_BYTES {
        return Err(SignatureError::Syntax(name));
    }
    let (label, value) = header.split_once('=').ok_or(SignatureError::Syntax(name))?;
    if label != LABEL || value.contains(',') {
        return Err(SignatureError::Label(name));
    }
    Ok(value)
}

/// A parameter's value, of the kinds that the profile uses.
enum Item<'a> {
    Integer(i64),
    String(&'a str),
}

/// Splits `;name=value…`. Escapes do not occur in the profile's strings.
fn split_parameters(mut rest: &str) -> Result<Vec<(&str, Item<'_>)>, SignatureError> {
    const SYNTAX: SignatureError = SignatureError::Syntax(SIGNATURE_INPUT);
    let mut parameters = Vec::new();
    while !rest.is_empty() {
        let (name, after) = rest.strip_prefix(';').and_then(|r| r.split_once('=')).ok_or(SYNTAX)?;
        let value;
        if let Some(open) = after.strip_prefix('"') {
            let (text, tail) = open.split_once('"').ok_or(SYNTAX)?;
            (value, rest) = (Item::String(text), tail);
        } else {
            let digits = after.find(';').unwrap_or(after.len());
            let (number, tail) = after.split_at(digits);
            if number.len() > MAX_INTEGER_DIGITS {
                return Err(SYNTAX);
            }
            (value, rest) = (Item::Integer(number.parse().map_err(|_| SYNTAX)?), tail);
        }
        parameters.push((name, value));
    }
    Ok(parameters)
}
