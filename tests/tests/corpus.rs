//! The committed fuzz corpus: every input of every format is taken again, and so are cut and flipped forms of it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::fuzz::{self, Prepared};
use candor_tests::repository;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Cut and flipped forms of each input of a source that are tried beside it: its corpus is a file or two.
const MUTATIONS: usize = 40;

/// The same of each of the first inputs of a format of Candor's own, whose corpus holds the damage that matters.
const MUTATIONS_OF_OWN: usize = 6;
const MOST_DAMAGED: usize = 8;

/// Most bytes of one format's corpus, and of all together: what everybody fetches with the sources.
const MOST_BYTES: usize = 400 * 1024;
const MOST_BYTES_OF_ALL: usize = 4 * 1024 * 1024;

/// Starts the name of an input that is as Candor writes it today; `UPDATE_EXPECT=1` writes them.
const SEED: &str = "seed-";

fn corpus() -> PathBuf {
    repository().join("tests/fuzz/corpus")
}

fn inputs(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = std::fs::read_dir(corpus().join(name)).unwrap_or_else(|_| panic!("no corpus of {name}"));
    let mut inputs: Vec<_> = folder
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap()))
        .collect();
    inputs.sort();
    inputs
}

/// Takes every input, damages those that come first, and says whether one was taken for what it should be.
fn replay(name: &str, damaged: usize, mutations: usize) -> bool {
    let prepared = Prepared::of(name);
    let inputs = inputs(name);
    assert!(!inputs.is_empty(), "the corpus of {name} is empty");
    let mut taken = false;
    for (place, (_, input)) in inputs.iter().enumerate() {
        taken |= prepared.run(input);
        if place < damaged {
            mutate(input, mutations, |mutated| _ = prepared.run(mutated));
        }
    }
    taken
}

#[test]
fn every_input_of_the_corpus_is_read_without_a_panic() {
    for name in fuzz::names().filter(|name| fuzz::own_names().all(|own| own != *name)) {
        replay(name, usize::MAX, MUTATIONS);
    }
}

#[test]
fn what_holds_of_candors_own_formats_holds_of_every_input_of_the_corpus() {
    for name in fuzz::own_names() {
        let taken = replay(name, MOST_DAMAGED, MUTATIONS_OF_OWN);
        assert!(taken, "no input of {name} is taken: its assertions are about nothing");
    }
}

/// Inputs as Candor writes them: a format that changes takes its corpus along.
#[test]
fn the_corpus_begins_with_what_is_written_today() {
    for name in fuzz::own_names() {
        let folder = corpus().join(name);
        let seeds: Vec<_> =
            fuzz::seeds(name).into_iter().map(|(seed, bytes)| (format!("{SEED}{seed}"), bytes)).collect();
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            for (seed, bytes) in &seeds {
                std::fs::write(folder.join(seed), bytes).unwrap();
            }
        }
        let committed = inputs(name).into_iter().map(|(input, _)| input);
        let committed: BTreeSet<String> = committed.filter(|input| input.starts_with(SEED)).collect();
        let written: BTreeSet<String> = seeds.into_iter().map(|(seed, _)| seed).collect();
        assert_eq!(committed, written, "{name}; UPDATE_EXPECT=1 writes what is missing");
    }
}

#[test]
fn the_corpus_has_a_folder_for_each_target_and_no_others() {
    let folders: BTreeSet<String> = std::fs::read_dir(corpus())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let targets: BTreeSet<String> = fuzz::names().map(str::to_owned).collect();
    assert_eq!(folders, targets);
}

#[test]
fn the_corpus_stays_small() {
    let size = |name| inputs(name).iter().map(|(_, input)| input.len()).sum::<usize>();
    for name in fuzz::names() {
        assert!(size(name) <= MOST_BYTES, "the corpus of {name} has {} bytes", size(name));
    }
    let all: usize = fuzz::names().map(size).sum();
    assert!(all <= MOST_BYTES_OF_ALL, "the corpus has {all} bytes");
}

/// Repeatable damage: the input cut at several places, and with bytes changed (the multiplier is Knuth's).
fn mutate(input: &[u8], mutations: usize, mut run: impl FnMut(&[u8])) {
    let mut state = input.len() as u64 | 1;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below.max(1)
    };
    for round in 0..mutations {
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
