//! The forms, each by one pass over the bytes of a text. Nothing is allocated until something is found.
//!
//! Every matcher looks at a bounded number of bytes from where it begins, or goes on behind what it looked at: the whole is linear. What is left
//! of a text once the ranges are cut out has no form any more, because the cut is neither digit, letter nor separator.

use super::Carried;
use crate::catalog::{CUT, Form, TextKind};
use std::borrow::Cow;
use std::ops::Range;

/// Most bytes of a name before an `@`, and of what follows it (RFC 5321 §4.5.3.1).
const MAX_LOCAL_PART: usize = 64;
const MAX_DOMAIN: usize = 255;

/// How far before an address in angle brackets a name is looked for.
const MAX_NAME: usize = 256;

/// Hexadecimal digits of the shortest hardware address.
const ADDRESS_DIGITS: usize = 12;

/// What stands for [`CUT`] while a text is looked at, byte for byte: part of no form.
const BLANK: &str = "\0\0\0";

/// Digits of a telephone number (E.164 has at most 15).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// Digits of a number in groups: an IMEI's to an ICCID's.
const GROUPED_DIGITS: std::ops::RangeInclusive<usize> = 15..=22;

/// What is in the text, in its order.
pub(super) fn recognise(kind: TextKind, text: &str) -> Vec<Carried> {
    let looked_at =
        if text.contains(CUT) { Cow::Owned(text.replace(CUT, BLANK)) } else { Cow::Borrowed(text) };
    let bytes = looked_at.as_bytes();
    let mut found = Found { kind, bytes, all: Vec::new() };
    // Most texts have nothing that a form needs.
    let hex = bytes.iter().filter(|byte| byte.is_ascii_hexdigit()).take(ADDRESS_DIGITS).count();
    if hex == ADDRESS_DIGITS {
        found.uuids();
        found.runs();
    }
    if hex == ADDRESS_DIGITS || bytes.iter().any(u8::is_ascii_digit) {
        found.each(Form::HardwareAddress, hardware_address);
        found.each(Form::Ipv4, ipv4);
        found.each(Form::GroupedDigits, grouped_digits);
        found.ipv6();
        found.each(Form::Ipv6, nibbles);
        found.each(Form::Phone, phone);
        found.labels();
    }
    if bytes.contains(&b'@') {
        found.emails();
    }
    if bytes.contains(&b'/') || bytes.contains(&b'\\') {
        found.homes();
    }
    if kind == TextKind::HostName {
        found.host_name();
    }
    let mut all = found.all;
    // A UUID is one thing: it goes or stays as a whole.
    let uuids: Vec<Range<usize>> = all
        .iter()
        .filter(|carried| carried.form == Form::Uuid)
        .map(|carried| carried.range.clone())
        .collect();
    let is_part =
        |range: &Range<usize>| uuids.iter().any(|uuid| uuid.start <= range.start && range.end <= uuid.end);
    all.retain(|carried| carried.form == Form::Uuid || !is_part(&carried.range));
    for carried in &mut all {
        carried.range =
            text.floor_char_boundary(carried.range.start)..text.ceil_char_boundary(carried.range.end);
    }
    all.sort_by_key(|carried| (carried.range.start, carried.range.end));
    all
}

struct Found<'t> {
    kind: TextKind,
    bytes: &'t [u8],
    all: Vec<Carried>,
}

/// The end of a form that begins at a place.
type Matcher = fn(TextKind, &[u8], usize) -> Option<usize>;

