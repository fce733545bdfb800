use super::*;

const NAME: &str = "0123456789abcdef/90d";

/// A part with these sections and, behind them, bytes that are not JSON: whoever goes on parsing fails there.
fn refusal(sections: &str) -> String {
    let sections = sections.replace("SALT", &"00".repeat(16)).replace("DIGEST", &Digest::of(b"").to_string());
    let part = format!(r#"{{"v":1,"part":"{NAME}","sections":{{{sections}"#);
    serde_json::from_str::<Part>(&part).unwrap_err().to_string()
}

fn many(item: &str, count: usize) -> String {
    vec![item; count].join(",")
}

#[test]
fn parsing_stops_at_the_first_row_too_many() {
    for (name, item) in [("rows", "{}"), ("upsert", "{}"), ("remove", "\"\"")] {
        let of =
            |count| refusal(&format!(r#""os":{{"salt":"SALT","{name}":[{}, no JSON"#, many(item, count)));
        assert!(of(MAX_ROWS).contains("expected"), "{name}: {}", of(MAX_ROWS));
        assert!(of(MAX_ROWS + 1).contains("more than"), "{name}: {}", of(MAX_ROWS + 1));
    }
}

#[test]
fn parsing_stops_at_the_first_section_with_rows_too_many() {
    let section = |name, count| format!(r#""{name}":{{"salt":"SALT","rows":[{}]}},"#, many("{}", count));
    let of = |second| refusal(&(section("os", MAX_ROWS) + &section("host", second) + "no JSON"));
    let most = MAX_REPORT_ROWS - MAX_ROWS;
    assert!(!of(most).contains("more rows"), "{}", of(most));
    assert!(of(most + 1).contains("more rows"), "{}", of(most + 1));
}

#[test]
fn a_section_has_one_of_three_forms() {
    let (salt, digest) = ("00".repeat(16), Digest::of(b""));
    let read = |section: serde_json::Value| {
        Part::read(
            &serde_json::to_vec(&serde_json::json!({"v": 1, "part": NAME, "sections": {"os": section}}))
                .unwrap(),
        )
    };
    for good in [
        serde_json::json!({"salt": salt, "rows": []}),
        serde_json::json!({"salt": salt, "base": digest, "digest": digest, "upsert": [], "remove": []}),
        serde_json::json!({"digest": digest}),
    ] {
        let part = read(good.clone()).unwrap();
        assert_eq!(serde_json::to_value(&part).unwrap()["sections"]["os"], good);
    }
    for bad in [
        serde_json::json!({}),
        serde_json::json!({"rows": []}),
        serde_json::json!({"salt": salt, "rows": [], "digest": digest}),
        serde_json::json!({"salt": salt, "digest": digest}),
        serde_json::json!({"base": digest, "digest": digest, "upsert": [], "remove": []}),
        serde_json::json!({"salt": salt, "rows": [], "remove": []}),
        serde_json::json!({"salt": "00", "rows": []}),
    ] {
        assert!(read(bad.clone()).is_err(), "{bad}");
    }
}
