//! Who may ask for what: one table.

use super::Actor;

/// What an operation lets the actor see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    /// Values that devices sent. It takes a purpose, and is kept on record.
    Values,
    /// Ids, times, documents: no value.
    NoValue,
}

/// A kind of [`Actor`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Whoever holds the directory. They could read and write the database without this program too.
    Operator,
}

/// Makes the table an enum with its lookups, so that no operation is without a line.
macro_rules! table {
    ($($operation:ident, $name:literal, $words:literal, $shows:ident, [$($kind:ident),*];)*) => {
        /// Everything that can be asked of a collector's administration.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Operation {
            $($operation,)*
        }

        impl Operation {
            /// Every operation, in the order of the table.
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$operation,)*];

            /// Stable name.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$operation => $name,)* }
            }

            /// What it does, as the rest of a sentence.
            pub(crate) const fn words(self) -> &'static str {
                match self { $(Self::$operation => $words,)* }
            }

            /// Whether it shows values.
            pub(super) const fn shows(self) -> Shows {
                match self { $(Self::$operation => Shows::$shows,)* }
            }

            /// Who may ask for it.
            const fn allowed(self) -> &'static [Kind] {
                match self { $(Self::$operation => &[$(Kind::$kind),*],)* }
            }
        }
    };
}

table! {
    ListDevices,   "device_list",      "list devices",                      NoValue, [Operator];
    ShowDevice,    "device_show",      "show what a device reported",       Values,  [Operator];
    RevokeDevice,  "device_revoke",    "revoke a device",                   NoValue, [Operator];
    ListReports,   "report_list",      "list reports",                      NoValue, [Operator];
    ShowReport,    "report_show",      "show a report",                     Values,  [Operator];
    VerifyStored,  "report_verify",    "verify what is stored",             NoValue, [Operator];
    MakeToken,     "token_make",       "make an enrolment token",           NoValue, [Operator];
    ListTokens,    "token_list",       "list enrolment tokens",             NoValue, [Operator];
    RevokeTokens,  "token_revoke",     "revoke enrolment tokens",           NoValue, [Operator];
    MakeBundle,    "bundle_make",      "make an enrolment bundle",          NoValue, [Operator];
    SignPolicy,    "policy_sign",      "sign a policy",                     NoValue, [Operator];
    PublishPolicy, "policy_publish",   "publish a policy",                  NoValue, [Operator];
    ShowPolicies,  "policy_show",      "show published policies",           NoValue, [Operator];
    DraftPlacement, "placement_new",   "write what moves devices",          NoValue, [Operator];
    PublishPlacement, "placement_publish", "move devices to another group", NoValue, [Operator];
    ShowRoots,     "root_show",        "show roots of trust",               NoValue, [Operator];
    DraftRoot,     "root_draft",       "write the next root of trust",      NoValue, [Operator];
    PublishRoot,   "root_publish",     "publish a root of trust",           NoValue, [Operator];
    RenewCertificate, "certificate_renew", "renew the server's certificate", NoValue, [Operator];
    Sweep,         "retention_sweep",  "delete what is past its retention", NoValue, [Operator];
    ListDeletions, "retention_history", "list what was deleted",            NoValue, [Operator];
    MakeBackup,    "backup",           "make a backup",                     NoValue, [Operator];
    AcceptLoss,    "restore_accept_loss", "accept what a restore lost",     NoValue, [Operator];
    Examine,       "doctor",           "examine the collector",             NoValue, [Operator];
    ListEvents,    "event_list",       "list security events",              NoValue, [Operator];
    ListAccesses,  "access_list",      "list accesses to values",           NoValue, [Operator];
}

/// The actor may not ask for this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{actor} may not {}", .operation.words())]
pub(crate) struct Denied {
    actor: Actor,
    operation: Operation,
}

/// Lets an actor ask for an operation, or not.
pub(super) fn authorise(actor: &Actor, operation: Operation) -> Result<(), Denied> {
    let kind = match actor {
        Actor::Operator { .. } => Kind::Operator,
    };
    if operation.allowed().contains(&kind) { Ok(()) } else { Err(Denied { actor: actor.clone(), operation }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_may_do_everything() {
        let operator = Actor::Operator { user: "anna".to_owned() };
        assert_eq!(Operation::ALL.len(), 26);
        for operation in Operation::ALL {
            assert_eq!(authorise(&operator, *operation), Ok(()), "{operation:?}");
        }
    }

    #[test]
    fn two_operations_show_values() {
        let showing: Vec<_> = Operation::ALL.iter().filter(|one| one.shows() == Shows::Values).collect();
        assert_eq!(showing, [&Operation::ShowDevice, &Operation::ShowReport]);
    }

    #[test]
    fn a_denial_says_who_and_what() {
        let denied =
            Denied { actor: Actor::Operator { user: "anna".to_owned() }, operation: Operation::RevokeDevice };
        assert_eq!(denied.to_string(), "operator anna may not revoke a device");
    }
}