impl Found<'_> {
    fn add(&mut self, form: Form, range: Range<usize>) {
        if form.is_recognised_in(self.kind) {
            self.all.push(Carried { range, form });
        }
    }

    /// Every place at which a form begins; the next is looked for behind its end.
    fn each(&mut self, form: Form, matcher: Matcher) {
        if !form.is_recognised_in(self.kind) {
            return;
        }
        let mut at = 0;
        while at < self.bytes.len() {
            match matcher(self.kind, self.bytes, at) {
                Some(end) => {
                    self.all.push(Carried { range: at..end, form });
                    at = end;
                }
                None => at += 1,
            }
        }
    }

    fn uuids(&mut self) {
        let mut at = 0;
        while at + 36 <= self.bytes.len() {
            if is_uuid(self.bytes, at) {
                self.add(Form::Uuid, at..at + 36);
                at += 36;
            } else {
                at += 1;
            }
        }
    }

    /// Digits in a row.
    fn runs(&mut self) {
        let mut at = 0;
        while at < self.bytes.len() {
            let end = at + count(&self.bytes[at..], u8::is_ascii_hexdigit);
            if end - at >= ADDRESS_DIGITS {
                self.run(at, end);
            }
            at = end.max(at + 1);
        }
    }

    fn run(&mut self, at: usize, end: usize) {
        let run = &self.bytes[at..end];
        let is_decimal = run.iter().all(u8::is_ascii_digit);
        if is_decimal && matches!(self.kind, TextKind::Maker | TextKind::Version) && is_date_and_time(run) {
            return;
        }
        if self.kind == TextKind::Version && is_commit(&self.bytes[..at]) {
            return;
        }
        match run.len() {
            24.. => self.add(Form::LongRun, at..end),
            14.. if is_decimal => self.add(Form::NumberRun, at..end),
            _ => self.add(Form::HexRun, at..end),
        }
    }

    /// Groups between colons, or between hyphens.
    fn ipv6(&mut self) {
        let mut at = 0;
        while at < self.bytes.len() {
            let colons = ipv6_with_colons(self.bytes, at);
            let Some(end) = colons.or_else(|| ipv6_with_hyphens(self.bytes, at)) else {
                at += 1;
                continue;
            };
            self.add(Form::Ipv6, at..end);
            // The middle of an interface identifier that holds a hardware address (RFC 4291 appendix A).
            let holds =
                |middle: &[u8]| self.bytes[at..end].windows(5).any(|w| w.eq_ignore_ascii_case(middle));
            if holds(b"ff:fe") || holds(b"ff-fe") {
                self.add(Form::HardwareAddress, at..end);
            }
            at = end;
        }
    }

    fn emails(&mut self) {
        for at in (0..self.bytes.len()).filter(|at| self.bytes[*at] == b'@') {
            let before = &self.bytes[..at];
            let local =
                before.iter().rev().take(MAX_LOCAL_PART).take_while(|b| is_of_local_part(**b)).count();
            let behind = &self.bytes[at + 1..];
            let domain =
                behind.iter().take(MAX_DOMAIN).take_while(|b| is_of_name(**b) || **b == b'.').count();
            let begins = behind.first().is_some_and(|b| b.is_ascii_alphabetic() || !b.is_ascii());
            if local == 0 || !begins {
                continue;
            }
            let end = at + 1 + domain;
            let start = at - local;
            match (self.kind, start.checked_sub(1).map(|before| self.bytes[before])) {
                (TextKind::Account, _) => self.add(Form::Realm, at + 1..end),
                // `Anna Smith <anna@example.org>`
                (_, Some(b'<')) => {
                    let close = end + usize::from(self.bytes.get(end) == Some(&b'>'));
                    let name = |b: &u8| matches!(b, b',' | b';' | b'>');
                    let from = start.saturating_sub(MAX_NAME);
                    let name_at =
                        self.bytes[from..start].iter().rposition(name).map_or(from, |at| from + at + 1);
                    self.add(Form::Email, name_at..close);
                }
                _ => self.add(Form::Email, start..end),
            }
        }
    }

    fn homes(&mut self) {
        const HOMES: &[&[u8]] = &[b"/home/", b"/users/", b"\\users\\", b"\\home\\"];
        for at in (0..self.bytes.len()).filter(|at| matches!(self.bytes[*at], b'/' | b'\\')) {
            for home in HOMES {
                let begins =
                    self.bytes.get(at..at + home.len()).is_some_and(|b| b.eq_ignore_ascii_case(home));
                let name = at + home.len();
                let end = name
                    + count(self.bytes.get(name..).unwrap_or_default(), |b| !matches!(b, b'/' | b'\\' | 0));
                if begins && end > name {
                    self.add(Form::Home, name..end);
                }
            }
        }
    }

    fn labels(&mut self) {
        const LABELS: &[&[u8]] = &[b"serial number", b"serial no.", b"serial no", b"serial", b"s/n", b"sn"];
        let mut at = 0;
        while at < self.bytes.len() {
            let is_free = at == 0 || !self.bytes[at - 1].is_ascii_alphanumeric();
            let label = LABELS.iter().find(|label| {
                is_free && self.bytes.get(at..at + label.len()).is_some_and(|b| b.eq_ignore_ascii_case(label))
            });
            let Some(label) = label else {
                at += 1;
                continue;
            };
            let behind = at + label.len();
            let gap = count(&self.bytes[behind..], |b| matches!(b, b':' | b'#' | b'=' | b' ' | b'.'));
            let start = behind + gap;
            let word = count(&self.bytes[start..], |b| is_of_name(*b));
            // `sn` needs more than a blank behind it, or any word would do: `SN 850`.
            let is_told = gap > 0
                && (label.len() > 2 || self.bytes[behind..start].iter().any(|b| *b != b' ' && *b != b'.'));
            if is_told && word > 0 && self.bytes[start..start + word].iter().any(u8::is_ascii_digit) {
                self.add(Form::LabelledSerial, start..start + word);
            }
            at = behind;
        }
    }

    fn host_name(&mut self) {
        if let Some(dot) = self.bytes.iter().position(|b| *b == b'.')
            && self.bytes[dot + 1..].iter().any(|b| *b != 0)
        {
            self.add(Form::Domain, dot + 1..self.bytes.len());
        }
        // `ip-c0000207`
        for at in 0..self.bytes.len() {
            let rest = &self.bytes[at..];
            let is_free = at == 0 || !self.bytes[at - 1].is_ascii_alphanumeric();
            let front = 2 + usize::from(rest.get(2).is_some_and(|b| matches!(b, b'-' | b'_')));
            if is_free
                && rest.len() >= front + 8
                && rest[..2].eq_ignore_ascii_case(b"ip")
                && count(&rest[front..], u8::is_ascii_hexdigit) == 8
            {
                self.add(Form::Ipv4, at + front..at + front + 8);
            }
        }
    }
}

