//! Every field's value in every other text, under random policies: what is denied does not leave.

use super::super::{HashKeys, Reading, treat};
use super::*;
use collector_proto::catalog::{Form, Platform, ValueKind, fields};
use collector_proto::keyed_hash::{HardwareAddress, HashKey};
use collector_proto::policy::{
    Ceiling, Consent, Draft, Generalisation, KeyScope, Policy, PolicyDocument, Rule, Treatment, WrittenRule,
};
use collector_proto::value::Value;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A value of a field as it is planted, and the forms that it can be recognised by; none where it has no form.
#[derive(Clone, Debug)]
struct Planted {
    of: FieldId,
    text: String,
    form: Option<Form>,
}

/// What one run draws: numbers to make values of.
type Drawn = ([u8; 16], u64);

fn planted((bytes, number): &Drawn) -> Vec<Planted> {
    let hex = |bytes: &[u8], mark: &str| {
        let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        pairs.join(mark)
    };
    let mac = mac(bytes);
    let (v4, v6) = (v4(bytes), v6(bytes));
    let digits = |length: usize| format!("89{number:020}")[..length].to_owned();
    let id = hex(bytes, "");
    let uuid = [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]].join("-");
    let name = name(*number);
    let of = |of, form, texts: Vec<String>| texts.into_iter().map(move |text| Planted { of, text, form });
    let address = |mark| of(fields::HOST_MAC, Some(Form::HardwareAddress), vec![hex(&mac, mark)]);
    address(":")
        .chain(address("-"))
        .chain(address("_"))
        .chain(of(fields::HOST_MAC, Some(Form::HexRun), vec![hex(&mac, ""), hex(&mac, "").to_uppercase()]))
        .chain(of(
            fields::HOST_IP,
            Some(Form::Ipv4),
            ["-", "_", "."].map(|mark| v4.to_string().replace('.', mark)).to_vec(),
        ))
        .chain(of(fields::HOST_IP, Some(Form::Ipv6), vec![v6.to_string(), v6.to_string().replace(':', "-")]))
        .chain(of(fields::HOST_ID, Some(Form::LongRun), vec![id.clone()]))
        .chain(of(fields::HOST_ID, Some(Form::Uuid), vec![uuid]))
        .chain(of(fields::X_DEVICE_IMEI, Some(Form::NumberRun), vec![digits(15)]))
        .chain(of(fields::X_SIM_IMSI, Some(Form::NumberRun), vec![digits(15)]))
        .chain(of(fields::X_SIM_ICCID, Some(Form::NumberRun), vec![digits(20)]))
        .chain(of(
            fields::X_DEVICE_PHONE_NUMBER,
            Some(Form::Phone),
            vec![format!("+49 {}", digits(9)), format!("+49{}", digits(9))],
        ))
        .chain(of(fields::USER_EMAIL, Some(Form::Email), vec![format!("{name}@example.org")]))
        .chain(of(fields::USER_NAME, Some(Form::Home), vec![format!("/home/{name}")]))
        .chain(of(fields::USER_NAME, None, vec![name.clone()]))
        .chain(of(fields::USER_FULL_NAME, None, vec![format!("Zoe {name}")]))
        .chain(of(fields::HOST_NAME, None, vec![format!("{name}-laptop")]))
        .chain(of(fields::DEVICE_SERIAL_NUMBER, None, vec![format!("5CG{name}Q")]))
        .chain(of(fields::X_DEVICE_ASSET_TAG, None, vec![format!("INV {name}")]))
        .chain(of(fields::X_STORAGE_SERIAL, None, vec![format!("S4{name}K")]))
        .chain(of(fields::X_DISPLAY_SERIAL, None, vec![format!("HT{name}")]))
        .collect()
}

/// Letters that are no hexadecimal digits, so that nothing is taken for a number.
fn name(number: u64) -> String {
    (0..8)
        .map(|at| char::from(b"ghjkmnpqrtuvwxyz"[usize::try_from(number >> (4 * at) & 15).unwrap()]))
        .collect()
}

fn mac(bytes: &[u8; 16]) -> [u8; 6] {
    [bytes[0] | 2, bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]]
}

fn v4(bytes: &[u8; 16]) -> Ipv4Addr {
    Ipv4Addr::new(bytes[6] | 1, bytes[7], bytes[8], bytes[9])
}

fn v6(bytes: &[u8; 16]) -> Ipv6Addr {
    let part = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]) | 1;
    Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0x1100 | part(10) & 0xff, part(11), part(12), part(13))
}

