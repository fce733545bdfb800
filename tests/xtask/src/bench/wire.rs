//! What a report takes on the wire, of a machine with many packages and of one with many accounts.

use super::figures::Figures;
use super::setup::{Bench, inventory};
use std::fmt::Write as _;

/// Accounts of the shared machine, each with values of three retentions.
const ACCOUNTS: u32 = 50;

/// Packages of the shared machine.
const PACKAGES: usize = 800;

/// Three classes of retention for each account, beside what the inventory has of the machine.
const OF_ACCOUNTS: &str = r#"
[purposes.security]
dpv = "EnforceSecurity"
legal_basis = "legitimate_interest"
interests_weighed = true
retention = "90d"
recipients = ["it"]

[purposes.security.text]
en = "Find accounts that nobody uses."

[purposes.support]
dpv = "TechnicalServiceProvision"
legal_basis = "legitimate_interest"
interests_weighed = true
retention = "30d"
recipients = ["it"]

[purposes.support.text]
en = "Help the people of this machine."

[[collect]]
fields = ["user.name"]
purposes = ["inventory"]
treat = { hmac = "tenant" }

[[collect]]
fields = ["user.hash"]
purposes = ["security"]
treat = { hmac = "tenant" }

[[collect]]
fields = ["user.full_name"]
purposes = ["support"]
treat = { hmac = "tenant" }
"#;

/// Measures both machines.
pub(super) fn measure(bench: &Bench<'_>, figures: &mut Figures) -> anyhow::Result<()> {
    let sizes = bench.wire_sizes("wire", &inventory(), &bench.root_with_packages(1000)?)?;
    figures.bytes("full report, 1,000 packages", sizes.full, 20 * 1024);
    figures.bytes("unchanged report", sizes.unchanged, 1024);

    let policy = bench.folder().join("accounts.toml");
    std::fs::write(&policy, std::fs::read_to_string(inventory())? + OF_ACCOUNTS)?;
    let root = bench.root_with_packages(PACKAGES)?;
    let mut accounts = "root:x:0:0:root:/root:/bin/sh\n".to_owned();
    for number in 1..=ACCOUNTS {
        let id = 1000 + number;
        writeln!(
            accounts,
            "person{number}:x:{id}:{id}:Person No {number},,,:/home/person{number}:/bin/bash"
        )?;
    }
    std::fs::write(root.join("etc/passwd"), accounts)?;
    let sizes = bench.wire_sizes("accounts", &policy, &root)?;
    let machine = format!("{PACKAGES} packages, {ACCOUNTS} accounts in 3 classes");
    figures.bytes(&format!("first report, {machine}"), sizes.full, 24 * 1024);
    figures.bytes("unchanged report of these", sizes.unchanged, 1024);
    Ok(())
}
