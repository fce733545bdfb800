//! Who is responsible and where to complain: Art. 13(1)(a) and (b), (2)(d) GDPR.

use super::{Complaint, Responsible};
use crate::locale::{LocaleError, Words};
use collector_proto::policy::Controller;
use collector_proto::text::plain;

pub(super) fn responsible(controller: &Controller, words: &Words) -> Result<Responsible, LocaleError> {
    Ok(Responsible {
        name: plain(&controller.name).into_owned(),
        country: words.country(&controller.country)?,
        contact: plain(&controller.contact).into_owned(),
        representative: controller.representative.as_deref().map(|text| plain(text).into_owned()),
        data_protection_officer: match controller.data_protection_officer.as_deref() {
            Some(officer) => plain(officer).into_owned(),
            None => words.text("notice-officer-none")?,
        },
    })
}

pub(super) fn complaint(controller: &Controller, words: &Words) -> Result<Complaint, LocaleError> {
    let authority = plain(&controller.supervisory_authority.name);
    Ok(Complaint {
        text: words.text_with("notice-complaint-text", &[("authority", authority.as_ref().into())])?,
        authority: authority.into_owned(),
        url: plain(&controller.supervisory_authority.url).into_owned(),
    })
}