/// What the field's own rule reads.
fn own(field: FieldId, drawn: &Drawn) -> Option<Raw> {
    let kind = field.field().kind;
    if field == fields::HOST_MAC {
        return HardwareAddress::of(mac(&drawn.0).to_vec()).map(Raw::Mac);
    }
    if field == fields::HOST_IP {
        return Some(Raw::Addresses(vec![IpAddr::V4(v4(&drawn.0)), IpAddr::V6(v6(&drawn.0))]));
    }
    let planted =
        planted(drawn).into_iter().find(|planted| planted.of == field && planted.form != Some(Form::Home))?;
    (kind == ValueKind::Text)
        .then(|| if field.field().many { Raw::Texts(vec![planted.text]) } else { Raw::Text(planted.text) })
}

fn treatments(field: FieldId, chars: u16) -> Vec<Treatment> {
    let mut all = vec![
        Treatment::Keep,
        Treatment::TruncateIp { v4: 24, v6: 48 },
        Treatment::TruncateText { chars: chars.max(1) },
        Treatment::Hmac(KeyScope::Device),
        Treatment::Hmac(KeyScope::Tenant),
    ];
    all.extend(Generalisation::ALL.iter().map(|level| Treatment::Generalise(*level)));
    all.retain(|treatment| treatment.unfit_for(field.field()).is_none());
    all
}

fn policy(rules: impl Iterator<Item = (FieldId, Treatment)>) -> Policy {
    let mut document: PolicyDocument = serde_json::from_value(serde_json::json!({
        "v": 1, "type": "policy", "group": "g", "version": 1,
        "issued": "2026-11-22T08:00:00Z", "expires": "2027-01-22T08:00:00Z",
        "notice_from": "2026-11-22T08:00:00Z", "effective_from": "2026-11-22T08:00:00Z",
        "max_stale": "7d", "records": "400d", "notice_period": "7d", "require_acknowledgement": false,
        "require_sandbox": "none", "report_every": "6h",
        "declares": {"sold": false, "shared_for_advertising": false, "automated_decisions": false},
        "controller": {"name": "x", "country": "DE", "contact": "x@example.org",
            "supervisory_authority": {"name": "x", "url": "https://example.org"}},
        "recipients": [{"id": "it", "name": "IT", "country": "DE", "stored_in": "DE", "role": "controller"}],
        "transfers": [], "jurisdictions": ["DE"], "rules": [],
        "purposes": {"c": {"dpv": "EnforceSecurity", "legal_basis": "consent", "free_to_refuse": true, "interests_weighed": false,
            "retention": "90d", "recipients": ["it"], "text": {"en": "x"}}},
    }))
    .unwrap();
    let rule = |(field, treat): (FieldId, Treatment)| Rule {
        field,
        treat,
        purposes: ["c".to_owned()].into(),
        necessity: collector_proto::policy::Necessity::Optional,
        accounts: field.section().takes_accounts(),
        filters: BTreeMap::new(),
    };
    document.rules = rules.map(|rule_of| WrittenRule::from(rule(rule_of))).collect();
    Policy::check(document).unwrap()
}

/// One row for each section, in which each text has what was planted there in the middle.
fn reading(texts: &BTreeMap<FieldId, String>, drawn: &Drawn) -> Reading {
    let mut sections: BTreeMap<Section, Vec<RawRow>> = BTreeMap::new();
    for section in Section::ALL {
        let mut row = RawRow::default();
        for field in section.fields() {
            let raw = match texts.get(&field) {
                Some(text) if field.field().many => Some(Raw::Texts(vec![text.clone()])),
                Some(text) => Some(Raw::Text(text.clone())),
                None => own(field, drawn),
            };
            if let Some(raw) = raw {
                row.push(field, raw);
            }
        }
        let owner = if section.takes_accounts() {
            Owner::account(crate::host::AccountId::Uid(1000))
        } else {
            Owner::Machine
        };
        sections.entry(*section).or_default().push(row.owned_by(owner));
    }
    Reading::new((sections, BTreeMap::new(), BTreeMap::new()))
}

