//! Paths that a crate's sources must not name.

use crate::rust_sources;
use anyhow::ensure;
use std::path::Path;

/// One rule: under a folder, these texts appear only in the files named (paths relative to the folder).
struct Rule {
    folder: &'static str,
    texts: &'static [&'static str],
    except: &'static [&'static str],
}

/// What a file is published with.
const PUBLISHING: &[&str] = &["fs::rename", "hard_link", "sync_all", "sync_data"];

/// What a file is opened with by its path alone, following links and waiting for FIFOs.
const OPENING: &[&str] =
    &["OpenOptions", "File::open", "File::create", "fs::read", "fs::write", "fs::remove_file", "DirBuilder"];

/// The same where directories are listed and files removed by their paths.
const READING: &[&str] = &[
    "OpenOptions",
    "File::open",
    "File::create",
    "fs::read(",
    "fs::read_to_string",
    "fs::write",
    "DirBuilder",
    "pem_file_iter",
    "from_pem_file",
];

/// What a permit is derived with.
const DERIVING: &[&str] = &["Permit::derive", "Permit::<", "Permit<Signed>>::"];

/// What would make something else than a recorded report deliverable.
const DELIVERING: &[&str] = &["Delivery for", "Delivery as"];

const RULES: &[Rule] = &[
    // What both sides agree on has no clock, no file system, no network.
    Rule {
        folder: "collector-proto/src",
        texts: &[
            "std::fs",
            "std::process",
            "std::env",
            "SystemTime::now",
            "Instant::now",
            "TcpStream",
            "UdpSocket",
        ],
        except: &[],
    },
    // The machine is read through the facade; the reader's own state and its entry point are the exceptions.
    Rule {
        folder: "agent/reader/src",
        texts: &["std::fs", "File::open", "OpenOptions"],
        except: &["host/", "state/"],
    },
    // A foreign format is read from bytes alone, and alike on every system.
    Rule {
        folder: "agent/reader/src/format",
        texts: &[
            "crate::host",
            "crate::probe",
            "crate::state",
            "std::fs",
            "std::net",
            "std::process",
            "std::env",
            "SystemTime::now",
            "Instant::now",
            "target_os",
        ],
        except: &[],
    },
    // What probes of every system use knows no system.
    Rule {
        folder: "agent/reader/src/probe/shared",
        texts: &["probe::system", "target_os", "cfg(unix)", "cfg(windows)"],
        except: &[],
    },
    // What looks cannot talk.
    Rule {
        folder: "agent/reader/src",
        texts: &["TcpStream", "TcpListener", "UdpSocket", "UnixDatagram"],
        except: &[],
    },
    // It starts nothing but itself, to ask the bus, to be an account, and to answer one of many accounts.
    Rule {
        folder: "agent/reader/src",
        texts: &["Command::new"],
        except: &["host/linux/bus/helper/", "host/linux/homes/launch.rs", "service/linux/answering.rs"],
    },
    // The reader derives a permit where it keeps the limits. Everybody else takes one that was derived again from the
    // reader's answer; no type can say whose limits `Permit::derive` is given.
    Rule { folder: "agent/reader/src", texts: DERIVING, except: &["state/limits.rs"] },
    Rule { folder: "agent/src", texts: DERIVING, except: &["fixture.rs"] },
    Rule { folder: "agent/notice/src", texts: DERIVING, except: &[] },
    Rule { folder: "agent/uplink/src", texts: DERIVING, except: &[] },
    Rule { folder: "collector/src", texts: DERIVING, except: &[] },
    Rule { folder: "collector-proto/src", texts: DERIVING, except: &["disclosure/answer.rs"] },
    Rule { folder: "agent/reader/src", texts: &["TreatedRows"], except: &["treat/"] },
    // Local sockets lead to the system bus and to helpers, and nowhere else; people's lead here, and the process behind it reads
    // nothing.
    Rule {
        folder: "agent/reader/src",
        texts: &["UnixStream", "UnixListener", "LocalStream"],
        except: &["host/linux/bus/", "host/linux/exchange/", "host/linux/homes/", "service/linux/"],
    },
    Rule {
        folder: "agent/reader/src/service",
        texts: &["crate::probe", "crate::format", "Host::at", "UnixStream::connect", "UnixStream::pair"],
        except: &[],
    },
    // Other sockets ask the kernel for addresses, and nobody else makes one.
    Rule {
        folder: "agent/reader/src",
        texts: &["rustix::net", "nix::sys::socket", "getifaddrs("],
        except: &["host/linux/addresses.rs", "host/linux/accounts.rs", "host/linux/exchange/"],
    },
    // What talks cannot look: it names no field, reads no file, knows no catalogue, permit or disclosure.
    Rule {
        folder: "agent/uplink/src",
        texts: &[
            "std::fs",
            "collector_proto::catalog",
            "collector_proto::policy",
            "collector_proto::disclosure",
            "collector_proto::value",
            "FieldId",
        ],
        except: &[],
    },
    // The collector's database is one implementation of its store's interface, and nothing else knows of it.
    Rule { folder: "collector/src", texts: &["rusqlite", "libsqlite3"], except: &["store/sqlite/"] },
    // The tenant key is nobody's who is on line: the verbs that name it read it. `init` makes it, and whoever looks after the directory
    // finds it without reading it.
    Rule {
        folder: "collector/src",
        texts: &["tenant::read", "TenantKeyFile"],
        except: &["cli/", "keys/tenant.rs"],
    },
    Rule {
        folder: "collector/src",
        texts: &["keys::tenant", "tenant::"],
        except: &["cli/", "keys/", "init.rs", "backup/make.rs", "admin/examination.rs"],
    },
    Rule { folder: "collector/src", texts: &[".tenant_key()"], except: &["cli/bundle.rs", "init.rs"] },
    // Whatever shows, checks or signs a policy first finds out whether this program understands it.
    Rule { folder: "collector/src/admin/policies", texts: &["from_slice"], except: &[] },
    // What is told comes in as arguments: no clock, no file system, no environment, no network.
    Rule {
        folder: "agent/notice/src",
        texts: &[
            "std::fs",
            "std::process",
            "std::env",
            "std::net",
            "SystemTime::now",
            "Instant::now",
            "TcpStream",
            "UdpSocket",
        ],
        except: &[],
    },
    // What is delivered was recorded: only the ledger makes anything that the uplink takes.
    Rule { folder: "agent/src", texts: DELIVERING, except: &["ship/outbound.rs"] },
    Rule { folder: "agent/reader/src", texts: DELIVERING, except: &[] },
    Rule { folder: "agent/notice/src", texts: DELIVERING, except: &[] },
    Rule { folder: "agent/uplink/src", texts: DELIVERING, except: &[] },
    Rule { folder: "collector/src", texts: DELIVERING, except: &[] },
    Rule { folder: "collector-proto/src", texts: DELIVERING, except: &[] },
    Rule { folder: "durable/src", texts: DELIVERING, except: &[] },
    Rule { folder: "confine/src", texts: DELIVERING, except: &[] },
    // Files of state are published in one way, which has a specification and a test of conformance.
    // What tests try in the place of a step publishes nothing that is believed.
    Rule { folder: "agent/src", texts: PUBLISHING, except: &["confine/linux/taken_over.rs"] },
    Rule { folder: "agent/reader/src", texts: PUBLISHING, except: &[] },
    Rule { folder: "collector/src", texts: PUBLISHING, except: &[] },
    // And they are opened in one way, as is what a person names: by its path alone a file that is none, such as a FIFO, would keep whoever
    // opens it waiting.
    Rule { folder: "agent/src", texts: OPENING, except: &["confine/linux/taken_over.rs", "fixture.rs"] },
    Rule { folder: "agent/reader/src/state", texts: OPENING, except: &[] },
    // A staged backup is read again by its temporary name.
    Rule { folder: "collector/src", texts: READING, except: &["backup/file.rs"] },
    // Reading the machine belongs to the reader.
    Rule {
        folder: "agent/src",
        texts: &["/sys/", "/proc/", "/etc/os-release", "/var/lib/dpkg"],
        except: &[],
    },
];

