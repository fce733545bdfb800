//! Patterns of filters that cannot mean what their author wants. Devices compare them with values as read: `*` stands
//! for any run of characters, `?` for one, everything else for itself, and case counts.

use super::diagnostic::Code;
use super::nearest::nearest;
use super::report::{At, Diagnosis};
use crate::catalog::{FieldId, ValueKind, fields};

/// What `x.network.interface.kind` says of an interface, in the words of its catalogue entry.
const INTERFACE_KINDS: &[&str] = &["loopback", "physical", "virtual", "wireless"];

/// Characters that other programs' globs give a meaning.
const BRACKETS: [char; 4] = ['[', ']', '{', '}'];

pub(super) fn check_pattern(field: FieldId, pattern: &str, at: &At, report: &mut Diagnosis<'_>) {
    if field.field().kind == ValueKind::Mac {
        check_mac(pattern, at, report);
    } else if field == fields::X_NETWORK_INTERFACE_KIND {
        check_interface_kind(pattern, at, report);
    } else if pattern.contains(BRACKETS) {
        let message = format!(
            "`{pattern}`: brackets stand for themselves here; `*` stands for any run of characters and `?` for one, \
             and alternatives are several patterns"
        );
        report.warn(at, Code::LiteralBracket, message);
    }
}

fn check_mac(pattern: &str, at: &At, report: &mut Diagnosis<'_>) {
    let may_occur = |c: char| matches!(c, '0'..='9' | 'A'..='F' | '-' | '*' | '?');
    if !pattern.chars().all(may_occur) {
        let message = format!(
            "`{pattern}` never matches: MAC addresses are matched in upper case with hyphens, as `02-FC-…`"
        );
        let spelled = pattern.to_ascii_uppercase().replace(':', "-");
        let meant = spelled.chars().all(may_occur).then_some(spelled);
        report.error_near(at, Code::NeverMatches, message, meant);
    }
}

fn check_interface_kind(pattern: &str, at: &At, report: &mut Diagnosis<'_>) {
    if !pattern.contains(['*', '?']) && !INTERFACE_KINDS.contains(&pattern) {
        let message =
            format!("`{pattern}` never matches: an interface is one of {}", INTERFACE_KINDS.join(", "));
        let near = nearest(pattern, INTERFACE_KINDS.iter().copied());
        report.error_near(at, Code::NeverMatches, message, near);
    }
}
