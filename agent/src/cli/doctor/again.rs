//! Whether the collector asked for reports again, because it was restored from a backup, and has them.

use super::{Examination, Finding};
use crate::again;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let Some(sent) = again::load(&examination.context.paths) else {
        return Finding::Good("the collector never asked for any again".to_owned());
    };
    let asked =
        format!("the collector was restored from a backup, and asked on {} for what it lacks", sent.asked);
    if !sent.is_done {
        return Finding::Doubtful(format!(
            "{asked}; not all of it was sent again yet, and nothing new is taken before: candor run --once, or wait for the service"
        ));
    }
    let text = format!("{asked}; {} reports were sent again", sent.sent);
    match (sent.withheld, sent.lost) {
        (0, 0) => Finding::Good(text),
        (withheld, lost) => Finding::Doubtful(format!(
            "{text}, {withheld} stay here because they are no longer permitted, and {lost} are lost to the collector. Nothing is wrong with \
             this device: candor sent list shows what it keeps"
        )),
    }
}
