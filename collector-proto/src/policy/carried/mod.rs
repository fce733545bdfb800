//! What a text carries of other fields, and what of that may stay in it.
//!
//! A permitted text can spell a value that the policy denies: an interface is called `enx001122334455` after its hardware address, a computer
//! `ip-192-0-2-7` after its address. The reader may not read what is denied, so it cannot compare: it recognises how such values are
//! written ([`Form`]) and puts [`CUT`] in their place. The collector refuses what still has such a form, by the same code.
//!
//! A form stays where each field whose values have it is sent as read: the text then says no more than these. The catalogue says who writes
//! a text, which decides what is recognised in it, and which fields' values come to stand in it ([`Carries`]).
//!
//! [`Carries`]: crate::catalog::Carries

mod forms;

use super::{Permit, Policy, Standing, Treatment};
use crate::catalog::{CUT, Field, FieldId, FieldSet, Form, ValueKind, is_recognised};
use crate::value::Value;
use std::ops::Range;

/// How often a text is looked at again after something was cut out of it.
const MAX_ROUNDS: usize = 4;

/// What was recognised in a text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The bytes of the text.
    pub range: Range<usize>,
    /// What they are.
    pub form: Form,
}

impl Carried {
    /// Whether it may stay in a text of the field where these fields are sent as read.
    fn may_stay(&self, in_text_of: FieldId, as_read: &FieldSet) -> bool {
        let mut fields = self.form.fields().iter().filter_map(|name| FieldId::parse(name));
        // A field's own form is what its treatment is about.
        fields.clone().any(|field| field == in_text_of) || fields.all(|field| as_read.contains(field))
    }
}

impl Policy {
    /// The fields of which a text may carry a value.
    pub fn as_read(&self) -> FieldSet {
        self.rules().filter(|rule| rule.treat == Treatment::Keep).map(|rule| rule.field).collect()
    }
}

impl<S: Standing> Permit<S> {
    /// The fields of which a text may carry a value: those that are sent as read, whatever row they are in.
    pub fn as_read(&self) -> FieldSet {
        let is_as_read =
            |treatment: Treatment, is_filtered: bool| treatment == Treatment::Keep && !is_filtered;
        self.grants()
            .filter(|(_, grant)| is_as_read(grant.treatment, !grant.filters.is_empty()))
            .map(|(field, _)| field)
            .collect()
    }
}

/// What a text of the field carries that may not stay in it where these fields are sent as read. In the order of the text.
pub fn carried(field: FieldId, text: &str, as_read: &FieldSet) -> Vec<Carried> {
    let Some(carries) = field.field().carries else { return Vec::new() };
    let mut found = forms::recognise(carries.text, text);
    found.retain(|carried| !carried.may_stay(field, as_read));
    found
}

/// The text without what it carries; `None` where nothing that says anything is left. `is_shown` has the last word on what spells a hardware
/// address: it may be another one than those that are sent.
pub fn shortened(
    field: FieldId,
    text: String,
    as_read: &FieldSet,
    is_shown: impl Fn(&str) -> bool,
) -> Option<String> {
    let Some(carries) = field.field().carries else { return Some(text) };
    let mut text = text;
    // What was in the way of a form is gone once another one is cut out.
    for _ in 0..MAX_ROUNDS {
        let mut found = forms::recognise(carries.text, &text);
        found.retain(|carried| {
            let spells_address = matches!(carried.form, Form::HardwareAddress | Form::HexRun);
            !carried.may_stay(field, as_read) || (spells_address && !is_shown(&text[carried.range.clone()]))
        });
        if found.is_empty() {
            return says_something(&text).then_some(text);
        }
        text = without(&text, found.into_iter().map(|carried| carried.range));
    }
    None
}

/// The text with [`CUT`] in the place of each of the ranges, which are in its order and may overlap.
pub fn without(text: &str, ranges: impl IntoIterator<Item = Range<usize>>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        if range.start >= at && !(range.start == at && out.ends_with(CUT)) {
            out.push_str(&text[at..range.start]);
            out.push(CUT);
        }
        at = at.max(range.end);
    }
    out.push_str(&text[at..]);
    out
}

/// Whether something is left of a text that says anything.
fn says_something(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// Whether a value that is sent, or has arrived, carries something that may not stay in it.
pub fn gives_away(field: FieldId, treatment: Treatment, value: &Value, as_read: &FieldSet) -> bool {
    if !is_readable(field.field(), treatment) {
        return false;
    }
    let does = |text: &String| !carried(field, text, as_read).is_empty();
    match value {
        Value::Text(text) => does(text),
        Value::List(texts) => texts.iter().any(does),
        Value::Integer(_) | Value::Boolean(_) => false,
    }
}

/// Whether the treatment leaves text of the field that can be read.
pub fn is_readable(field: &Field, treatment: Treatment) -> bool {
    let leaves_text = match treatment {
        Treatment::Keep | Treatment::TruncateText { .. } => true,
        Treatment::TruncateIp { .. } | Treatment::Hmac(_) | Treatment::Generalise(_) => false,
    };
    leaves_text && field.kind == ValueKind::Text
}

/// The fields whose values can stand in texts of the field and are neither recognised there nor read for a rule of their own, so that
/// devices cannot cut them out.
pub fn unrecognised(field: FieldId, is_collected: impl Fn(FieldId) -> bool) -> Vec<FieldId> {
    let Some(carries) = field.field().carries else { return Vec::new() };
    let is_open = |carried: &FieldId| {
        !is_recognised(carried.name(), field.name(), carries.text) && !is_collected(*carried)
    };
    carries.fields.iter().copied().filter(is_open).collect()
}

#[cfg(test)]
mod tests;
