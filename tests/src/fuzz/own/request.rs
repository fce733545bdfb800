//! Signed HTTP requests (RFC 9421).
//!
//! ```text
//! GET /v1/policy?a=b collector.example:8443 1      method, path with query, authority, contract
//! Signature-Input: sig1=(…);created=…              the headers as they came
//! Signature: sig1=:…:
//! Content-Digest: sha-256=:…:                      with content
//! Content-Type: application/json
//!                                                  then the content
//! {"nonce":"n"}
//! ```

use super::vectors::{Holder, key, now};
use super::{Run, Seed};
use collector_proto::contract::{CONTRACT, Contract};
use collector_proto::envelope::{PublicKey, SigningKey};
use collector_proto::http_signature::{
    Content, Nonce, ReceivedHeaders, RequestParts, SignatureError, claimed_key, sign, verify,
};
use std::collections::BTreeMap;

/// A request as the target reads it.
struct Request<'a> {
    parts: RequestParts<'a>,
    headers: BTreeMap<String, &'a str>,
    body: Option<&'a [u8]>,
}

impl<'a> Request<'a> {
    fn read(input: &'a [u8]) -> Option<Self> {
        let end = input.windows(2).position(|pair| pair == b"\n\n");
        let (head, body) = end.map_or((input, None), |end| (&input[..end], Some(&input[end + 2..])));
        let mut lines = std::str::from_utf8(head).ok()?.lines();
        let mut first = lines.next()?.split(' ');
        let (method, target, authority) = (first.next()?, first.next()?, first.next()?);
        let contract = Contract::parse(first.next()?)?;
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim()));
        Some(Self {
            parts: RequestParts { method, authority, path, query, contract },
            headers: headers.collect(),
            body,
        })
    }

    fn header(&self, name: &str) -> &'a str {
        self.headers.get(name).copied().unwrap_or_default()
    }

    fn received(&self) -> ReceivedHeaders<'a> {
        ReceivedHeaders {
            signature_input: self.header("signature-input"),
            signature: self.header("signature"),
            content_digest: self.headers.get("content-digest").copied(),
        }
    }

    fn content(&self) -> Option<Content<'a>> {
        Some(Content { media_type: self.header("content-type"), body: self.body? })
    }

    /// What a signature is about, in one spelling.
    fn meaning(&self) -> Meaning {
        let RequestParts { method, authority, path, query, contract } = self.parts;
        let authority = authority.to_ascii_lowercase();
        let authority = authority.strip_suffix(":443").unwrap_or(&authority).to_owned();
        let path = if path.is_empty() { "/" } else { path };
        let parts =
            [method, &authority, path, query.unwrap_or_default(), &contract.to_string()].map(str::to_owned);
        let content = self.body.map(|body| (self.header("content-type").to_owned(), body.to_vec()));
        Meaning { parts, content }
    }
}

/// Method, authority, path, query and contract, and the content with its type.
#[derive(PartialEq, Eq)]
struct Meaning {
    parts: [String; 5],
    content: Option<(String, Vec<u8>)>,
}

pub(super) fn prepare() -> Run {
    let device = key(Holder::Device);
    let seeds = seeds();
    let signed: Vec<_> =
        seeds.iter().map(|(_, seed)| Request::read(seed).expect("a request").meaning()).collect();
    Box::new(move |input| {
        let Some(request) = Request::read(input) else { return false };
        signs_itself_alone(&request, &device);
        let lookup = |_: &_| Some(device.public().clone());
        match verify(request.parts, request.received(), request.content(), lookup, now()) {
            Ok(verified) => {
                assert!(signed.contains(&request.meaning()), "what nobody signed counts as signed");
                assert_eq!(verified.key_id(), device.public().id());
                let claimed = claimed_key(request.received(), request.body.is_some());
                assert_eq!(claimed.as_ref(), Ok(verified.key_id()), "two readers name two keys");
                assert!(Nonce::parse(&verified.nonce().to_string()).is_ok());
                let nobody = verify(request.parts, request.received(), request.content(), |_| None, now());
                assert_eq!(nobody, Err(SignatureError::UnknownKey));
                true
            }
            Err(_) => false,
        }
    })
}

/// What is signed verifies, and nothing beside it does.
fn signs_itself_alone(request: &Request<'_>, device: &SigningKey) {
    let nonce = Nonce::parse("AAECAwQFBgcICQoLDA0ODw").expect("a nonce");
    let Ok(signed) = sign(request.parts, request.content(), device, now(), &nonce) else { return };
    let good = |parts: RequestParts<'_>, content: Option<Content<'_>>, key: &PublicKey| {
        verify(parts, signed.as_received(), content, |_| Some(key.clone()), now()).is_ok()
    };
    let (parts, content) = (request.parts, request.content());
    assert!(good(parts, content, device.public()), "a request that was signed is refused");
    assert!(!good(RequestParts { method: "PUT\u{7f}", ..parts }, content, device.public()));
    assert!(!good(RequestParts { path: "/elsewhere!", ..parts }, content, device.public()));
    assert!(!good(RequestParts { authority: "elsewhere.example", ..parts }, content, device.public()));
    assert!(!good(parts, content, key(Holder::Root).public()), "another key is taken");
    let other = Content { media_type: "text/other", body: b"other" };
    assert!(!good(parts, Some(other), device.public()), "other content is taken");
    if content.is_some() {
        assert!(!good(parts, None, device.public()), "content was taken away");
    }
}

pub(super) fn seeds() -> Vec<Seed> {
    let json = Content { media_type: "application/json", body: br#"{"nonce":"n"}"# };
    let requests = [
        ("policy", "GET", "/v1/policy", None, None),
        ("query", "GET", "/v1/head", Some("a=b&c=%20"), None),
        ("content", "POST", "/v1/enroll", None, Some(json)),
    ];
    let device = key(Holder::Device);
    let nonce = Nonce::parse("AAECAwQFBgcICQoLDA0ODw").expect("a nonce");
    let written = requests.map(|(name, method, path, query, content)| {
        let authority = "collector.example:8443";
        let parts = RequestParts { method, authority, path, query, contract: CONTRACT };
        let signed = sign(parts, content, &device, now(), &nonce).expect("a request that can be signed");
        let target = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
        let mut text = format!("{method} {target} {authority} {CONTRACT}");
        for (name, value) in signed.iter() {
            text.extend(["\n", name, ": ", value]);
        }
        let mut bytes = text.into_bytes();
        if let Some(content) = content {
            bytes.extend_from_slice(format!("\ncontent-type: {}\n\n", content.media_type).as_bytes());
            bytes.extend_from_slice(content.body);
        }
        (name.to_owned(), bytes)
    });
    written.into()
}