/// How many bytes from the start are so.
fn count(bytes: &[u8], is_so: impl Fn(&u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| is_so(byte)).count()
}

const fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || !byte.is_ascii()
}

const fn is_of_local_part(byte: u8) -> bool {
    is_of_name(byte) || matches!(byte, b'.' | b'+' | b'%' | b'\'')
}

const fn is_separator(byte: u8) -> bool {
    matches!(byte, b':' | b'-' | b'_' | b'.' | b' ')
}

fn is_free(bytes: &[u8], at: usize, of: impl Fn(&u8) -> bool) -> bool {
    at == 0 || !of(&bytes[at - 1])
}

fn is_uuid(bytes: &[u8], at: usize) -> bool {
    let Some(text) = bytes.get(at..at + 36) else { return false };
    let is_free = |b: Option<&u8>| b.is_none_or(|b| !b.is_ascii_hexdigit());
    let mark = text[8];
    matches!(mark, b'-' | b'_')
        && text.iter().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => *b == mark,
            _ => b.is_ascii_hexdigit(),
        })
        && is_free(at.checked_sub(1).map(|at| &bytes[at]))
        && is_free(bytes.get(at + 36))
}

/// Whether what stands before a run of digits makes it a commit's number in a version: `1.2+r30+g1a2b3c4d5e6f`, as `git describe` writes it.
fn is_commit(before: &[u8]) -> bool {
    match before {
        [.., b'g', b'i', b't'] => true,
        [.., mark, b'g'] => !mark.is_ascii_alphanumeric(),
        _ => false,
    }
}

