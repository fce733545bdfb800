//! What is mounted where (proc_pid_mountinfo(5)), and what lies on a device that encrypts.
//!
//! ```text
//! 25 1 254:1 / / rw,relatime shared:1 - ext4 /dev/mapper/vg-root rw
//!      major:minor  mount point   optional   type source
//! ```

use super::FormatError;

/// What cryptsetup's encrypting types put in front of a device's uuid. VERITY and INTEGRITY only check.
const ENCRYPTING: &[&str] = &[
    "CRYPT-LUKS1-",
    "CRYPT-LUKS2-",
    "CRYPT-PLAIN-",
    "CRYPT-LOOPAES-",
    "CRYPT-TCRYPT-",
    "CRYPT-BITLK-",
    "CRYPT-FVAULT2-",
];

/// A line.
#[derive(Debug, PartialEq, Eq)]
pub struct Mount<'a> {
    /// The number of the device, such as `254:1`.
    pub number: &'a str,
    /// Where it is mounted.
    pub point: &'a str,
    rest: &'a str,
}

impl<'a> Mount<'a> {
    /// `None` for a line that has no mount point.
    pub fn parse(line: &'a str) -> Option<Self> {
        let mut columns = line.splitn(6, ' ');
        let (number, point) = (columns.nth(2)?, columns.nth(1)?);
        Some(Self { number, point, rest: columns.next().unwrap_or_default() })
    }

    /// The type of the file system and its source, which stand behind the optional columns.
    pub fn file_system(&self) -> Result<(&'a str, &'a str), FormatError> {
        let mut behind = self.rest.split(' ').skip_while(|column| *column != "-").skip(1);
        behind.next().zip(behind.next()).ok_or(FormatError::Malformed)
    }
}

/// Whether the device mapper's device of this uuid encrypts.
pub fn is_encrypting(uuid: &str) -> bool {
    ENCRYPTING.iter().any(|prefix| uuid.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_apart() {
        let line = "25 1 254:1 / /home rw,relatime shared:1 master:2 - ext4 /dev/mapper/vg-home rw";
        let mount = Mount::parse(line).unwrap();
        assert_eq!((mount.number, mount.point), ("254:1", "/home"));
        assert_eq!(mount.file_system(), Ok(("ext4", "/dev/mapper/vg-home")));
        for cut in ["25 1 8:2 / / rw shared:1", "25 1 8:2 / /", "25 1 8:2 / / rw - ext4"] {
            assert_eq!(Mount::parse(cut).unwrap().file_system(), Err(FormatError::Malformed), "{cut}");
        }
        for cut in ["", "\0", "25", "25 1 8:2 /"] {
            assert_eq!(Mount::parse(cut), None, "{cut}");
        }
    }

    #[test]
    fn what_only_checks_does_not_encrypt() {
        assert!(is_encrypting("CRYPT-LUKS2-0123456789abcdef-root") && is_encrypting("CRYPT-PLAIN-x"));
        assert!(!is_encrypting("CRYPT-VERITY-0123-x") && !is_encrypting("LVM-AbCdEf") && !is_encrypting(""));
    }
}
