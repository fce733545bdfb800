//! Examines everything that a collector depends on, and says what to do about it. Changes nothing, but for telling the journal what
//! it has still to be told.

use super::{Actor, Admin, AdminError, Operation};
use crate::data_dir::DataDir;
use crate::health;
use crate::keys::{OnlineKeys, tenant};
use crate::pki;
use crate::store::{Condition, Level, Room, StoreError, WithoutValues};
use collector_proto::text::chain;
use collector_proto::time::UtcTime;

/// Days after which the newest backup is too old.
const BACKUP_DAYS: i64 = 7;

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// All is well.
    Good,
    /// It works, and somebody should look.
    Doubtful,
    /// It does not work.
    Bad,
}

impl Verdict {
    /// The word for people.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Doubtful => "doubtful",
            Self::Bad => "bad",
        }
    }
}

/// A check and what it found.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Finding {
    pub(crate) check: &'static str,
    pub(crate) result: Verdict,
    /// What was seen, and what to do.
    pub(crate) detail: String,
}

impl Finding {
    fn of(check: &'static str, (result, detail): (Verdict, String)) -> Self {
        Self { check, result, detail }
    }

    /// What keeps everything else from being examined.
    pub(crate) fn of_error(check: &'static str, error: &(dyn std::error::Error + 'static)) -> Self {
        Self { check, result: Verdict::Bad, detail: chain(error) }
    }
}

/// Performs every check, in the order in which one depends on another.
pub(crate) async fn examine(admin: &Admin, actor: &Actor) -> Result<Vec<Finding>, AdminError> {
    let store = admin.enter(actor, Operation::Examine)?;
    let condition = store.condition().await?;
    let (data, now) = (admin.dir.path().display().to_string(), admin.now());
    Ok(vec![
        Finding::of("directory", (Verdict::Good, format!("{data} is a collector's, and nobody else's"))),
        Finding::of("keys", keys(admin, store).await?),
        Finding::of("offline keys", offline_keys(&admin.dir)),
        Finding::of("root", root_life(store, now).await?),
        Finding::of("certificate", certificate_life(&admin.dir, now)),
        Finding::of("database", database(store).await?),
        Finding::of("room", room(store.room().await?)),
        Finding::of("quotas", quotas(store.devices_over_quota(now.to_day()).await?)),
        Finding::of("journal", journal(admin, store).await),
        Finding::of("backup", backup(&condition, now, &data)),
        Finding::of("restore", restore(&condition, store.lacking_devices().await?, &data)),
    ])
}

async fn keys(admin: &Admin, store: &dyn WithoutValues) -> Result<(Verdict, String), StoreError> {
    let keys = match OnlineKeys::read(&admin.dir) {
        Ok(keys) => keys,
        Err(error) => {
            return Ok((
                Verdict::Bad,
                format!("{}; restore it from a backup or from your copy", chain(&error)),
            ));
        }
    };
    let root = store.current_root().await?;
    Ok(match keys.missing(root.document()) {
        Some(missing) => (Verdict::Bad, missing.advice()),
        None => (Verdict::Good, "the online keys are those that the root names".to_owned()),
    })
}

async fn root_life(store: &dyn WithoutValues, now: UtcTime) -> Result<(Verdict, String), StoreError> {
    let root = store.current_root().await?;
    let (version, expires) = (root.reference().version, root.document().expires);
    Ok(life(expires, health::root_ending(&root, now), now, format!("version {version}, until {expires}")))
}

fn certificate_life(dir: &DataDir, now: UtcTime) -> (Verdict, String) {
    match pki::shown_until(dir) {
        Ok(until) => life(until, health::certificate_ending(until, now), now, format!("good until {until}")),
        Err(error) => (Verdict::Bad, format!("{}; issue another: `certificate renew`", chain(&error))),
    }
}

/// What ends soon is doubtful, and what has ended is bad.
fn life(until: UtcTime, ending: Option<String>, now: UtcTime, good: String) -> (Verdict, String) {
    match ending {
        None => (Verdict::Good, good),
        Some(said) if now < until => (Verdict::Doubtful, said),
        Some(said) => (Verdict::Bad, said),
    }
}

fn offline_keys(dir: &DataDir) -> (Verdict, String) {
    let warnings = offline_key_warnings(dir);
    if warnings.is_empty() {
        return (Verdict::Good, "none is on this host".to_owned());
    }
    let is_beside = !tenant::beside_online_keys(dir).is_empty();
    (if is_beside { Verdict::Bad } else { Verdict::Doubtful }, warnings.join(". "))
}

/// What is wrong with where offline keys lie, for whoever looks after this host.
pub(crate) fn offline_key_warnings(dir: &DataDir) -> Vec<String> {
    let mut warnings: Vec<String> = tenant::beside_online_keys(dir)
        .iter()
        .map(|path| {
            format!(
                "{} is a tenant key: whoever takes this host over finds hardware addresses from their hashes with it, and the server never needs it. Move it \
                 to a machine without a network",
                path.display()
            )
        })
        .collect();
    if dir.has_offline_keys() {
        warnings.push(format!(
            "keys in {} are on this host: whoever takes it over decides what devices collect, and can find values from their hashes. Move them to a \
             machine without a network",
            dir.path().join("offline").display()
        ));
    }
    warnings
}

