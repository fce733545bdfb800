//! What the collected values can show about somebody beyond what each of them says: when somebody was at the device, where it
//! was, and what persons have installed for themselves.

use super::phrasing::Phrasing;
use super::{Facts, FieldNotice, NoticeError};
use collector_proto::catalog::{FieldId, Shows};
use collector_proto::policy::{Standing, carried};
use serde::Serialize;

/// What the values can show.
#[derive(Serialize)]
pub(crate) struct CanShow {
    /// What to know about the values below, or that there are none.
    pub(crate) text: Vec<String>,
    /// Every collected value that shows presence or place.
    pub(crate) fields: Vec<Showing>,
    /// Which values are read of accounts as well, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) accounts: Option<String>,
}

/// A value that shows presence or place.
#[derive(Serialize)]
pub(crate) struct Showing {
    pub(crate) id: FieldId,
    pub(crate) title: String,
    pub(crate) shows: Shows,
    /// What it can show, in words.
    pub(crate) shows_text: String,
    /// What is done to it first, in a few words.
    pub(crate) treatment: String,
}

impl Phrasing<'_> {
    pub(super) fn can_show<S: Standing>(
        &self,
        facts: &Facts<'_, S>,
        fields: &[&FieldNotice],
    ) -> Result<CanShow, NoticeError> {
        let words = self.words;
        let mut showing = Vec::new();
        for field in fields.iter().filter(|field| facts.permit.allows(field.id)) {
            let Some(shows) = field.id.field().shows else { continue };
            showing.push(Showing {
                id: field.id,
                title: field.title.clone(),
                shows,
                shows_text: words.text(&format!("notice-shows-{}", shows.name()))?,
                treatment: field.treatment.title.clone(),
            });
        }
        let mut text = Vec::new();
        if showing.is_empty() {
            text.push(words.text("notice-shows-none")?);
        } else {
            text.push(words.text("notice-shows-text")?);
            text.push(words.text("notice-shows-daily")?);
        }
        if showing.iter().any(|field| field.shows == Shows::Place) {
            text.push(words.text("notice-shows-no-history")?);
        }
        text.extend(self.in_texts(facts, fields)?);
        Ok(CanShow { text, fields: showing, accounts: self.of_accounts(facts, fields)? })
    }

    /// Which texts can say what devices do not recognise in them, such as a person's name in a computer's name.
    fn in_texts<S: Standing>(
        &self,
        facts: &Facts<'_, S>,
        fields: &[&FieldNotice],
    ) -> Result<Option<String>, NoticeError> {
        let says_more = |field: &&&FieldNotice| {
            let Some(grant) = facts.permit.grant(field.id) else { return false };
            let is_written_by_people = !field.id.section().takes_accounts() || grant.accounts;
            is_written_by_people
                && carried::is_readable(field.id.field(), grant.treatment)
                && !carried::unrecognised(field.id, |other| facts.permit.allows(other)).is_empty()
        };
        let titles: Vec<&str> = fields.iter().filter(says_more).map(|field| field.title.as_str()).collect();
        if titles.is_empty() {
            return Ok(None);
        }
        let titles = titles.join(", ");
        Ok(Some(self.words.text_with("notice-shows-in-texts", &[("fields", titles.into())])?))
    }

    /// Which values are read in the directories of persons as well.
    fn of_accounts<S: Standing>(
        &self,
        facts: &Facts<'_, S>,
        fields: &[&FieldNotice],
    ) -> Result<Option<String>, NoticeError> {
        let reads = |field: &&&FieldNotice| {
            field.id.section().takes_accounts()
                && facts.permit.grant(field.id).is_some_and(|grant| grant.accounts)
        };
        let titles: Vec<&str> = fields.iter().filter(reads).map(|field| field.title.as_str()).collect();
        if titles.is_empty() {
            return Ok(None);
        }
        let titles = titles.join(", ");
        Ok(Some(self.words.text_with("notice-shows-accounts", &[("fields", titles.into())])?))
    }
}
