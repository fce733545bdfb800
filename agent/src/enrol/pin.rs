//! Who has the reader pin the root of trust: whoever may decide what this device trusts.
//!
//! Where reader and agent are two users the agent may not. Root hands it the bundle and pins for it:
//!
//! ```text
//! root:  candor enrol --bundle FILE   an invitation ──►  agent:  candor enrol --from-root
//!        reader ◄── the signed bundle          ◄── id          makes key and id, asks the collector, verifies
//!                                         pinned ──►            keeps the enrolment
//! ```

use super::EnrolError;
use crate::reader_client::ReaderClient;
use collector_proto::digest::Digest;
use collector_proto::policy::trust::SignedBundle;
use std::io::{BufRead, Write};
use uuid::Uuid;

/// Has the reader verify a bundle, pin its root and keep the device's id and the tenant key.
pub(crate) trait Pin {
    /// Returns once the reader keeps all of it.
    fn pin(&mut self, device_id: Uuid) -> Result<(), EnrolError>;
}

/// Whoever may decide what is trusted asks the reader itself.
pub(crate) struct ByReader<'a> {
    pub(crate) reader: ReaderClient,
    pub(crate) bundle: &'a SignedBundle,
    /// Digest of the only root that may be in the bundle, where that is known.
    pub(crate) root: Option<Digest>,
}

impl Pin for ByReader<'_> {
    fn pin(&mut self, device_id: Uuid) -> Result<(), EnrolError> {
        let pinned = self.reader.trust(self.bundle.envelope(), self.root, device_id);
        pinned.map(|_| ()).map_err(EnrolError::Reader)
    }
}

/// How the agent asks for its id to be kept, before the id.
const PIN: &str = "pin ";

/// What root answers once it is.
const PINNED: &str = "pinned";

/// Most bytes that the agent says to root.
const MAX_SAID_BYTES: u64 = 64 * 1024;

/// The agent's side: root pins the root of its own bundle for the id that the agent made.
pub(crate) struct ByRoot<I, O> {
    pub(crate) input: I,
    pub(crate) output: O,
}

impl<I: BufRead, O: Write> Pin for ByRoot<I, O> {
    fn pin(&mut self, device_id: Uuid) -> Result<(), EnrolError> {
        let mut answer = String::new();
        writeln!(self.output, "{PIN}{device_id}")
            .and_then(|()| self.output.flush())
            .and_then(|()| self.input.read_line(&mut answer))
            .map_err(EnrolError::Exchange)?;
        if answer.trim_end() == PINNED { Ok(()) } else { Err(EnrolError::NotPinned) }
    }
}

/// Root's side: pins the bundle's root for the id that the agent asks for, and passes on what the agent says to the person.
pub(crate) fn attend(
    reader: &mut impl Pin,
    input: impl BufRead,
    output: &mut impl Write,
    mut tell: impl FnMut(&str),
) -> Result<(), EnrolError> {
    for said in input.take(MAX_SAID_BYTES).lines() {
        let said = said.map_err(EnrolError::Exchange)?;
        match said.strip_prefix(PIN) {
            Some(id) => {
                let device_id = id.parse().map_err(EnrolError::NoId)?;
                reader.pin(device_id)?;
                writeln!(output, "{PINNED}").and_then(|()| output.flush()).map_err(EnrolError::Exchange)?;
            }
            None => tell(&said),
        }
    }
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    /// Keeps what it was asked to pin.
    #[derive(Default)]
    struct Kept(Vec<Uuid>);

    impl Pin for Kept {
        fn pin(&mut self, device_id: Uuid) -> Result<(), EnrolError> {
            self.0.push(device_id);
            Ok(())
        }
    }

    #[test]
    fn root_pins_for_the_id_that_the_agent_made_and_passes_on_the_rest() {
        let (id, mut kept, mut answered, mut told) =
            (Uuid::from_u128(7), Kept::default(), Vec::new(), Vec::new());
        let said = format!("pin {id}\nThis device is enrolled\n");
        attend(&mut kept, said.as_bytes(), &mut answered, |line| told.push(line.to_owned())).unwrap();
        assert_eq!((kept.0, told), (vec![id], vec!["This device is enrolled".to_owned()]));
        let mut asked = Vec::new();
        ByRoot { input: answered.as_slice(), output: &mut asked }.pin(id).unwrap();
        assert_eq!(asked, format!("pin {id}\n").as_bytes());
    }

    #[test]
    fn without_roots_word_nothing_is_pinned() {
        for answer in ["", "no\n"] {
            let error = ByRoot { input: answer.as_bytes(), output: Vec::new() }.pin(Uuid::nil());
            assert!(matches!(error, Err(EnrolError::NotPinned)));
        }
        let mut kept = Kept::default();
        let error = attend(&mut kept, "pin ../trust\n".as_bytes(), &mut Vec::new(), |_| ());
        assert!(matches!(error, Err(EnrolError::NoId(_))) && kept.0.is_empty());
    }
}