async fn database(store: &dyn WithoutValues) -> Result<(Verdict, String), StoreError> {
    let damage = store.examine().await?;
    Ok(match damage.first() {
        None => (Verdict::Good, "nothing in it is damaged".to_owned()),
        Some(first) => {
            let others = damage.len() - 1;
            (
                Verdict::Bad,
                format!(
                    "it is damaged: {first}, and {others} more. Stop the server, and restore a backup: candor-collector restore"
                ),
            )
        }
    })
}

fn room(room: Room) -> (Verdict, String) {
    let left = match room.left() {
        Some(bytes) => format!("{} MiB are left for the database", bytes >> 20),
        None => "how much of the disk is left is not known on this system".to_owned(),
    };
    let make = "Make room: move the collector to a larger disk, or look with `event list` and `report list` for a device that sends too much";
    match room.level() {
        Level::Ample => (Verdict::Good, left),
        Level::Tight => {
            (Verdict::Doubtful, format!("{left}: each device may have only a little stored on a day. {make}"))
        }
        Level::None => (
            Verdict::Bad,
            format!(
                "{left}, which is kept for administrators: every report is refused, and devices keep theirs. {make}"
            ),
        ),
    }
}

fn quotas(over: u64) -> (Verdict, String) {
    match over {
        0 => (Verdict::Good, "no device wanted more stored today than it may".to_owned()),
        over => (
            Verdict::Doubtful,
            format!(
                "{over} device(s) wanted more stored today than they may: a loop, or somebody with their keys. `event list` names them"
            ),
        ),
    }
}

async fn journal(admin: &Admin, store: &dyn WithoutValues) -> (Verdict, String) {
    let Some(path) = admin.config.journal() else {
        return (
            Verdict::Doubtful,
            "none is set: a restore would undo what happened since its backup, such as a revocation, and revokes unused tokens for that. Set \
             `path` under [journal] in collector.toml, on another host"
                .to_owned(),
        );
    };
    match store.journal_end(admin.now()).await {
        Ok(Some(end)) => {
            (Verdict::Good, format!("{} is told everything, up to line {}", path.display(), end.n))
        }
        Ok(None) => (Verdict::Bad, "the store was opened without it".to_owned()),
        Err(error) => (
            Verdict::Bad,
            format!("{}. Enrolments and revocations are not confirmed until then", chain(&error)),
        ),
    }
}

fn backup(condition: &Condition, now: UtcTime, data: &str) -> (Verdict, String) {
    let make = format!("make one: candor-collector backup --data {data} --output FILE");
    match condition.backup_at {
        None => (Verdict::Doubtful, format!("there is none; {make}")),
        Some(at) if now.seconds_since(at) > BACKUP_DAYS * 86_400 => {
            (Verdict::Doubtful, format!("the newest is of {at}, more than {BACKUP_DAYS} days ago; {make}"))
        }
        Some(at) => (Verdict::Good, format!("the newest is of {at}")),
    }
}

fn restore(condition: &Condition, lacking: u64, data: &str) -> (Verdict, String) {
    let Some(at) = condition.restored_at else {
        return (Verdict::Good, "this collector never came from a backup".to_owned());
    };
    if condition.held {
        return (
            Verdict::Bad,
            format!(
                "restored on {at} without the journal: the server answers nobody. Revoke again what was revoked since the backup, then: \
                 candor-collector restore --data {data} --accept-loss"
            ),
        );
    }
    match lacking {
        0 => (Verdict::Good, format!("restored on {at}; every device has sent again what the backup lacked")),
        count => (
            Verdict::Good,
            format!(
                "restored on {at}; {count} device(s) have not reported since, and are asked to send again what the backup lacked"
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Space;

    #[test]
    fn a_disk_that_gets_full_and_devices_over_their_quota_are_said() {
        let of = |left| room(Room { disk: Some(Space { left, all: 16 << 30 }), database: None });
        for (left, expected, said) in [
            (10 << 30, Verdict::Good, "10240 MiB are left"),
            (1 << 30, Verdict::Doubtful, "only a little stored on a day. Make room"),
            (1 << 20, Verdict::Bad, "every report is refused"),
        ] {
            let (verdict, text) = of(left);
            assert!(verdict == expected && text.contains(said), "{text}");
        }
        assert_eq!((quotas(0).0, quotas(2).0), (Verdict::Good, Verdict::Doubtful));
    }

    fn condition(restored_at: Option<i64>, held: bool, backup_at: Option<i64>) -> Condition {
        let [restored_at, backup_at] = [restored_at, backup_at].map(|at| at.map(UtcTime::from_unix));
        Condition { generation: 0, restored_at, backup_at, held, unwritten: false }
    }

    #[test]
    fn an_old_backup_and_a_held_restore_are_said_with_their_commands() {
        let week = BACKUP_DAYS * 86_400;
        for (backup_at, expected) in
            [(None, Verdict::Doubtful), (Some(0), Verdict::Good), (Some(-1), Verdict::Doubtful)]
        {
            let (verdict, text) =
                backup(&condition(None, false, backup_at), UtcTime::from_unix(week), "/srv/x");
            assert_eq!(verdict, expected, "{text}");
            assert_eq!(
                text.contains("candor-collector backup --data /srv/x"),
                verdict != Verdict::Good,
                "{text}"
            );
        }
        for (restored_at, held, expected, said) in [
            (None, false, Verdict::Good, "never came"),
            (Some(1), true, Verdict::Bad, "restore --data /srv/x --accept-loss"),
            (Some(1), false, Verdict::Good, "2 device(s) have not reported"),
        ] {
            let (verdict, text) = restore(&condition(restored_at, held, None), 2, "/srv/x");
            assert!(verdict == expected && text.contains(said), "{text}");
        }
    }
}
