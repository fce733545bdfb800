use super::*;

fn hours(zone: &str, times: &[&str]) -> Result<QuietHours, BadQuietHours> {
    let times = times.iter().map(|time| QuietTime::parse(time)).collect::<Result<_, _>>()?;
    QuietHours::new(Zone::new("test", zone)?, times)
}

fn until(hours: &QuietHours, now: &str) -> Option<String> {
    hours.until(UtcTime::parse(now).unwrap()).map(|until| until.to_string())
}

#[test]
fn a_night_goes_on_into_the_next_day_and_ends_to_the_minute() {
    // 2026-11-27 is a Friday.
    let nights = hours("UTC0", &["fri 22:00-06:00", "sat,sun 08:30-09:00"]).unwrap();
    assert_eq!(until(&nights, "2026-11-27T21:59:59Z"), None);
    assert_eq!(until(&nights, "2026-11-27T22:00:00Z").as_deref(), Some("2026-11-28T06:00:00Z"));
    assert_eq!(until(&nights, "2026-11-28T05:59:59Z").as_deref(), Some("2026-11-28T06:00:00Z"));
    assert_eq!(until(&nights, "2026-11-28T06:00:00Z"), None);
    assert_eq!(until(&nights, "2026-11-28T22:30:00Z"), None, "Saturday's night is not quiet");
    assert_eq!(until(&nights, "2026-11-29T08:45:10Z").as_deref(), Some("2026-11-29T09:00:00Z"));
}

#[test]
fn local_time_follows_the_rule_of_the_zone() {
    let berlin = hours("CET-1CEST,M3.5.0,M10.5.0/3", &["22:00-06:00"]).unwrap();
    assert_eq!(until(&berlin, "2026-01-10T21:30:00Z").as_deref(), Some("2026-01-11T05:00:00Z"));
    assert_eq!(until(&berlin, "2026-07-10T20:30:00Z").as_deref(), Some("2026-07-11T04:00:00Z"));
    // The clocks are set forward and back in these nights.
    assert_eq!(until(&berlin, "2026-03-28T21:30:00Z").as_deref(), Some("2026-03-29T04:00:00Z"));
    assert_eq!(until(&berlin, "2026-10-24T21:30:00Z").as_deref(), Some("2026-10-25T05:00:00Z"));
}

#[test]
fn times_are_written_in_one_way_and_nonsense_is_refused() {
    for (text, written) in [
        ("22:00-06:00", "22:00-06:00"),
        ("18:00-00:00", "18:00-24:00"),
        ("Fri-Mon 00:00-24:00", "mon,fri,sat,sun 00:00-24:00"),
    ] {
        assert_eq!(QuietTime::parse(text).unwrap().to_string(), written);
    }
    for text in [
        "",
        "22-06",
        "22:00",
        "22:00-22:00",
        "24:00-06:00",
        "25:00-01:00",
        "22:60-23:00",
        "1:00-2:00",
        "day 01:00-02:00",
        "00:00-00:00",
    ] {
        assert_eq!(QuietTime::parse(text), Err(BadQuietHours::Time), "{text}");
    }
    assert_eq!(hours("UTC0", &[]), Err(BadQuietHours::Count));
    assert_eq!(hours("UTC0", &["mon-sun 00:00-24:00"]), Err(BadQuietHours::Always));
    assert_eq!(hours("UTC0", &["12:00-06:00", "06:00-12:00"]), Err(BadQuietHours::Always));
    assert!(hours("nowhere", &["22:00-06:00"]).is_err());
}
