//! Section `session`: who is logged in, from systemd-logind (elogind answers the same).
//!
//! ```text
//! /org/freedesktop/login1   …Manager.ListSessions → a(susso): id, user id, user name, seat, object
//! object                    …Session: Class s, State s
//! ```
//!
//! org.freedesktop.login1(5). `ListSessionsEx` would save the questions for each class, but hands over since when a
//! session is idle: a time that nobody asked for.

use crate::host::system::bus::{ObjectPath, Service};
use crate::host::{AccountId, Host, Unreadable};
use crate::probe::reading::Raw;
use crate::probe::table::{Probe, Single};
use crate::treat::Owner;
use collector_proto::catalog::{Section, fields};
use collector_proto::messages::Absence;
use collector_proto::text::clean;
use std::collections::BTreeMap;

pub(super) const PROBE: &dyn Probe =
    &Single::of(Section::Session, &[(fields::X_SESSION_USER, |host| users(host).map(Raw::TextsOf))]);

const MANAGER: &str = "org.freedesktop.login1.Manager";
const SESSION: &str = "org.freedesktop.login1.Session";

/// Most sessions that are looked at. Terminal servers have some hundred.
const MAX_SESSIONS: usize = 1024;

/// A session of `ListSessions`: id, user id, user name, seat, object.
type Listed = (String, u32, String, String, ObjectPath);

/// The users' names, each once, sorted, and whose they are.
fn users(host: &Host) -> Result<Vec<(Owner, String)>, Absence> {
    let service = host.service("org.freedesktop.login1");
    let path = "/org/freedesktop/login1";
    let sessions: Vec<Listed> = service.call(path, MANAGER, "ListSessions")?;
    if sessions.len() > MAX_SESSIONS {
        return Err(Absence::TooLarge);
    }
    let mut users = BTreeMap::new();
    for (_, uid, name, _seat, session) in &sessions {
        let Some(name) = clean(name).filter(|name| !host.is_never(&AccountId::Uid(*uid), Some(name))) else {
            continue;
        };
        if !users.contains_key(&name) && is_of_a_person(&service, session)? {
            users.insert(name, Owner::account(AccountId::Uid(*uid)));
        }
    }
    let users: Vec<_> = users.into_iter().map(|(name, owner)| (owner, name)).collect();
    if users.is_empty() { Err(Absence::Unavailable) } else { Ok(users) }
}

/// Whether somebody is logged in with it: not the login screen, not a timer's or service manager's session, and not one
/// that was left and only has programs running on. Sessions come and go; one that is gone is nobody's.
fn is_of_a_person(service: &Service<'_>, session: &ObjectPath) -> Result<bool, Unreadable> {
    let property = |name| match service.property::<String>(session.as_str(), SESSION, name) {
        Err(Unreadable::Missing) => Ok(String::new()),
        other => other,
    };
    // Since systemd 256 also user-early, user-light and user-early-light.
    let class = property("Class")?;
    let is_user = class == "user" || class.starts_with("user-") && class != "user-incomplete";
    Ok(is_user && matches!(property("State")?.as_str(), "active" | "online"))
}
