//! A report to be stored cannot be put together.
use candor_collector::admit::{NewReport, ReportPart, ReportHead};

fn forge(head: ReportHead, parts: Vec<ReportPart>) -> NewReport {
    NewReport { head, parts, missing: Default::default(), judged_by: None, original: None, sent_again_for: None }
}

fn main() {}
