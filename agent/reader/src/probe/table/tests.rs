use super::*;
use crate::probe::system::PROBES;
use collector_proto::catalog::fields;
use std::path::Path;

fn host() -> Host {
    Host::at(Path::new("/nonexistent"))
}

/// The texts of each row, and the fields that have a reason.
fn read(probe: &dyn Probe, wanted: &[FieldId]) -> (Vec<Vec<String>>, Vec<FieldId>) {
    let mut found = Found::default();
    probe.read(&host(), &wanted.iter().copied().collect(), &mut found);
    let texts = |row: &RawRow| wanted.iter().filter_map(|field| row.texts_of(*field)).flatten().collect();
    (found.rows_of(probe.section()).iter().map(texts).collect(), found.reasons())
}

fn raw(text: &str) -> Raw {
    Raw::Text(text.to_owned())
}

#[test]
fn no_field_stands_in_two_probes() {
    let all: FieldSet = PROBES.iter().flat_map(|probe| probe.fields().iter().collect::<Vec<_>>()).collect();
    assert_eq!(PROBES.iter().map(|probe| probe.fields().len()).sum::<usize>(), all.len());
}

#[test]
fn only_what_was_asked_for_runs() {
    let probe = Single::of(
        Section::Os,
        &[(fields::OS_TYPE, |_| Ok(raw("type"))), (fields::OS_NAME, |_| panic!("nobody asked for the name"))],
    );
    assert_eq!(read(&probe, &[fields::OS_TYPE]), (vec![vec!["type".to_owned()]], vec![]));
    assert_eq!(probe.fields(), [fields::OS_TYPE, fields::OS_NAME].into_iter().collect());
}

/// A thing with a number.
struct Thing(usize);

impl OnHost for Thing {
    type On<'h> = Self;
}

#[test]
fn each_thing_of_a_list_is_a_row() {
    let fields: &[FinderOn<Thing>] = &[
        (fields::X_STORAGE_NAME, |thing| Ok(raw(&format!("sd{}", thing.0)))),
        (
            fields::X_STORAGE_MODEL,
            |thing| if thing.0 == 0 { Err(Absence::Malformed) } else { Ok(raw("disk")) },
        ),
        (fields::X_STORAGE_SERIAL, |_| panic!("nobody asked for the serial number")),
    ];
    let probe = Rows::<Thing>::of(Section::Storage, |_| Ok(vec![Thing(0), Thing(1)]), fields);
    let asked = [fields::X_STORAGE_NAME, fields::X_STORAGE_MODEL];
    let rows = vec![vec!["sd0".to_owned()], vec!["sd1".to_owned(), "disk".to_owned()]];
    assert_eq!(read(&probe, &asked), (rows, vec![fields::X_STORAGE_MODEL]));
    let probe = Rows::<Thing>::of(Section::Storage, |_| Err(Absence::TooLarge), fields);
    assert_eq!(read(&probe, &asked).1.len(), 2);
}

#[test]
fn lists_are_joined_by_name_and_only_those_that_were_asked_for() {
    let probe = Joined::<Thing>::of(
        Section::Network,
        |_| Thing(0),
        &[
            Named {
                field: fields::NETWORK_INTERFACE_NAME,
                names: |_| Ok(vec!["b".to_owned(), "a".to_owned()]),
                value: |_, name| Some(Ok(raw(name))),
            },
            Named {
                field: fields::X_NETWORK_WIFI_SSID,
                names: |_| Ok(vec!["c".to_owned()]),
                value: |_, name| (name == "c").then(|| Ok(raw("net"))),
            },
            Named {
                field: fields::HOST_IP,
                names: |_| panic!("nobody asked for addresses"),
                value: |_, _| None,
            },
        ],
    );
    let row = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let asked = [fields::NETWORK_INTERFACE_NAME, fields::X_NETWORK_WIFI_SSID];
    assert_eq!(read(&probe, &asked), (vec![row(&["a"]), row(&["b"]), row(&["c", "net"])], vec![]));
    assert_eq!(read(&probe, &asked[1..]), (vec![row(&["net"])], vec![]));
}
