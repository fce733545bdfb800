//! Values on the wire: each stands at a multiple of its own alignment from the start of the body.
//!
//! ```text
//! u i     4 bytes                          b   4 bytes, 0 or 1              d   8 bytes, IEEE 754
//! s o     length u, UTF-8, NUL             g   length in 1 byte, text, NUL  y   1 byte
//! aT      length in bytes u, padding to T's alignment, elements             (…) members, aligned to 8
//! v       signature g of one type, then a value of it
//! ```
//!
//! D-Bus specification 0.43, section "Marshaling (Wire Format)". Only the types that our questions and the answers to
//! them have. What an answer's signature says must be what the caller expects, so nothing is decoded that was not
//! expected, and nesting is as deep as our own types are.

use serde::{Deserialize, Serialize};

/// The arguments of a call.
#[derive(Default)]
pub(crate) struct Arguments {
    signature: String,
    body: Encoder,
}

impl Arguments {
    /// No arguments.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// Adds a text (`s`).
    #[must_use]
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.signature.push('s');
        self.body.text(text);
        self
    }

    /// Adds the path of an object (`o`).
    #[must_use]
    pub(crate) fn path(mut self, path: &ObjectPath) -> Self {
        self.signature.push('o');
        self.body.text(path.as_str());
        self
    }

    /// Adds a number (`u`).
    #[must_use]
    pub(crate) fn number(mut self, number: u32) -> Self {
        self.signature.push('u');
        self.body.number(number);
        self
    }

    /// Adds a variant (`v`) of the one argument in `value`, which is a text, a path or a number: these are aligned to
    /// four bytes wherever they stand.
    #[must_use]
    pub(crate) fn variant(mut self, value: &Self) -> Self {
        self.signature.push('v');
        self.body.signature(&value.signature);
        self.body.align(4);
        self.body.bytes.extend(&value.body.bytes);
        self
    }

    pub(super) fn signature(&self) -> &str {
        &self.signature
    }

    pub(super) fn body(&self) -> &[u8] {
        &self.body.bytes
    }
}

/// Writes values in little-endian order.
#[derive(Default)]
pub(super) struct Encoder {
    pub(super) bytes: Vec<u8>,
}

impl Encoder {
    pub(super) fn align(&mut self, to: usize) {
        self.bytes.resize(self.bytes.len().next_multiple_of(to), 0);
    }

    pub(super) fn number(&mut self, number: u32) {
        self.align(4);
        self.bytes.extend(number.to_le_bytes());
    }

    /// A text or a path. All of ours are far below the type's 4 GiB.
    pub(super) fn text(&mut self, text: &str) {
        self.number(u32::try_from(text.len()).unwrap_or(u32::MAX));
        self.bytes.extend(text.as_bytes());
        self.bytes.push(0);
    }

    /// A signature. All of ours are far below the type's 255 bytes.
    pub(super) fn signature(&mut self, signature: &str) {
        self.bytes.push(u8::try_from(signature.len()).unwrap_or(u8::MAX));
        self.bytes.extend(signature.as_bytes());
        self.bytes.push(0);
    }
}

/// Takes values from a message. `None` means that the bytes are not what they claim to be.
pub(crate) struct Decoder<'a> {
    bytes: &'a [u8],
    at: usize,
    is_big_endian: bool,
}

impl<'a> Decoder<'a> {
    pub(super) const fn of(bytes: &'a [u8], is_big_endian: bool) -> Self {
        Self { bytes, at: 0, is_big_endian }
    }