/// Letters and digits alone, in lower case: however it is separated.
fn bare(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

fn text_fields() -> Vec<FieldId> {
    FieldId::all().filter(|field| field.field().carries.is_some()).collect()
}

/// Whether the value is looked for in texts of the field at all: it has a form there, or comes to stand there on devices in use.
fn is_looked_for(planted: &Planted, field: FieldId, is_read: impl Fn(FieldId) -> bool) -> bool {
    let carries = field.field().carries.unwrap();
    match planted.form {
        // Its own form is what its own treatment is about.
        Some(form) if form.fields().contains(&field.name()) => false,
        Some(Form::Email) if carries.text == collector_proto::catalog::TextKind::Account => true,
        Some(form) if form.is_recognised_in(carries.text) => true,
        _ => {
            // Both are told by the same bytes, and the one is cut out of the other where these are read (`display.rs`).
            let is_cut_when_read = planted.of == fields::X_DISPLAY_SERIAL && !is_read(planted.of);
            carries.fields.contains(&planted.of)
                && !is_cut_when_read
                && !carried::unrecognised(field, is_read).contains(&planted.of)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_denied_leaves_in_the_text_of_another_field(
        drawn in any::<Drawn>(),
        choices in proptest::collection::vec((proptest::option::weighted(0.6, any::<prop::sample::Index>()), any::<prop::sample::Index>(), 0..6_usize), FieldId::all().count()),
        chars in 1_u16..40,
    ) {
        let values = planted(&drawn);
        let rules = FieldId::all().zip(&choices).filter_map(|(field, (choice, _, _))| {
            let treatments = treatments(field, chars);
            Some((field, *treatments.get(choice.as_ref()?.index(treatments.len().max(1)))?))
        });
        let policy = policy(rules);
        let mut at: BTreeMap<FieldId, Planted> = BTreeMap::new();
        // Some keep their own value, by which it is known in the others.
        for (field, (_, what, _)) in FieldId::all().zip(&choices).filter(|(field, choice)| text_fields().contains(field) && choice.2 > 1) {
            let what = &values[what.index(values.len())];
            if what.of != field {
                at.insert(field, what.clone());
            }
        }
        let texts: BTreeMap<FieldId, String> = at
            .iter()
            .map(|(field, planted)| {
                let (front, back) = [("", ""), ("enx", ""), ("Tool ", " x"), ("host-", "-q"), ("x_", "_y"), ("(", ")")]
                    [choices[FieldId::all().position(|other| other == *field).unwrap()].2];
                // A `+` behind a letter belongs to it: `g++`, `1.0+20260101`.
                let front = if planted.form == Some(Form::Phone) { "" } else { front };
                (*field, format!("{front}{}{back}", planted.text))
            })
            .collect();
        let permit = Permit::<Draft>::derive(&policy, Platform::Linux, &Ceiling::Unset, &Consent::to(["c".to_owned()]));
        let keys = HashKeys::of(HashKey::of(&[1; 32]), Some(HashKey::of(&[2; 32])));
        let treated = treat(reading(&texts, &drawn), &permit, &keys, None).unwrap();
        let as_read = policy.as_read();
        let left = treated.rows().sections();
        for (field, value) in left.values().flatten().flat_map(collector_proto::value::Row::iter) {
            let Some(planted) = at.get(&field) else { continue };
            let mut text = String::new();
            match value {
                Value::List(list) => list.iter().for_each(|item| text.push_str(item)),
                other => write!(text, "{}", other.to_plain()).unwrap(),
            }
            let rule = policy.rule(field).unwrap();
            let stays = planted.form.map_or_else(
                || as_read.contains(planted.of),
                |form| form.fields().iter().all(|name| as_read.contains(FieldId::parse(name).unwrap())),
            );
            let is_read = |other| policy.rule(other).is_some() && !at.contains_key(&other);
            if !stays && is_looked_for(planted, field, is_read) {
                prop_assert!(!bare(&text).contains(&bare(&planted.text)), "{} of {} in {field} as {:?}: {text}", planted.text, planted.of, rule.treat);
                prop_assert!(!carried::gives_away(field, rule.treat, value, &as_read), "the collector would refuse {text}");
                // Untreated, the collector refuses it by its form.
                let untreated = Value::Text(texts[&field].clone());
                if planted.form.is_some_and(|form| form.is_recognised_in(field.field().carries.unwrap().text)) {
                    prop_assert!(
                        !carried::is_readable(field.field(), rule.treat) || carried::gives_away(field, rule.treat, &untreated, &as_read),
                        "{} in {field}", texts[&field]
                    );
                }
            }
        }
    }
}

/// What `policy check` has to warn of is what devices cannot cut out, and nothing else.
#[test]
fn what_comes_to_stand_in_a_text_is_cut_out_or_warned_of() {
    let mut warned = 0;
    for field in text_fields() {
        for carried in field.field().carries.unwrap().fields {
            let open = carried::unrecognised(field, |_| false).contains(carried);
            let of_field = |planted: &Planted| planted.of == *carried && planted.form.is_some();
            let drawn = ([7; 16], 3_141_592_653);
            for planted in planted(&drawn).iter().filter(|planted| of_field(planted)) {
                let kind = field.field().carries.unwrap().text;
                let form = planted.form.unwrap();
                let is_cut = form.is_recognised_in(kind)
                    || (form == Form::Email && Form::Realm.is_recognised_in(kind));
                assert!(open || is_cut || form == Form::Home, "{} in {field}", planted.text);
            }
            warned += usize::from(open);
        }
    }
    assert!(warned > 5, "{warned}");
}
