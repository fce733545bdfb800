use super::*;

const DESC: &str =
    "%NAME%\nbash\n\n%ARCH%\nx86_64\n\n%BUILDDATE%\n1700000000\n\n%INSTALLDATE%\n1738164183\n\n";

fn read(desc: &[u8]) -> Result<Description, FormatError> {
    let mut reader = Parser::default();
    for line in Line::all(desc) {
        reader.take(line)?;
    }
    reader.finish()
}

#[test]
fn names_split_at_the_last_two_dashes() {
    for (entry, expected) in [
        ("bash-5.2.037-1", Some(("bash", "5.2.037-1"))),
        ("gtk-update-icon-cache-1:4.16.7-1.1", Some(("gtk-update-icon-cache", "1:4.16.7-1.1"))),
        ("ALPM_DB_VERSION", None),
        ("a-1", None),
        ("-1-1", None),
        ("a--1", None),
        ("a-1-", None),
    ] {
        assert_eq!(split(entry), expected, "{entry}");
    }
}

#[test]
fn a_description_that_was_cut_off_is_malformed_or_says_less() {
    let whole = Description { architecture: Some("x86_64".to_owned()), installed: Some(1_738_164_183) };
    assert_eq!(read(DESC.as_bytes()), Ok(whole));
    for end in 0..DESC.len() {
        match read(&DESC.as_bytes()[..end]) {
            Err(reason) => assert_eq!(reason, FormatError::Malformed, "cut at {end}"),
            Ok(said) => assert!(matches!(said.installed, None | Some(1_738_164_183)), "cut at {end}"),
        }
    }
    assert_eq!(read(b""), Ok(Description::default()));
}

#[test]
fn junk_is_refused() {
    for junk in [
        &b"%ARCH%\n\xff\xfe\n"[..],
        b"%ARCH%\n\n",
        b"%ARCH%\n",
        b"%INSTALLDATE%\nyesterday\n",
        b"%INSTALLDATE%\n99999999999999999999999999\n",
        b"\0\0\0\0\n",
    ] {
        assert_eq!(read(junk), Err(FormatError::Malformed), "{}", String::from_utf8_lossy(junk));
    }
}
