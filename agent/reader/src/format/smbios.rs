//! Texts of SMBIOS structures (DMTF DSP0134).

use collector_proto::time::UtcTime;

/// The day of a BIOS release: `03/14/2023`; in SMBIOS before 2.3 `03/14/98`, where 19 goes before the year.
pub fn day(text: &str) -> Option<UtcTime> {
    let mut numbers = text.split('/');
    let (month, day, year) = (numbers.next()?, numbers.next()?, numbers.next()?);
    let is_number = |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    if numbers.next().is_some() || !is_number(month, 2) || !is_number(day, 2) {
        return None;
    }
    let century = match year.len() {
        2 => "19",
        4 => "",
        _ => return None,
    };
    UtcTime::parse(&format!("{century}{year}-{month}-{day}T00:00:00Z")).ok()
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn days_are_read_as_firmware_writes_them() {
        for (text, expected) in [
            ("03/14/2023", Some("2023-03-14T00:00:00Z")),
            ("12/01/98", Some("1998-12-01T00:00:00Z")),
            ("13/01/2023", None),
            ("02/30/2023", None),
            ("2023-03-14", None),
            ("03/14/2023/1", None),
            ("3/14/2023", None),
            ("03/14/-023", None),
            ("03/14/", None),
            ("", None),
        ] {
            let read = day(text).map(|day| day.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
