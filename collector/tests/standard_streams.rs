//! What the program does with standard output and standard error.
#![cfg(unix)]

use std::process::Command;

const FULL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../packaging/policies/full.toml");

/// `candor-collector … | head` after `head` has gone.
#[test]
fn a_closed_pipe_ends_it_quietly() {
    for format in ["text", "json"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ended = Command::new(env!("CARGO_BIN_EXE_candor-collector"))
            .args(["policy", "explain", FULL, "--format", format])
            .stdout(writer)
            .output()
            .unwrap();
        assert!(ended.status.success(), "{:?}", ended.status);
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{format}");
    }
}
