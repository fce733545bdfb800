//! `Retry-After` (RFC 9110 §10.2.3): seconds, or a date.
//!
//! A date is taken relative to the answer's own `Date`, so the device's clock does not matter and need not be
//! known here.

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};
use std::time::Duration;

/// How long an answer asks to wait. A value that cannot be read, and a date beside no `Date`, count as none.
pub(crate) fn read(headers: &HeaderMap) -> Option<Duration> {
    let said = text(headers, RETRY_AFTER)?;
    if !said.is_empty() && said.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than fit mean: very long.
        return Some(Duration::from_secs(said.parse().unwrap_or(u64::MAX)));
    }
    let (until, from) = (http_date(said)?, http_date(text(headers, DATE)?)?);
    Some(Duration::from_secs(u64::try_from(until - from).unwrap_or(0)))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7). The two obsolete forms are not read.
fn http_date(text: &str) -> Option<i64> {
    if !text.ends_with(" GMT") {
        return None;
    }
    jiff::fmt::rfc2822::parse(text).ok().map(|date| date.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(retry_after: &str, date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry_after.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        read(&headers).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds() {
        assert_eq!(asked("120", None), Some(120));
        assert_eq!(asked("0", None), Some(0));
        assert_eq!(asked("99999999999999999999999", None), Some(u64::MAX));
    }

    #[test]
    fn a_date_counts_from_the_answers_own_date() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(asked("Sun, 06 Nov 1994 08:50:37 GMT", date), Some(60));
        assert_eq!(asked("Sun, 06 Nov 1994 08:48:37 GMT", date), Some(0));
        assert_eq!(asked("Sun, 06 Nov 1994 08:50:37 GMT", None), None);
    }

    #[test]
    fn anything_else_counts_as_none() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        for wrong in
            ["", "-1", "1.5", "soon", "Sun, 06 Nov 1994 08:50:37 +0100", "Mon, 06 Nov 1994 08:50:37 GMT"]
        {
            assert_eq!(asked(wrong, date), None, "{wrong}");
        }
        assert_eq!(read(&HeaderMap::new()), None);
    }
}
