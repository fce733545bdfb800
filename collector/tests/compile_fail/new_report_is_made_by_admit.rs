//! A report to be stored cannot be put together.
use candor_collector::admit::{NewReport, Part, ReportHead};

fn forge(head: ReportHead, parts: Vec<Part>) -> NewReport {
    NewReport { head, parts, missing: Default::default() }
}

fn main() {}
