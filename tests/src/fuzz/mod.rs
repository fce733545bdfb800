//! Fuzz targets: whatever bytes come from elsewhere, in the formats of others and in Candor's own.
//!
//! | | |
//! |---|---|
//! | `sources` | a file of a foreign format, put into an otherwise empty tree, goes through probe and treatments |
//! | `own` | what travels between Candor's programs, what their files hold, and what people write for them |
//!
//! One table serves libFuzzer (`tests/fuzz`) and the replay of the committed corpus (`tests/tests/corpus.rs`), so what once
//! failed is tried again on every change.

mod own;
mod sources;

pub use own::{Seed, seeds};
pub use sources::policy_of_everything;

/// A target: takes an input, asserts what has to hold of it, and says whether the input was taken for what it should be.
pub type Run = Box<dyn Fn(&[u8]) -> bool + Send + Sync>;

/// The names of all targets, each of which has a folder in the corpus.
pub fn names() -> impl Iterator<Item = &'static str> {
    sources::TARGETS.iter().map(|target| target.name).chain(own_names())
}

/// The names of the targets for Candor's own formats.
pub fn own_names() -> impl Iterator<Item = &'static str> {
    own::TARGETS.iter().map(|target| target.name)
}

/// A target ready to take inputs: what it needs is made once.
pub struct Prepared(Run);

impl Prepared {
    /// Prepares the target of this name.
    ///
    /// # Panics
    /// When there is no such target, or what it needs cannot be made.
    pub fn of(name: &str) -> Self {
        let own = own::TARGETS.iter().find(|target| target.name == name);
        Self(own.map_or_else(|| sources::prepare(name), |target| (target.prepare)()))
    }

    /// Takes one input; gives whether it was taken for what it should be.
    ///
    /// # Panics
    /// When something does not hold of it that has to.
    pub fn run(&self, input: &[u8]) -> bool {
        (self.0)(input)
    }
}
