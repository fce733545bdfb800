//! The nearest known name to one that is not known.

use crate::catalog::{DERIVED, FieldId, NEVER};

/// The known name with the smallest edit distance, when it is near enough to be what was meant: a third of the
/// letters may differ, and at least one.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let wanted = fold(name);
    let length = wanted.chars().count();
    let allowed = (length / 3).max(1);
    // Names whose lengths differ by more differ by more: comparing them is what takes time.
    let may_be_near = |candidate: &&str| candidate.chars().count().abs_diff(length) <= allowed;
    known
        .into_iter()
        .filter(may_be_near)
        .map(|candidate| (strsim::osa_distance(&wanted, &fold(candidate)), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate.to_owned())
}

/// The catalogue field whose name is nearest to an unknown one: by spelling, by the last part of its name, or by what osquery or GLPI call it.
pub fn nearest_field(name: &str) -> Option<String> {
    let tail = format!(".{}", name.to_lowercase());
    let by_tail = || FieldId::all().map(FieldId::name).find(|known| known.ends_with(&tail));
    let by_other_name = || {
        FieldId::all()
            .find(|id| id.field().osquery == Some(name) || id.field().glpi == Some(name))
            .map(FieldId::name)
    };
    nearest(name, FieldId::all().map(FieldId::name))
        .or_else(|| by_tail().map(str::to_owned))
        .or_else(|| by_other_name().map(str::to_owned))
}

/// The nearest name that can be explained: a field's, a derived value's, or that of something never collected.
pub fn nearest_explained(name: &str) -> Option<String> {
    let known = FieldId::all()
        .map(FieldId::name)
        .chain(NEVER.iter().map(|never| never.name))
        .chain(DERIVED.iter().map(|derived| derived.name));
    nearest(name, known).or_else(|| nearest_field(name))
}

/// Case and the choice between `-`, `_` and space do not count as an edit.
fn fold(name: &str) -> String {
    name.to_lowercase().replace(['-', ' '], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        assert_eq!(nearest("retentoin", ["retention", "recipients"]).as_deref(), Some("retention"));
        assert_eq!(
            nearest("Legitimate-Interest", ["legitimate_interest"]).as_deref(),
            Some("legitimate_interest")
        );
        assert_eq!(nearest("zzz", ["retention"]), None);
        assert_eq!(nearest_field("os.versoin").as_deref(), Some("os.version"));
        assert_eq!(nearest_field("serial_number").as_deref(), Some("device.serial_number"));
        assert_eq!(nearest_field("system_info.hostname").as_deref(), Some("host.name"));
        assert_eq!(nearest_explained("screen.capure").as_deref(), Some("screen.capture"));
        assert_eq!(nearest_explained("os.versoin").as_deref(), Some("os.version"));
        assert_eq!(nearest_explained("serial_number").as_deref(), Some("device.serial_number"));
        assert_eq!(nearest_field("favourite.colour"), None);
    }
}
