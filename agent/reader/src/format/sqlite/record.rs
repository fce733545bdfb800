//! A row's record (section 2.1): the length of its header, a serial type for each column, then the values.

use super::super::chain::Chain;
use super::super::{Bytes, FormatError, Part};

/// Most columns that SQLite makes a table of, unless it is built to allow more.
const MAX_COLUMNS: usize = 2000;

/// Most bytes of a record's header: its own length and a type for each column, each of up to nine bytes.
const MAX_HEADER_BYTES: u64 = 9 * (MAX_COLUMNS as u64 + 1);

/// A column's value.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// SQL's NULL, or a column that was added after the row was written.
    Null,
    /// A signed integer.
    Integer(i64),
    /// A floating point number.
    Real(f64),
    /// Text; bytes that are not UTF-8 become U+FFFD.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// A row. Its values are read when they are asked for.
pub struct Row<'a> {
    rowid: i64,
    record: Chain<'a>,
    columns: Vec<Column>,
}

#[derive(Clone, Copy)]
struct Column {
    serial_type: u64,
    start: u64,
    length: u64,
}

impl<'a> Row<'a> {
    pub(super) fn of(rowid: i64, record: Chain<'a>) -> Result<Self, FormatError> {
        let columns = columns(&record)?;
        Ok(Self { rowid, record, columns })
    }

    /// The row's number, which is the value of a column that is declared `INTEGER PRIMARY KEY`.
    pub fn rowid(&self) -> i64 {
        self.rowid
    }

    /// The value of a column, of at most `max` bytes.
    pub fn value(&self, column: usize, max: usize) -> Result<Value, FormatError> {
        let Some(Column { serial_type, length, .. }) = self.columns.get(column).copied() else {
            return Ok(Value::Null);
        };
        let length = usize::try_from(length).ok().filter(|length| *length <= max);
        let mut bytes = vec![0; length.ok_or(FormatError::TooLarge)?];
        self.bytes(column)?.read_at(0, &mut bytes)?;
        Ok(match serial_type {
            0 => Value::Null,
            1..=6 => Value::Integer(integer(&bytes)),
            7 => Value::Real(f64::from_bits(integer(&bytes).cast_unsigned())),
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            text if text % 2 == 1 => Value::Text(String::from_utf8_lossy(&bytes).into_owned()),
            _ => Value::Blob(bytes),
        })
    }

    /// The bytes of a column, unread. Whoever expects a blob gets a text's bytes as well.
    pub fn bytes(&self, column: usize) -> Result<Part<'_>, FormatError> {
        let Column { start, length, .. } = self.columns.get(column).ok_or(FormatError::Malformed)?;
        Part::of(&self.record, *start, *length)
    }
}

fn columns(record: &Chain<'_>) -> Result<Vec<Column>, FormatError> {
    // The length of the header is one byte in all but the widest tables.
    let mut start = [0; 9];
    let first = start.len().min(usize::try_from(record.length()).unwrap_or(usize::MAX));
    let start = start.get_mut(..first).ok_or(FormatError::Malformed)?;
    record.read_at(0, start)?;
    let mut rest = &*start;
    let header_bytes = varint(&mut rest)?.cast_unsigned();
    if header_bytes > MAX_HEADER_BYTES {
        return Err(FormatError::TooLarge);
    }
    let types_at = start.len() - rest.len();
    let types = header_bytes.checked_sub(types_at as u64).ok_or(FormatError::Malformed)?;
    let mut types = vec![0; usize::try_from(types).map_err(|_| FormatError::Malformed)?];
    record.read_at(types_at as u64, &mut types)?;

    let mut rest = types.as_slice();
    let mut columns = Vec::new();
    let mut place = header_bytes;
    while !rest.is_empty() {
        if columns.len() == MAX_COLUMNS {
            return Err(FormatError::TooLarge);
        }
        let serial_type = varint(&mut rest)?.cast_unsigned();
        let length = length_of(serial_type)?;
        columns.push(Column { serial_type, start: place, length });
        place = place.checked_add(length).ok_or(FormatError::Malformed)?;
    }
    if place == record.length() { Ok(columns) } else { Err(FormatError::Malformed) }
}

/// Section 2.1, "Serial Type Codes Of The Record Format".
fn length_of(serial_type: u64) -> Result<u64, FormatError> {
    match serial_type {
        0 | 8 | 9 => Ok(0),
        whole @ 1..=4 => Ok(whole),
        5 => Ok(6),
        6 | 7 => Ok(8),
        10 | 11 => Err(FormatError::Malformed),
        long => Ok((long - 12) / 2),
    }
}

/// A two's complement number of up to eight bytes, most significant byte first.
fn integer(bytes: &[u8]) -> i64 {
    let sign = if bytes.first().is_some_and(|first| *first >= 0x80) { -1 } else { 0 };
    bytes.iter().take(8).fold(sign, |number, byte| (number << 8) | i64::from(*byte))
}

/// A number of one to nine bytes, seven bits each and eight in the ninth, whose highest bit says that more follow.
pub(super) fn varint(rest: &mut &[u8]) -> Result<i64, FormatError> {
    let mut number = 0_i64;
    for index in 0..9 {
        let (byte, later) = rest.split_first().ok_or(FormatError::Malformed)?;
        *rest = later;
        if index == 8 {
            return Ok((number << 8) | i64::from(*byte));
        }
        number = (number << 7) | i64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Ok(number)
}
