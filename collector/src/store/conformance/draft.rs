//! Reports as the checks make them: sections, put into the parts in which their policy keeps them.

use super::fixture::DAY;
use collector_proto::catalog::{Section, Series};
use collector_proto::contract::Version1;
use collector_proto::digest::Digest;
use collector_proto::envelope::{Document as _, pae_digest};
use collector_proto::messages::{Holder, Part, PartName, Report, SectionBody, StandingParts};
use collector_proto::time::Span;
use std::collections::BTreeMap;

/// The part of the machine that lives for so many days.
pub(super) fn part(days: u64) -> PartName {
    PartName { holder: Holder::of([1; 8]), retention: Span::from_seconds(days * DAY), series: Series::Every }
}

/// The part in which the policy of the checks keeps a section.
pub(super) fn part_of(section: Section) -> PartName {
    part(if section == Section::Package { 90 } else { 30 })
}

/// A head and its parts before they are signed.
pub(in crate::store) struct Draft {
    pub(super) head: Report,
    pub(super) parts: BTreeMap<PartName, Part>,
    /// Parts whose bytes are not sent.
    pub(super) withheld: Vec<PartName>,
}

impl Draft {
    pub(super) fn new(head: Report) -> Self {
        Self { head, parts: BTreeMap::new(), withheld: Vec::new() }
    }

    pub(super) fn insert(&mut self, section: Section, body: SectionBody) {
        self.insert_into(part_of(section), section, body);
    }

    pub(super) fn insert_into(&mut self, name: PartName, section: Section, body: SectionBody) {
        let part = self.parts.entry(name).or_insert_with(|| Part {
            v: Version1,
            part: name,
            sections: BTreeMap::new(),
        });
        part.sections.insert(section, body);
    }

    /// The head with the digests of its parts. One that carries none stays as it is.
    pub(super) fn finished(&self) -> Report {
        let mut head = self.head.clone();
        if self.parts.is_empty() && head.gone.is_empty() {
            return head;
        }
        head.parts.clear();
        for (name, part) in &self.parts {
            head.gone.remove(name);
            head.parts.insert(*name, Digest::of(&serde_json::to_vec(part).unwrap()));
        }
        head.standing = StandingParts(head.parts.clone()).digest();
        head
    }

    /// The digest by which the next report names it.
    pub(super) fn digest(&self) -> Digest {
        pae_digest(Report::PAYLOAD_TYPE, &serde_json::to_vec(&self.finished()).unwrap())
    }

    /// Bytes of the head and of the parts that are sent.
    pub(super) fn length(&self) -> usize {
        serde_json::to_vec(&self.finished()).unwrap().len()
            + self.bytes().values().map(Vec::len).sum::<usize>()
    }

    /// The bytes of the parts that are sent.
    pub(super) fn bytes(&self) -> BTreeMap<PartName, Vec<u8>> {
        let sent = self.parts.iter().filter(|(name, _)| !self.withheld.contains(name));
        sent.map(|(name, part)| (*name, serde_json::to_vec(part).unwrap())).collect()
    }
}
