//! The certificate that a running server shows, and the one that it would show if it were started now.

use super::certificate_ending;
use crate::data_dir::DataDir;
use crate::pki;
use collector_proto::text::chain;
use collector_proto::time::UtcTime;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// What is known of the server's certificate. Its file is read at the start and whenever it was changed, not for each question for
/// the server's health: everybody may ask that.
pub(crate) struct ShownCertificate {
    dir: DataDir,
    /// The end of the one that this server shows until it is started again; `None` where it could not be read.
    served_until: Option<UtcTime>,
    read: Mutex<Read>,
}

/// What the file held when it was read.
#[derive(Clone)]
struct Read {
    /// When the file was written, and its length; `None` where it cannot be looked at.
    stamp: Option<(SystemTime, u64)>,
    /// Until when the certificate is good, or why nobody can tell.
    until: Result<UtcTime, String>,
}

impl ShownCertificate {
    /// Reads the certificate that a server shows which starts now.
    pub(crate) fn read(dir: &DataDir) -> Self {
        let read = Read::of(dir);
        Self { dir: dir.clone(), served_until: read.until.clone().ok(), read: Mutex::new(read) }
    }

    /// What has to be done about the certificate, if it ends soon.
    pub(crate) fn ending(&self, now: UtcTime) -> Option<String> {
        let stored = match self.up_to_date() {
            Ok(until) => until,
            Err(why) => return Some(why),
        };
        let served = self.served_until.unwrap_or(stored);
        if served != stored && certificate_ending(stored, now).is_none() {
            return certificate_ending(served, now).map(|_| {
                format!(
                    "the server still shows a certificate that ends on {served}, though it was renewed until {stored}. Start the server again"
                )
            });
        }
        certificate_ending(served.min(stored), now)
    }

    fn up_to_date(&self) -> Result<UtcTime, String> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if read.stamp.is_none() || read.stamp != stamp(&self.dir) {
            *read = Read::of(&self.dir);
        }
        read.until.clone()
    }
}

impl Read {
    /// The stamp is taken first: what is written while the file is read is read again.
    fn of(dir: &DataDir) -> Self {
        let stamp = stamp(dir);
        Self { stamp, until: pki::shown_until(dir).map_err(|error| chain(&error)) }
    }
}

fn stamp(dir: &DataDir) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(dir.server_certificate()).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const DAY: u64 = 86_400;

    fn write(dir: &DataDir, issued: UtcTime) {
        let authority = pki::make_authority("test", issued).unwrap();
        let server = pki::issue_server(&authority, "test", &["localhost".to_owned()], issued).unwrap();
        fs::create_dir_all(dir.server_certificate().parent().unwrap()).unwrap();
        fs::write(dir.server_certificate(), server.certificate).unwrap();
    }

    fn set_written(dir: &DataDir, at: SystemTime) {
        let file = fs::File::options().write(true).open(dir.server_certificate()).unwrap();
        file.set_modified(at).unwrap();
    }

    #[test]
    fn the_file_is_read_again_once_it_was_changed_and_the_server_is_to_be_started_again() {
        let temporary = tempfile::tempdir().unwrap();
        let dir = DataDir::at(temporary.path());
        let issued = UtcTime::from_unix(1_800_000_000);
        let soon = issued.plus_seconds(800 * DAY);
        write(&dir, issued);
        let written = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(issued.unix().unsigned_abs());
        set_written(&dir, written);
        let certificate = ShownCertificate::read(&dir);
        assert_eq!(certificate.ending(issued), None);
        assert!(certificate.ending(soon).unwrap().contains("Renew it: `certificate renew`"));

        let length = usize::try_from(fs::metadata(dir.server_certificate()).unwrap().len()).unwrap();
        fs::write(dir.server_certificate(), vec![b'x'; length]).unwrap();
        set_written(&dir, written);
        assert_eq!(certificate.ending(issued), None, "nothing is read that was not changed");
        set_written(&dir, written + std::time::Duration::from_secs(1));
        assert!(certificate.ending(issued).is_some(), "what cannot be read is said");

        write(&dir, soon);
        let said = certificate.ending(soon).unwrap();
        assert!(said.contains("still shows") && said.contains("Start the server again"), "{said}");
        assert_eq!(ShownCertificate::read(&dir).ending(soon), None);
    }
}
