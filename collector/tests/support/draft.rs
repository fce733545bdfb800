//! Reports as the tests make them: sections, put into the parts in which the tests' policy keeps them.

use super::{Device, World};
use collector_proto::catalog::{Section, Series};
use collector_proto::contract::Version1;
use collector_proto::digest::Digest;
use collector_proto::envelope::{Sealed, SigningKey};
use collector_proto::messages::{Holder, Part, PartName, Report, Salt, SectionBody, StandingParts, sequence};
use collector_proto::time::Span;
use collector_proto::value::{Row, section_digest};
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

/// The salt of all rows here.
pub const SALT: Salt = Salt::of([7; 16]);

/// Days that the tests' policy keeps what a section holds.
const fn days(section: Section) -> u64 {
    match section {
        Section::Package => 90,
        _ => 30,
    }
}

/// The part of the machine that lives for so many days.
pub const fn part(days: u64) -> PartName {
    PartName {
        holder: Holder::of([1; 8]),
        retention: Span::from_seconds(days * 86_400),
        series: Series::Every,
    }
}

/// The part in which the tests' policy keeps a section.
pub const fn part_of(section: Section) -> PartName {
    part(days(section))
}

/// A head and its parts before they are signed. It names what it carries, and says of everything else that it is gone.
#[derive(Clone)]
pub struct Draft {
    pub head: Report,
    pub parts: BTreeMap<PartName, Part>,
    /// Parts whose bytes are not sent.
    pub withheld: Vec<PartName>,
}

impl Draft {
    pub fn insert(&mut self, section: Section, body: SectionBody) {
        self.insert_into(part_of(section), section, body);
    }

    pub fn insert_into(&mut self, name: PartName, section: Section, body: SectionBody) {
        let part = self.parts.entry(name).or_insert_with(|| Part {
            v: Version1,
            part: name,
            sections: BTreeMap::new(),
        });
        part.sections.insert(section, body);
    }

    /// The bytes of each part.
    pub fn bytes(&self) -> BTreeMap<PartName, Vec<u8>> {
        self.parts.iter().map(|(name, part)| (*name, serde_json::to_vec(part).unwrap())).collect()
    }

    /// The head with the digests of its parts.
    pub fn finished(&self) -> Report {
        let mut head = self.head.clone();
        for (name, bytes) in self.bytes() {
            head.gone.remove(&name);
            head.parts.insert(name, Digest::of(&bytes));
        }
        head.standing = StandingParts(head.parts.clone()).digest();
        head
    }

    pub fn sign(&self, key: &SigningKey) -> Signed {
        let head = self.finished();
        let sealed = key.seal(&head).unwrap();
        let mut parts = self.bytes();
        parts.retain(|name, _| !self.withheld.contains(name));
        Signed { head, sealed, parts: parts.into_values().collect() }
    }
}

impl Deref for Draft {
    type Target = Report;

    fn deref(&self) -> &Report {
        &self.head
    }
}

impl DerefMut for Draft {
    fn deref_mut(&mut self) -> &mut Report {
        &mut self.head
    }
}

/// A signed head and the parts that travel with it.
pub struct Signed {
    pub head: Report,
    pub sealed: Sealed<Report>,
    pub parts: Vec<Vec<u8>>,
}

impl Signed {
    /// What is sent, before it is compressed.
    pub fn body(&self) -> Vec<u8> {
        sequence::write(self.sealed.payload(), self.parts.iter().map(Vec::as_slice))
    }
}

impl Deref for Signed {
    type Target = Sealed<Report>;

    fn deref(&self) -> &Sealed<Report> {
        &self.sealed
    }
}

impl Device {
    /// The next report of the stream.
    pub fn report(&self, world: &World, sections: BTreeMap<Section, SectionBody>) -> Draft {
        let head = Report {
            v: Version1,
            aud: world.collector.id().to_owned(),
            device_id: self.id,
            stream: self.stream.clone(),
            seq: self.seq + 1,
            prev: self.prev,
            created: world.now().to_minute(),
            policy: world.policy.into(),
            daily: None,
            parts: BTreeMap::new(),
            gone: self.standing.0.keys().copied().collect(),
            standing: Digest::of(b""),
            absent: BTreeMap::new(),
            failed: BTreeMap::new(),
            refused: Vec::new(),
        };
        let mut draft = Draft { head, parts: BTreeMap::new(), withheld: Vec::new() };
        for (section, body) in sections {
            draft.insert(section, body);
        }
        draft
    }

    /// The next report of the stream, in which nothing changed.
    pub fn unchanged(&self, world: &World) -> Report {
        let mut head = self.report(world, BTreeMap::new()).head;
        head.gone.clear();
        head.standing = self.standing.digest();
        head
    }

    /// Signs a report. It is not taken for the last one of the stream.
    pub fn sign(&self, report: &Draft) -> Signed {
        report.sign(&self.key)
    }
}

/// The digest of rows under the salt of all rows here.
pub fn digest_of(rows: &mut [Row]) -> Digest {
    section_digest(&SALT, rows)
}

pub fn full(mut rows: Vec<Row>) -> SectionBody {
    rows.sort_unstable();
    SectionBody::Full { salt: SALT, rows }
}
