//! The device's own limit, which no policy gets above: what of the policy it keeps here, when it is quiet, and whom it leaves alone.

use super::build::Facts;
use crate::locale::{LocaleError, Words};
use collector_proto::catalog::Wording;
use collector_proto::policy::{Standing, Withheld};
use collector_proto::text::plain;

/// A paragraph for each; nothing where no ceiling is set. Of the accounts that it names those that whoever looks is told of.
pub(super) fn of<S: Standing>(facts: &Facts<'_, S>, words: &Words) -> Result<Vec<String>, LocaleError> {
    let Some(terms) = facts.ceiling.terms() else { return Ok(Vec::new()) };
    let mut told = vec![words.text("notice-ceiling-text")?];
    let withheld = facts.permit.withheld().filter(|(_, why)| *why == Withheld::Ceiling);
    let titles: Vec<String> =
        withheld.map(|(field, _)| words.title(Wording::Field, field.name())).collect::<Result<_, _>>()?;
    told.push(if titles.is_empty() {
        words.text("notice-ceiling-nothing")?
    } else {
        words.text_with("notice-ceiling-withheld", &[("fields", titles.join(", ").into())])?
    });
    if let Some(hours) = &terms.quiet_hours {
        let times = plain(&hours.to_string()).into_owned();
        told.push(words.text_with("notice-ceiling-quiet", &[("times", times.into())])?);
    }
    if !terms.never.is_empty() {
        let accounts: Vec<String> = terms.never.iter().map(ToString::to_string).collect();
        let accounts = plain(&accounts.join(", ")).into_owned();
        told.push(words.text_with("notice-ceiling-never", &[("accounts", accounts.into())])?);
    }
    Ok(told)
}
