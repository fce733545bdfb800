use super::*;
use crate::catalog::fields;
use crate::messages::PartName;

fn row(values: &[(FieldId, &str)]) -> Row {
    let mut row = Row::new();
    for (field, text) in values {
        row.insert(*field, Value::Text((*text).to_owned()));
    }
    row
}

fn of(parts: Vec<(&str, Section, Vec<Row>)>) -> BTreeMap<Section, Vec<Row>> {
    let mut by_part = PartRows::new();
    for (name, section, rows) in parts {
        by_part.entry(PartName::parse(name).unwrap()).or_default().insert(section, rows);
    }
    merged(&by_part)
}

const MACHINE: &str = "0000000000000001/90d";
const SHORTER: &str = "0000000000000001/1d";
const ACCOUNT: &str = "0000000000000002/90d";

#[test]
fn a_row_that_was_split_is_one_again() {
    let (name, version) = (fields::PACKAGE_NAME, fields::X_PACKAGE_VENDOR);
    let sections = of(vec![
        (MACHINE, Section::Package, vec![row(&[(name, "a")]), row(&[(name, "b")])]),
        (SHORTER, Section::Package, vec![row(&[(name, "a"), (version, "1")])]),
        (ACCOUNT, Section::Package, vec![row(&[(name, "b")]), row(&[(name, "c")])]),
    ]);
    let expected = vec![row(&[(name, "a"), (version, "1")]), row(&[(name, "b")]), row(&[(name, "c")])];
    assert_eq!(sections[&Section::Package], expected);
}

#[test]
fn rows_that_say_different_things_or_stand_in_one_part_stay_apart() {
    let (name, scope) = (fields::PACKAGE_NAME, fields::PACKAGE_INSTALL_SCOPE);
    let apart = vec![row(&[(name, "a"), (scope, "1")]), row(&[(name, "a"), (scope, "2")])];
    let sections = of(vec![
        (MACHINE, Section::Package, vec![apart[0].clone()]),
        (ACCOUNT, Section::Package, vec![apart[1].clone()]),
    ]);
    assert_eq!(sections[&Section::Package], apart);
    let twice = vec![row(&[(name, "a"), (scope, "1")]), row(&[(name, "a")])];
    let sections = of(vec![(MACHINE, Section::Package, twice.clone())]);
    assert_eq!(sections[&Section::Package].len(), 2);
    let keyless = vec![row(&[(scope, "1")]), row(&[(scope, "2")])];
    assert_eq!(of(vec![(MACHINE, Section::Package, keyless.clone())])[&Section::Package], keyless);
}

#[test]
fn a_section_of_one_row_has_one_and_lists_of_accounts_are_one_list() {
    let list = |texts: &[&str]| {
        let mut row = Row::new();
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        row.insert(fields::X_SESSION_USER, Value::List(texts));
        row
    };
    let sections = of(vec![
        (MACHINE, Section::Session, vec![list(&["anna"])]),
        (ACCOUNT, Section::Session, vec![list(&["ben"])]),
    ]);
    assert_eq!(sections[&Section::Session], vec![list(&["anna", "ben"])]);
}
