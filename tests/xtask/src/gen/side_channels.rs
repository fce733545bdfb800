//! `docs/side-channels.md`: where a value can show inside another one, and what is done about it.

use super::docs::{line, names, row};
use super::locale::{Heading, Locale};
use super::model::{Catalogue, Field};
use super::vocabulary::{CUT, Form, Kind, TextKind, Treatment, Wording, is_recognised};
use anyhow::Result;

/// The page, with the English words.
pub(crate) fn page(catalogue: &Catalogue, english: &Locale) -> Result<String> {
    let mut out = String::from("# Side channels between fields\n\n");
    line(
        &mut out,
        "<!-- Written by `cargo xtask gen` from collector-proto/catalog/*.toml, collector-proto/src/catalog/carried.rs and \
         tests/xtask/src/gen/side_channels.rs; change those. -->\n",
    );
    out.push_str(INTRODUCTION);
    forms(&mut out);
    texts(&mut out, catalogue, english)?;
    out.push_str(ELSEWHERE);
    Ok(out)
}

fn forms(out: &mut String) {
    out.push_str("\n## What is recognised\n\n");
    line(
        out,
        &format!(
            "What has one of these forms is replaced by `{CUT}`, and the rest of the text stays: `enx001122334455` becomes `enx{CUT}`, \
             `ip-192-0-2-7.corp.example.org` becomes `ip-{CUT}.{CUT}`. Where nothing is left but separators, the value is left out with the reason `filter`. A form \
             stays where the policy has every field of the last column sent as read, without a filter; a hardware address only if it is one of those that are sent. A field's \
             own form is what its treatment is about.\n"
        ),
    );
    out.push_str("| Form | How it is written | Not looked for in texts of | Whose value it can be |\n|---|---|---|---|\n");
    for form in Form::ALL {
        let elsewhere: Vec<&str> = TextKind::ALL
            .iter()
            .filter(|kind| !form.is_recognised_in(**kind))
            .map(|kind| kind.name())
            .collect();
        let elsewhere = if elsewhere.len() > 4 {
            let only: Vec<&str> = TextKind::ALL
                .iter()
                .filter(|kind| form.is_recognised_in(**kind))
                .map(|kind| kind.name())
                .collect();
            format!("all but {}", only.join(", "))
        } else if elsewhere.is_empty() {
            "–".to_owned()
        } else {
            elsewhere.join(", ")
        };
        let fields: Vec<String> = form.fields().iter().map(|field| format!("`{field}`")).collect();
        row(out, &[format!("`{}`", form.name()), form.words().to_owned(), elsewhere, fields.join(", ")]);
    }
}

fn texts(out: &mut String, catalogue: &Catalogue, english: &Locale) -> Result<()> {
    out.push_str("\n## Every text\n\n");
    out.push_str("The kinds, by who writes the text:\n\n| Kind | Written by |\n|---|---|\n");
    for kind in TextKind::ALL {
        row(out, &[format!("`{}`", kind.name()), kind.words().to_owned()]);
    }
    out.push_str(BY_FIELD);
    out.push_str("| Field | | Kind | Can show | Cut out by its form | Cut out if collected, else `policy check` warns |\n|---|---|---|---|---|---|\n");
    for (_, field) in catalogue.fields() {
        let (Kind::Text, Some(kind)) = (field.kind, field.text) else { continue };
        let Heading { title, .. } = english.words(Wording::Field, field.name())?;
        let (recognised, open): (Vec<_>, Vec<_>) = field
            .carried()
            .iter()
            .cloned()
            .partition(|carried| is_recognised(carried.get_ref(), field.name(), kind));
        let or_dash = |text: String| if text.is_empty() { "–".to_owned() } else { text };
        row(
            out,
            &[
                format!("`{}`", field.name()),
                title,
                format!("`{}`", kind.name()),
                or_dash(names(field.carried(), ", ")),
                or_dash(names(&recognised, ", ")),
                if is_sent_as_text(field) {
                    or_dash(names(&open, ", "))
                } else {
                    "never sent as text".to_owned()
                },
            ],
        );
    }
    Ok(())
}

