//! The manifests of profiles (Nix `src/nix/profile.cc`, `src/nix-env/user-env.cc`).
//!
//! ```text
//! {"version": 3, "elements": {"hello": {"active": true, "attrPath": "legacyPackages.x86_64-linux.hello",
//!     "originalUrl": "flake:nixpkgs", "storePaths": ["/nix/store/<hash>-hello-2.12.1"]}}}
//! [ { meta = { … }; name = "hello-2.12.1"; outPath = "/nix/store/<hash>-hello-2.12.1"; system = "x86_64-linux"; } ]
//! ```
//! Before version 3 `elements` is a list. `originalUrl` can name a person's directory, `meta` names maintainers: neither is
//! taken.

use super::name;
use crate::format::FormatError;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Most bytes of a manifest. `manifest.nix` holds about 4 KiB a package, most of it `meta`.
pub const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// The newest version of `manifest.json` that is known.
const MAX_VERSION: u64 = 3;

/// An installed package.
#[derive(Debug, PartialEq, Eq)]
pub struct Element {
    /// Name in the store.
    pub name: String,
    /// `x86_64-linux`.
    pub system: Option<String>,
}

/// The packages of a `manifest.json`.
pub fn of_json(bytes: &[u8]) -> Result<Vec<Element>, FormatError> {
    let manifest: Manifest = serde_json::from_slice(bytes).map_err(|_| FormatError::Malformed)?;
    if manifest.version > MAX_VERSION {
        return Err(FormatError::Malformed);
    }
    let elements: Vec<JsonElement> = match manifest.elements {
        JsonElements::List(elements) => elements,
        JsonElements::Named(elements) => elements.into_values().collect(),
    };
    let mut found = Vec::new();
    // What is not active is kept in the store and cannot be seen in the profile.
    for element in elements.into_iter().filter(|element| element.active) {
        let system = element.attr_path.as_deref().and_then(system_of);
        for path in &element.store_paths {
            let name = name::of_path(path).ok_or(FormatError::Malformed)?;
            found.push(Element { name: name.to_owned(), system: system.map(str::to_owned) });
        }
    }
    Ok(found)
}

#[derive(Deserialize)]
struct Manifest {
    version: u64,
    elements: JsonElements,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum JsonElements {
    List(Vec<JsonElement>),
    Named(BTreeMap<String, JsonElement>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonElement {
    #[serde(default = "yes")]
    active: bool,
    #[serde(default)]
    attr_path: Option<String>,
    store_paths: Vec<String>,
}

const fn yes() -> bool {
    true
}

/// `x86_64-linux` of `legacyPackages.x86_64-linux.hello`.
fn system_of(attr_path: &str) -> Option<&str> {
    let (set, rest) = attr_path.split_once('.')?;
    let system = rest.split('.').next()?;
    (matches!(set, "legacyPackages" | "packages") && system.contains('-')).then_some(system)
}

/// The packages of a `manifest.nix`: a list of attribute sets as `nix-env` prints it.
pub fn of_nix(bytes: &[u8]) -> Result<Vec<Element>, FormatError> {
    let text = std::str::from_utf8(bytes).map_err(|_| FormatError::Malformed)?;
    if !text.trim_start().starts_with('[') {
        return Err(FormatError::Malformed);
    }
    let mut tokens = Tokens { rest: text };
    let mut found = Vec::new();
    let (mut name, mut system) = (None, None);
    // How many lists and sets are open, the attribute whose value comes next, and the word before that.
    let (mut depth, mut attribute, mut word) = (0_usize, None, None);
    while let Some(token) = tokens.next()? {
        match token {
            Token::Open => depth += 1,
            Token::Close => {
                depth = depth.checked_sub(1).ok_or(FormatError::Malformed)?;
                if depth == 1 {
                    let name = name.take().ok_or(FormatError::Malformed)?;
                    found.push(Element { name, system: system.take() });
                }
            }
            Token::Equals => attribute = word.take(),
            Token::Semicolon => attribute = None,
            Token::Word(text) => word = Some(text),
            Token::Text(text) if depth == 2 => match attribute {
                Some("name") => name = Some(text.replace('\\', "")),
                Some("system") => system = Some(text.replace('\\', "")),
                _ => {}
            },
            Token::Text(_) => {}
        }
        if depth == 0 {
            break;
        }
    }
    // Cut off, or something behind the list.
    if depth != 0 || !tokens.rest.trim().is_empty() { Err(FormatError::Malformed) } else { Ok(found) }
}

/// A piece of the Nix language, as far as a printed value needs it.
enum Token<'a> {
    /// `[` or `{`.
    Open,
    /// `]` or `}`.
    Close,
    Equals,
    Semicolon,
    /// A name, a number, `true`.
    Word(&'a str),
    /// What stands between quotation marks, with its escapes.
    Text(&'a str),
}

struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    fn next(&mut self) -> Result<Option<Token<'a>>, FormatError> {
        self.rest = self.rest.trim_start();
        let Some(first) = self.rest.chars().next() else { return Ok(None) };
        let token = match first {
            '[' | '{' => Token::Open,
            ']' | '}' => Token::Close,
            '=' => Token::Equals,
            ';' => Token::Semicolon,
            '"' => return self.text().map(Some),
            _ => return self.word().map(Some),
        };
        self.rest = self.rest.get(1..).unwrap_or_default();
        Ok(Some(token))
    }

    fn text(&mut self) -> Result<Token<'a>, FormatError> {
        let inside = self.rest.get(1..).ok_or(FormatError::Malformed)?;
        let mut is_escaped = false;
        let end = inside.bytes().position(|byte| {
            let ends = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            ends
        });
        // A quotation mark is one byte, so both sides are whole characters.
        let (text, behind) =
            inside.split_at_checked(end.ok_or(FormatError::Malformed)?).ok_or(FormatError::Malformed)?;
        self.rest = behind.get(1..).unwrap_or_default();
        Ok(Token::Text(text))
    }

    fn word(&mut self) -> Result<Token<'a>, FormatError> {
        let is_end = |c: char| c.is_whitespace() || "[]{}=;\"".contains(c);
        let end = self.rest.find(is_end).unwrap_or(self.rest.len());
        let (word, behind) = self.rest.split_at_checked(end).ok_or(FormatError::Malformed)?;
        self.rest = behind;
        Ok(Token::Word(word))
    }
}

#[cfg(test)]
mod tests;
