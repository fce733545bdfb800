//! Homebrew's cellar (Homebrew `Library/Homebrew/tab.rb`, `keg.rb`): one directory per formula and in it one per version, each
//! with a receipt.
//!
//! ```text
//! /home/linuxbrew/.linuxbrew/Cellar/openssl@3/3.4.0/INSTALL_RECEIPT.json
//! {"time": 1734795904, "arch": "x86_64", "source": {"tap": "homebrew/core"}, "runtime_dependencies": [], …}
//! ```
//! The directories tell name and version; several versions may be there. `time` is when the version was installed, in
//! seconds since 1970, `arch` the processor it was installed for; receipts of old versions lack either. A tap is often named
//! after the person who keeps it, so rows have no vendor. The prefix is one for the machine, whoever may write to it.

use super::FormatError;
use serde::Deserialize;

/// What only the receipt tells.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
pub struct InstallReceipt {
    /// When the version was installed, in seconds since 1970.
    #[serde(default)]
    pub time: Option<i64>,
    /// The processor that it was installed for.
    #[serde(default)]
    pub arch: Option<String>,
}

impl InstallReceipt {
    /// Homebrew takes an empty receipt for none.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        if bytes.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_slice(bytes).map_err(|_| FormatError::Malformed)
    }
}

/// Whether an entry of the cellar is a formula or a version: Homebrew takes what is hidden for none.
pub fn is_shown(name: &str) -> bool {
    !name.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_tells_time_and_processor() {
        let receipt = br#"{"time": 1734795904, "arch": "x86_64", "source": {"tap": "jane/tap"}}"#;
        let expected = InstallReceipt { time: Some(1_734_795_904), arch: Some("x86_64".to_owned()) };
        assert_eq!(InstallReceipt::parse(receipt), Ok(expected));
        assert_eq!(InstallReceipt::parse(b" \n"), Ok(InstallReceipt::default()));
        assert_eq!(InstallReceipt::parse(br#"{"time": null}"#), Ok(InstallReceipt::default()));
        for end in 1..receipt.len() {
            assert_eq!(InstallReceipt::parse(&receipt[..end]), Err(FormatError::Malformed), "cut at {end}");
        }
    }
}