fn is_sent_as_text(field: &Field) -> bool {
    field.treatments.iter().any(|treatment| matches!(treatment, Treatment::Keep | Treatment::Truncate))
}

const INTRODUCTION: &str = "\
A policy can permit one field and deny another whose value stands in the text of the first. What is done about that, by whom:

- **The reader** cuts what it recognises out of a text before any treatment (`agent/reader/src/treat/texts`). It may not read what is denied, so it goes by how
  values are written. What it read for other fields that are not sent as read (hashed, shortened, coarsened, or filtered), it cuts out by comparing
  (`agent/reader/src/treat/known.rs`).
- **The collector** refuses a report in which a text still has such a form as over-collection, by the same code
  (`collector-proto/src/policy/carried`), and so does the agent with reports that wait while the policy is narrowed.
- **`policy check`** warns of a rule whose texts can show what has no form and is not collected, such as a person's name in a computer's name (`shows_other`). The notice says
  the same to people.

A keyed hash is made of the text as it was read and shows nothing of it. Whoever has the tenant key can test guesses about it, also about what stands in it
([0032](decisions/0032-the-tenant-key.md)). Why it is done so: [0037](decisions/0037-what-texts-carry.md).
";

const BY_FIELD: &str = "
Every text has all forms of its kind cut out, whatever it is known to carry. The table says what comes to stand there on devices in use. In sections with rows about
accounts, comparing and warning are about these rows: the rest are names by makers, by which accounts are called as well (`ubuntu`, `steam`).

";

const ELSEWHERE: &str = "
## Beside texts

| Where | What can show | What is done |
|---|---|---|
| `host.ip`, embedded IPv4 (6to4, Teredo, IPv4-mapped, -compatible and -translated, NAT64, ISATAP) | the whole IPv4 address in a prefix of IPv6 | the prefix ends where the bits of IPv4 do that may stay; the collector refuses longer ones (`collector-proto/src/policy/network.rs`). A translator under a prefix of the network's own cannot be recognised |
| `host.ip`, interface identifiers | the hardware address (EUI-64) | such addresses are left out unless that hardware address is sent as read, or the prefix is 64 bits or shorter; `policy check` warns (`mac_in_ipv6`) |
| the key id of a keyed hash | whatever whoever made the key wrote there | it is computed from the key: eight characters that nobody chooses; a key file with another id is refused, and so is a hash with another form |
| which rows there are | how many accounts, networks or displays | where only the existence is sent, equal rows are one; else the rows are what the policy asks for |
| `absent` in a report's head | that a source is not there or not readable | a word of a closed list; that nobody consented is not told from a missing source |
| reports in between, parts that are named again | whether something changed, not what | digests are salted, and a salt is new whenever the rows are |
| text that is cut to a number of characters | what stands in these characters | forms are cut out before, so no half of one is left |
| `x.custody.condition` | whatever the person types | the person sees that it is sent; forms are cut out |

## On the wire

| Where | What can show | What is done |
|---|---|---|
| `User-Agent` | program and version | `candor`, the same in every release. The version is the field `agent.version`, which leaves under a permit or not at all |
| `Candor-Contract` | the number of the wire format that the program understands | part of the format ([0011](decisions/0011-the-version-contract.md)); it changes with the format and not with each release |
| TLS ClientHello | the collector's name (SNI), which TLS library this is | TLS 1.3, one ALPN protocol, no client certificate, no session ticket; the same whatever is collected |
| order and names of HTTP headers, paths | which request it is | the same for every device and policy; no path, query or header holds a value. The device's id and its signature stand in headers inside TLS |
| length and time of requests | how much a report holds; that the device runs | not hidden: compressed bytes of what changed. Whoever sees the connection can tell a report with many changes from one with few, and when the device reports |
| source address | the network that the device is in | seen by whoever runs the network and the collector's host; neither logged nor stored by the collector |
";