/// Checks every rule; returns how many files were read.
pub(super) fn check(root: &Path, faults: &mut Vec<String>) -> anyhow::Result<usize> {
    let mut read = 0;
    for rule in RULES {
        let folder = root.join(rule.folder);
        let mut files = Vec::new();
        rust_sources::below(&folder, &mut files)?;
        ensure!(!files.is_empty(), "no source files under {}", rule.folder);
        for file in files {
            read += 1;
            let relative = file.strip_prefix(&folder)?.to_string_lossy().replace('\\', "/");
            if rule
                .except
                .iter()
                .any(|except| relative == *except || relative.starts_with(except) && except.ends_with('/'))
            {
                continue;
            }
            let text = rust_sources::read(&file)?;
            for (number, line) in shipped(&text) {
                // A comment may name what the code must not.
                let code = line.split("//").next().unwrap_or_default();
                for text in rule.texts.iter().filter(|text| code.contains(**text)) {
                    faults.push(format!("{}/{relative}:{}: names {text}", rule.folder, number + 1));
                }
            }
        }
    }
    Ok(read)
}

/// The lines with their numbers from 0, up to the tests: these stand last in a file and may use what the code may not.
fn shipped(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines: Vec<&str> = text.lines().collect();
    let begins_tests = |pair: &[&str]| {
        matches!(pair, [attribute, module] if attribute.trim() == "#[cfg(test)]"
            && module.starts_with("mod ")
            && module.ends_with('{'))
    };
    let end = lines.windows(2).position(begins_tests).unwrap_or(lines.len());
    lines.into_iter().take(end).enumerate()
}