/// `YYYYMMDDhhmm` or `YYYYMMDDhhmmss` of this century or the last.
fn is_date_and_time(digits: &[u8]) -> bool {
    let number = |range: Range<usize>| {
        digits.get(range).map_or(u32::MAX, |part| part.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
    };
    let is_second = || digits.len() == 12 || number(12..14) < 60;
    matches!(digits.len(), 12 | 14)
        && (1970..=2099).contains(&number(0..4))
        && (1..=12).contains(&number(4..6))
        && (1..=31).contains(&number(6..8))
        && number(8..10) < 24
        && number(10..12) < 60
        && is_second()
}

/// Six or more pairs of hexadecimal digits, three or more groups of four, or six or more groups of one or two with colons.
fn hardware_address(kind: TextKind, bytes: &[u8], at: usize) -> Option<usize> {
    if !bytes[at].is_ascii_hexdigit() || !is_free(bytes, at, u8::is_ascii_hexdigit) {
        return None;
    }
    let separator = |at: usize| {
        let mark = bytes.get(at).copied().filter(|b| is_separator(*b))?;
        // Versions are numbers between dots.
        (mark != b'.' || kind != TextKind::Version).then_some(mark)
    };
    let groups = |length: Range<usize>, least: usize, mark: u8| {
        let mut end = at;
        for group in 0.. {
            let from = if group == 0 { at } else { end + 1 };
            let digits = count(
                bytes.get(from..).unwrap_or_default().get(..5).unwrap_or(&bytes[from.min(bytes.len())..]),
                u8::is_ascii_hexdigit,
            );
            let is_joined = group == 0 || bytes.get(end) == Some(&mark);
            if !is_joined || !length.contains(&digits) {
                return (group >= least).then_some(end);
            }
            end = from + digits;
        }
        None
    };
    let digits = count(&bytes[at..], u8::is_ascii_hexdigit);
    let mark = separator(at + digits)?;
    match digits {
        1 | 2 if mark == b':' => groups(1..3, 6, mark),
        2 => groups(2..3, 6, mark),
        4 if mark != b':' && mark != b' ' => groups(4..5, 3, mark),
        _ => None,
    }
}

/// Four or more numbers of 0 to 255.
fn ipv4(_: TextKind, bytes: &[u8], at: usize) -> Option<usize> {
    if !bytes[at].is_ascii_digit() || !is_free(bytes, at, u8::is_ascii_digit) {
        return None;
    }
    let mark = *bytes.get(at + count(&bytes[at..], u8::is_ascii_digit))?;
    if !matches!(mark, b'.' | b'-' | b'_') {
        return None;
    }
    let (mut end, mut numbers) = (at, 0);
    loop {
        let from = if numbers == 0 { at } else { end + 1 };
        let digits = count(bytes.get(from..).unwrap_or_default(), u8::is_ascii_digit);
        let is_joined = numbers == 0 || bytes.get(end) == Some(&mark);
        let is_number = (1..=3).contains(&digits)
            && bytes[from..from + digits].iter().fold(0_u32, |n, b| n * 10 + u32::from(b - b'0')) <= 255;
        if !is_joined || !is_number {
            return (numbers >= 4).then_some(end);
        }
        numbers += 1;
        end = from + digits;
    }
}

/// Digits in groups of two and more with single blanks or hyphens between them.
fn grouped_digits(_: TextKind, bytes: &[u8], at: usize) -> Option<usize> {
    if !bytes[at].is_ascii_digit() || !is_free(bytes, at, u8::is_ascii_digit) {
        return None;
    }
    let (end, digits, groups) =
        digits_in_groups(bytes, at, |b| matches!(b, b' ' | b'-'), *GROUPED_DIGITS.end());
    (groups > 1 && GROUPED_DIGITS.contains(&digits)).then_some(end)
}

/// Where groups of digits end, how many digits these are and how many groups. No more than `most` digits are looked at.
fn digits_in_groups(
    bytes: &[u8],
    at: usize,
    joins: impl Fn(&u8) -> bool,
    most: usize,
) -> (usize, usize, usize) {
    let (mut end, mut digits, mut groups) = (at, 0, 0);
    loop {
        let from = if groups == 0 { at } else { end + 1 };
        let more = count(bytes.get(from..).unwrap_or_default(), u8::is_ascii_digit);
        let is_joined = groups == 0 || bytes.get(end).is_some_and(&joins);
        if !is_joined || more == 0 || digits + more > most {
            return (end, digits, groups);
        }
        digits += more;
        groups += 1;
        end = from + more;
    }
}

/// `+`, then digits with single separators between them.
fn phone(_: TextKind, bytes: &[u8], at: usize) -> Option<usize> {
    if bytes[at] != b'+' || !is_free(bytes, at, u8::is_ascii_alphanumeric) {
        return None;
    }
    let is_joint = |b: &u8| matches!(b, b' ' | b'-' | b'.' | b'/' | b'(' | b')');
    let from = at + 1 + usize::from(bytes.get(at + 1) == Some(&b'('));
    let (end, digits, _) = digits_in_groups(bytes, from, is_joint, *PHONE_DIGITS.end());
    PHONE_DIGITS.contains(&digits).then_some(end)
}

/// Eight groups, or fewer with `::` among them; the last may be an IPv4 address.
fn ipv6_with_colons(bytes: &[u8], at: usize) -> Option<usize> {
    let is_part = |b: &u8| b.is_ascii_hexdigit() || *b == b':';
    if !is_part(&bytes[at]) || !is_free(bytes, at, is_part) {
        return None;
    }
    let run = &bytes[at..at + count(&bytes[at..], is_part)];
    let colons = run.split(|b| *b == b':').count() - 1;
    let is_short = run.windows(2).any(|pair| pair == b"::");
    let digits = run.len() - colons;
    let is_group = |group: &[u8]| group.len() <= 4;
    let groups_fit = run.split(|b| *b == b':').all(is_group);
    // Names in programs have `::` as well: `Bad::Cafe`.
    let is_number =
        run.iter().any(u8::is_ascii_digit) || matches!(run, [b'f' | b'F', b'c' | b'd' | b'C' | b'D', ..]);
    let is_address = groups_fit && is_number && digits > 0 && ((is_short && digits >= 2) || colons >= 7);
    is_address.then(|| {
        let end = at + run.len();
        let before = run.iter().rposition(|b| *b == b':').map_or(at, |colon| at + colon + 1);
        match bytes.get(end) {
            Some(b'.') if before < end => ipv4(TextKind::Local, bytes, before).unwrap_or(end),
            _ => end,
        }
    })
}

/// Groups between hyphens, of which the first is that of an address of the internet (2000::/3), a site (fc00::/7) or a link (fe80::/10).
fn ipv6_with_hyphens(bytes: &[u8], at: usize) -> Option<usize> {
    let first = bytes.get(at..at + 4)?;
    let is_first = match first {
        [b'2' | b'3', ..] => true,
        [f, x, ..] if f.eq_ignore_ascii_case(&b'f') => matches!(x, b'c' | b'd' | b'e' | b'C' | b'D' | b'E'),
        _ => false,
    };
    if !is_first
        || !first.iter().all(u8::is_ascii_hexdigit)
        || !is_free(bytes, at, u8::is_ascii_hexdigit)
        || bytes.get(at + 4) != Some(&b'-')
    {
        return None;
    }
    let (mut end, mut groups, mut is_short) = (at + 4, 1, false);
    while bytes.get(end) == Some(&b'-') && groups < 8 {
        let gap = 1 + usize::from(bytes.get(end + 1) == Some(&b'-'));
        let from = end + gap;
        let digits = count(bytes.get(from..).unwrap_or_default(), u8::is_ascii_hexdigit);
        if (gap == 2 && is_short) || !(1..=4).contains(&digits) {
            break;
        }
        is_short |= gap == 2;
        groups += 1;
        end = from + digits;
    }
    (is_short || groups == 8).then_some(end)
}

/// 16 or more single hexadecimal digits between dots or hyphens, as the names of addresses in the DNS have them (RFC 3596 §2.5).
fn nibbles(_: TextKind, bytes: &[u8], at: usize) -> Option<usize> {
    if !bytes[at].is_ascii_hexdigit() || !is_free(bytes, at, u8::is_ascii_alphanumeric) {
        return None;
    }
    let mark = *bytes.get(at + 1).filter(|b| matches!(b, b'.' | b'-'))?;
    let mut end = at + 1;
    let mut digits = 1;
    while bytes.get(end) == Some(&mark)
        && bytes.get(end + 1).is_some_and(u8::is_ascii_hexdigit)
        && bytes.get(end + 2).is_none_or(|b| !b.is_ascii_alphanumeric())
    {
        digits += 1;
        end += 2;
    }
    (digits >= 16).then_some(end)
}
