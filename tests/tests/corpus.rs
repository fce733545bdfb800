//! The committed fuzz corpus: every input of every format goes through the reader, and so do cut and flipped forms of it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::fuzz::{Prepared, TARGETS};
use candor_tests::repository;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Cut and flipped forms of each input that are tried beside it.
const MUTATIONS: usize = 40;

fn corpus() -> PathBuf {
    repository().join("tests/fuzz/corpus")
}

#[test]
fn every_input_of_the_corpus_is_read_without_a_panic() {
    for target in TARGETS {
        let prepared = Prepared::of(target.name);
        let mut inputs = 0;
        for entry in std::fs::read_dir(corpus().join(target.name))
            .unwrap_or_else(|_| panic!("no corpus of {}", target.name))
        {
            let input = std::fs::read(entry.unwrap().path()).unwrap();
            prepared.run(&input);
            mutate(&input, |mutated| prepared.run(mutated));
            inputs += 1;
        }
        assert!(inputs >= 1, "the corpus of {} is empty", target.name);
    }
}

#[test]
fn the_corpus_has_a_folder_for_each_target_and_no_others() {
    let folders: BTreeSet<String> = std::fs::read_dir(corpus())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let targets: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(folders, targets);
}

/// Repeatable damage: the input cut at several places, and with bytes changed (the multiplier is Knuth's).
fn mutate(input: &[u8], mut run: impl FnMut(&[u8])) {
    let mut state = input.len() as u64 | 1;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below.max(1)
    };
    for round in 0..MUTATIONS {
        let mut bytes = input.to_vec();
        if round % 2 == 0 {
            bytes.truncate(next(input.len()));
        } else {
            for _ in 0..=round {
                let at = next(bytes.len());
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = u8::try_from(next(256)).unwrap();
                }
            }
        }
        run(&bytes);
    }
}
