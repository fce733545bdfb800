use super::*;
use collector_proto::catalog::FieldId;

fn explain(field: Option<&str>, format: Format) -> anyhow::Result<String> {
    explain_of(include_str!("../../../../../packaging/policies/inventory.toml"), field, format)
}

fn explain_of(policy: &str, field: Option<&str>, format: Format) -> anyhow::Result<String> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("policy.toml");
    std::fs::write(&file, policy).unwrap();
    let mut out = Vec::new();
    run(&Args { file, field: field.map(str::to_owned), format }, &mut Output::to(&mut out))?;
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn one_field_with_everything_about_it() {
    let text = explain(Some("host.mac"), Format::Text).unwrap();
    for part in [
        "host.mac: sent as a keyed hash that is comparable across devices, required",
        "for inventory (InternalResourceOptimisation, Art. 6(1)(f) GDPR), kept 180d, received by Example IT department (DE)",
        "linux: /sys/class/net/*/address",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    assert!(explain(Some("user.name"), Format::Text).unwrap().starts_with("user.name: not collected\n"));
    assert!(explain(Some("screen.capture"), Format::Text).unwrap().contains("no code for it"));
    assert!(explain(Some("x.package.purl"), Format::Text).unwrap().contains("computes it from"));
    let error = explain(Some("host.maac"), Format::Text).unwrap_err().to_string();
    assert!(error.contains("did you mean `host.mac`?"), "{error}");
    let error = explain(Some("screen.capure"), Format::Text).unwrap_err().to_string();
    assert!(error.contains("did you mean `screen.capture`?"), "{error}");
}

#[test]
fn what_shows_presence_or_place_is_said_with_what_would_show_less() {
    let inventory = include_str!("../../../../../packaging/policies/inventory.toml");
    let with = |treat: &str| {
        let block =
            format!("[[collect]]\nfields = [\"host.uptime\"]\npurposes = [\"inventory\"]\ntreat = {treat}\n");
        explain_of(&format!("{inventory}\n{block}"), Some("host.uptime"), Format::Text).unwrap()
    };
    let shows = "values of it, one after the other, show when somebody was at the device: it is sent at most once a day";
    let less = "it could be sent coarsened to whole days or coarsened to whole weeks";
    let (kept, coarse) = (with("\"keep\""), with("{ generalise = \"weeks\" }"));
    assert!(kept.contains(shows) && kept.contains(less), "{kept}");
    assert!(coarse.contains(shows) && !coarse.contains("could be sent"), "{coarse}");
    assert!(coarse.contains("may be coarsened to: days, weeks"), "{coarse}");
}

#[test]
fn the_whole_policy_names_every_field_once() {
    let text = explain(None, Format::Text).unwrap();
    for field in FieldId::all() {
        assert!(text.contains(field.name()), "{field} is not mentioned");
    }
    let json: serde_json::Value = serde_json::from_str(&explain(None, Format::Json).unwrap()).unwrap();
    let answers: Vec<_> =
        json.as_array().unwrap().iter().map(|one| one["answer"].as_str().unwrap()).collect();
    assert!(
        answers.contains(&"collected") && answers.contains(&"not_collected") && answers.contains(&"never")
    );
}
