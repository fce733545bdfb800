//! What lies in the homes of persons: `/home/<account>/…`.
//!
//! A home that this process may not enter says nothing about the others: what they hold is reported, and beside it why the
//! list may not be whole. A home without the thing that is looked for is not a failure.

use crate::host::{Host, Place, Unreadable};
use crate::treat::Owner;
use collector_proto::catalog::SourcePlace;
use collector_proto::messages::Absence;

/// What stands in `/home` where it is a file system of its own and is not an account.
const LOST_AND_FOUND: &str = "lost+found";

/// Most packages of all persons together, of one format: what persons can make up must not fill a report. A person who
/// collects programs has some hundreds.
pub const MAX_PACKAGES: usize = 5000;

/// What the homes hold together.
pub struct Across<T> {
    /// Of every home that could be read, with whose it is.
    pub items: Vec<(Owner, T)>,
    /// Why one of the others could not, the first reason there was.
    pub failure: Option<Absence>,
}

impl<T> Across<T> {
    /// Asks each home in turn, of at most `max` items together. The path of `source` begins with `/home/*`. A home whose answer is a
    /// reason gives nothing; [`Absence::Unavailable`] is not a failure.
    pub fn homes(
        host: &Host,
        source: SourcePlace,
        max: usize,
        mut read: impl FnMut(&str) -> Result<Vec<T>, Absence>,
    ) -> Self {
        let mut across = Self { items: Vec::new(), failure: None };
        let homes = match listed(host, Place::at(source, &[])) {
            Ok(homes) => homes,
            Err(reason) => return Self { failure: Some(reason), ..across },
        };
        for home in homes.iter().filter(|name| *name != LOST_AND_FOUND) {
            across.add_home(host, home, read(home), max);
        }
        across
    }

    /// Takes what one home has, with whose it is. Of one that stopped answering nothing is taken: half a list would read as
    /// hundreds of removed packages.
    pub fn add_home(&mut self, host: &Host, home: &str, answer: Result<Vec<T>, Absence>, max: usize) {
        let answer = match host.gave_up_on_home(home) {
            Some(reason) => Err(reason.into()),
            None => answer,
        };
        self.add(&owner(host, home), answer, max);
    }

    /// Takes what one person has, as long as there are at most `max` items together.
    pub fn add(&mut self, owner: &Owner, answer: Result<Vec<T>, Absence>, max: usize) {
        match answer {
            Ok(items) if self.items.len() + items.len() <= max => {
                self.items.extend(items.into_iter().map(|item| (owner.clone(), item)));
            }
            Ok(_) => _ = self.failure.get_or_insert(Absence::TooLarge),
            Err(Absence::Unavailable) => {}
            Err(reason) => _ = self.failure.get_or_insert(reason),
        }
    }
}

/// Whose the home of this name is: who has the directory, whatever the account is called.
fn owner(host: &Host, home: &str) -> Owner {
    host.owner_of_home(home).map_or(Owner::unknown(), Owner::account)
}

/// What the next `*` stands for; nothing where the directory is missing or is not a directory.
pub fn listed(host: &Host, place: Place<'_>) -> Result<Vec<String>, Absence> {
    match host.fill(place) {
        Ok(names) => Ok(names),
        Err(Unreadable::Missing | Unreadable::Odd) => Ok(Vec::new()),
        Err(reason) => Err(reason.into()),
    }
}
