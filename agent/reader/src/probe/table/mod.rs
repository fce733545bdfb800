//! A probe as a table: each field beside the function that finds its value.
//!
//! Which fields a probe can read follows from its table, and a function runs only where its field was asked for. What several
//! fields need, such as a file in which all of them stand, belongs to the thing that their functions are given, which opens
//! it for the first one that needs it.

use super::found::Found;
use super::reading::{Raw, RawRow};
use crate::host::Host;
use crate::treat::Owner;
use collector_proto::catalog::{FieldId, FieldSet, Section};
use collector_proto::messages::Absence;
use std::collections::BTreeSet;

/// Code that reads fields of a section.
pub trait Probe: Sync {
    /// The section; the first of them where one pass serves several.
    fn section(&self) -> Section;

    /// What it can read.
    fn fields(&self) -> FieldSet;

    /// Reads those of its fields that are in the set, of which there is at least one.
    fn read(&self, host: &Host, wanted: &FieldSet, found: &mut Found);
}

/// A field's value, or why there is none.
pub type Finding = Result<Raw, Absence>;

/// A field, and the function that finds its value in a `T`.
pub type Finder<T> = (FieldId, fn(&T) -> Finding);

/// A type that borrows from the machine: `On<'h>` is the same type for a machine that lives as long as `'h`.
pub trait OnHost {
    /// It, on a machine.
    type On<'h>;
}

/// A section of one row, each field of which has a source of its own.
pub struct Single {
    section: Section,
    fields: &'static [Finder<Host>],
}

impl Single {
    pub const fn of(section: Section, fields: &'static [Finder<Host>]) -> Self {
        Self { section, fields }
    }
}

impl Probe for Single {
    fn section(&self) -> Section {
        self.section
    }

    fn fields(&self) -> FieldSet {
        names(self.fields)
    }

    fn read(&self, host: &Host, wanted: &FieldSet, found: &mut Found) {
        for (field, value) in asked(self.fields, wanted) {
            found.set(*field, value(host));
        }
    }
}

/// A field, and the function that finds its value in what is opened on the machine.
pub type FinderOn<S> = (FieldId, fn(&<S as OnHost>::On<'_>) -> Finding);

/// A section of one row, some fields of which share a source.
pub struct SingleWith<S: OnHost + 'static> {
    section: Section,
    open: for<'h> fn(&'h Host) -> S::On<'h>,
    fields: &'static [FinderOn<S>],
}

impl<S: OnHost> SingleWith<S> {
    /// `open` opens nothing yet, or only what every field needs.
    pub const fn of(
        section: Section,
        open: for<'h> fn(&'h Host) -> S::On<'h>,
        fields: &'static [FinderOn<S>],
    ) -> Self {
        Self { section, open, fields }
    }
}

impl<S: OnHost> Probe for SingleWith<S> {
    fn section(&self) -> Section {
        self.section
    }

    fn fields(&self) -> FieldSet {
        names(self.fields)
    }

    fn read(&self, host: &Host, wanted: &FieldSet, found: &mut Found) {
        let source = (self.open)(host);
        for (field, value) in asked(self.fields, wanted) {
            found.set(*field, value(&source));
        }
    }
}

/// A section of one row for each thing that a list names.
pub struct Rows<R: OnHost + 'static> {
    section: Section,
    list: for<'h> fn(&'h Host) -> Result<Vec<R::On<'h>>, Absence>,
    owner: fn(&R::On<'_>) -> Owner,
    fields: &'static [FinderOn<R>],
}

impl<R: OnHost> Rows<R> {
    /// Where `list` gives a reason, it is that of every field.
    pub const fn of(
        section: Section,
        list: for<'h> fn(&'h Host) -> Result<Vec<R::On<'h>>, Absence>,
        fields: &'static [FinderOn<R>],
    ) -> Self {
        Self { section, list, owner: |_| Owner::Machine, fields }
    }

    /// The same for things of which each is somebody's.
    #[must_use]
    pub const fn owned_by(self, owner: fn(&R::On<'_>) -> Owner) -> Self {
        Self { owner, ..self }
    }
}

impl<R: OnHost> Probe for Rows<R> {
    fn section(&self) -> Section {
        self.section
    }

    fn fields(&self) -> FieldSet {
        names(self.fields)
    }

    fn read(&self, host: &Host, wanted: &FieldSet, found: &mut Found) {
        let things = match (self.list)(host) {
            Ok(things) => things,
            Err(reason) => return wanted.iter().for_each(|field| found.absent(field, reason)),
        };
        let mut rows = Vec::with_capacity(things.len());
        for thing in &things {
            let values = asked(self.fields, wanted).map(|(field, value)| (*field, value(thing)));
            rows.push(found.row(values).owned_by((self.owner)(thing)));
        }
        found.rows(self.section, rows);
    }
}

/// A field whose values stand beside names.
pub struct Named<S: OnHost> {
    /// It.
    pub field: FieldId,
    /// The names for which it has values; each gives a row. A reason is that of the field.
    pub names: fn(&S::On<'_>) -> Result<Vec<String>, Absence>,
    /// Its value for a name of any list. `None`: the field has nothing to do with it.
    pub value: fn(&S::On<'_>, &str) -> Option<Finding>,
}

/// A section whose rows several lists give together, by name: the list of a field is read only where the field was asked for.
pub struct Joined<S: OnHost + 'static> {
    section: Section,
    open: for<'h> fn(&'h Host) -> S::On<'h>,
    fields: &'static [Named<S>],
}

impl<S: OnHost> Joined<S> {
    pub const fn of(
        section: Section,
        open: for<'h> fn(&'h Host) -> S::On<'h>,
        fields: &'static [Named<S>],
    ) -> Self {
        Self { section, open, fields }
    }
}

impl<S: OnHost> Probe for Joined<S> {
    fn section(&self) -> Section {
        self.section
    }

    fn fields(&self) -> FieldSet {
        self.fields.iter().map(|named| named.field).collect()
    }

    fn read(&self, host: &Host, wanted: &FieldSet, found: &mut Found) {
        let source = (self.open)(host);
        let asked = || self.fields.iter().filter(|named| wanted.contains(named.field));
        let mut names = BTreeSet::new();
        for Named { field, names: list, .. } in asked() {
            match list(&source) {
                Ok(listed) => names.extend(listed),
                Err(reason) => found.absent(*field, reason),
            }
        }
        let mut rows: Vec<RawRow> = Vec::with_capacity(names.len());
        for name in &names {
            let value = |named: &Named<S>| Some((named.field, (named.value)(&source, name)?));
            rows.push(found.row(asked().filter_map(value)));
        }
        found.rows(self.section, rows);
    }
}

/// The fields of a table.
pub(super) fn names<V>(fields: &[(FieldId, V)]) -> FieldSet {
    fields.iter().map(|(field, _)| *field).collect()
}

/// The entries of the fields that were asked for.
pub(super) fn asked<'t, V>(
    fields: &'t [(FieldId, V)],
    wanted: &FieldSet,
) -> impl Iterator<Item = &'t (FieldId, V)> {
    fields.iter().filter(|(field, _)| wanted.contains(*field))
}

#[cfg(test)]
mod tests;
