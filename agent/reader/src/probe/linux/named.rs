//! Tables of things that the kernel shows by name, as drives and batteries: one row a name.

use crate::host::Host;
use crate::probe::found::Found;
use crate::probe::reading::{Raw, RawRow};
use collector_proto::catalog::{FieldId, FieldSet, Section};
use collector_proto::messages::Absence;

/// A field and the code that finds its value for the thing of that name.
pub(super) type Reader = (FieldId, fn(&Host, &str) -> Result<Raw, Absence>);

/// Adds a row for each name, with what the readers of the wanted fields find.
pub(super) fn rows<'a>(
    section: Section,
    names: impl Iterator<Item = &'a String>,
    readers: &[Reader],
    (host, wanted, found): (&Host, &FieldSet, &mut Found),
) {
    let mut rows = Vec::new();
    for name in names {
        let mut row = RawRow::default();
        for (field, reader) in readers.iter().filter(|(field, _)| wanted.contains(*field)) {
            match reader(host, name) {
                Ok(value) => row.push(*field, value),
                Err(reason) => found.absent(*field, reason),
            }
        }
        rows.push(row);
    }
    found.rows(section, rows);
}