    pub(super) const fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    pub(super) fn align(&mut self, to: usize) -> Option<()> {
        let padding = self.at.checked_next_multiple_of(to)?.checked_sub(self.at)?;
        self.take(padding).map(|_| ())
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    pub(super) fn number(&mut self) -> Option<u32> {
        self.align(4)?;
        let bytes = self.take(4)?.try_into().ok()?;
        Some(if self.is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        let text = self.take(usize::try_from(length).ok()?)?;
        self.terminated(text)
    }

    pub(super) fn signature(&mut self) -> Option<&'a str> {
        let length = self.byte()?;
        let text = self.take(length.into())?;
        self.terminated(text)
    }

    fn terminated(&mut self, text: &'a [u8]) -> Option<&'a str> {
        let is_ended = self.byte()? == 0 && !text.contains(&0);
        std::str::from_utf8(text).ok().filter(|_| is_ended)
    }
}

/// A type of values on the bus.
pub(crate) trait Typed: Sized {
    /// Where its values may start.
    const ALIGNMENT: usize;

    /// The type in D-Bus's letters.
    fn signature() -> String;

    /// Takes one value.
    fn decode(from: &mut Decoder<'_>) -> Option<Self>;
}

/// The path of an object; where a property has no object it is `/`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct ObjectPath(String);

/// The text is not the path of an object.
#[derive(Debug, thiserror::Error)]
#[error("this is not the path of an object")]
pub(crate) struct NotAPath;

impl TryFrom<String> for ObjectPath {
    type Error = NotAPath;

    fn try_from(path: String) -> Result<Self, NotAPath> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_');
        if path.starts_with('/') && path.chars().all(is_part) { Ok(Self(path)) } else { Err(NotAPath) }
    }
}

impl From<ObjectPath> for String {
    fn from(path: ObjectPath) -> Self {
        path.0
    }
}

impl ObjectPath {
    /// The path as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The object, unless the path stands for none.
    pub(crate) fn object(&self) -> Option<&str> {
        (self.0 != "/").then_some(&self.0)
    }
}

/// A value that carries its type with it.
pub(super) struct Variant<T>(pub(super) T);

impl<T: Typed> Typed for Variant<T> {
    const ALIGNMENT: usize = 1;

    fn signature() -> String {
        "v".to_owned()
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let is_expected = from.signature()? == T::signature();
        if is_expected { T::decode(from).map(Self) } else { None }
    }
}

impl Typed for () {
    const ALIGNMENT: usize = 1;

    fn signature() -> String {
        String::new()
    }

    fn decode(_: &mut Decoder<'_>) -> Option<Self> {
        Some(())
    }
}

impl Typed for u8 {
    const ALIGNMENT: usize = 1;

    fn signature() -> String {
        "y".to_owned()
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        from.byte()
    }
}

impl Typed for bool {
    const ALIGNMENT: usize = 4;

    fn signature() -> String {
        "b".to_owned()
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        match from.number()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Typed for u32 {
    const ALIGNMENT: usize = 4;

    fn signature() -> String {
        "u".to_owned()
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        from.number()
    }
}

impl Typed for i32 {
    const ALIGNMENT: usize = 4;

    fn signature() -> String {
        "i".to_owned()
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        from.number().map(u32::cast_signed)
    }
}

impl Typed for f64 {
    const ALIGNMENT: usize = 8;

    fn signature() -> String {
        "d".to_owned()
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        from.align(8)?;
        let bytes = from.take(8)?.try_into().ok()?;
        Some(if from.is_big_endian { Self::from_be_bytes(bytes) } else { Self::from_le_bytes(bytes) })
    }
}

impl Typed for String {
    const ALIGNMENT: usize = 4;

    fn signature() -> String {
        "s".to_owned()
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        from.text().map(str::to_owned)
    }
}

impl Typed for ObjectPath {
    const ALIGNMENT: usize = 4;

    fn signature() -> String {
        "o".to_owned()
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        Self::try_from(from.text()?.to_owned()).ok()
    }
}

impl<T: Typed> Typed for Vec<T> {
    const ALIGNMENT: usize = 4;

    fn signature() -> String {
        format!("a{}", T::signature())
    }

    fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let length = usize::try_from(from.number()?).ok()?;
        from.align(T::ALIGNMENT)?;
        let end = from.at.checked_add(length).filter(|end| *end <= from.bytes.len())?;
        let mut items = Self::new();
        while from.at < end {
            items.push(T::decode(from)?);
        }
        (from.at == end).then_some(items)
    }
}

macro_rules! structures {
    ($(($($member:ident),+))+) => {$(
        impl<$($member: Typed),+> Typed for ($($member,)+) {
            const ALIGNMENT: usize = 8;

            fn signature() -> String {
                [&["(".to_owned()][..], &[$($member::signature()),+], &[")".to_owned()]].concat().concat()
            }

            fn decode(from: &mut Decoder<'_>) -> Option<Self> {
                from.align(8)?;
                Some(($($member::decode(from)?,)+))
            }
        }
    )+};
}

structures! { (A, B) (A, B, C, D, E) }

#[cfg(test)]
mod tests;
