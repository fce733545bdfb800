//! The notice that everybody on this device can open is there and of these days.

use super::super::everybody::{self, PAGE};
use super::{Examination, Finding};
use crate::platform;

/// How old the notice gets at most: it is written once a day.
const MAX_AGE_SECONDS: i64 = 2 * 86_400;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let context = examination.context;
    let Some(directory) = platform::notice_directory().filter(|_| context.is_served()) else {
        return Finding::Skipped("only a device with a reader of another user has one");
    };
    let page = directory.join(PAGE);
    if !page.exists() {
        return Finding::Skipped(
            "not written: systemctl enable --now candor-notice.path candor-notice.timer",
        );
    }
    let page = page.display();
    match everybody::made(&directory) {
        Some(made) if context.now().seconds_since(made) <= MAX_AGE_SECONDS => {
            Finding::Good(format!("{page} is of {made}"))
        }
        Some(made) => {
            Finding::Doubtful(format!("{page} is of {made}: systemctl enable --now candor-notice.timer"))
        }
        None => Finding::Doubtful(format!(
            "{page} says that it is not known whether anything is collected: systemctl status candor-notice.service"
        )),
    }
}
