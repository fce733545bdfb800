use super::*;

fn state() -> (tempfile::TempDir, State) {
    let directory = tempfile::tempdir().unwrap();
    let state = State::at(&directory.path().join("reader"));
    (directory, state)
}

#[test]
fn a_damaged_file_is_named_and_its_content_is_not_repeated() {
    let (_keep, state) = state();
    drop(state.lock().unwrap());
    for name in [TRUST, KEYS, CEILING, CONSENT] {
        std::fs::write(state.directory.path().join(name), "{\"SECRET\":").unwrap();
    }
    let errors = [
        state.enrolment().unwrap_err().to_string(),
        state.keys().unwrap_err().to_string(),
        state.limits().unwrap_err().to_string(),
    ];
    for (error, name) in errors.iter().zip([TRUST, KEYS, CEILING]) {
        assert!(error.contains(name) && error.contains("damaged") && !error.contains("SECRET"), "{error}");
    }
}

#[test]
fn a_state_that_cannot_be_written_is_named() {
    let directory = tempfile::tempdir().unwrap();
    // A file where the directory should be refuses even root.
    std::fs::write(directory.path().join("reader"), "").unwrap();
    let error = State::at(&directory.path().join("reader")).lock().unwrap_err();
    assert!(matches!(&error, StateError::Write { path, .. } if path.ends_with("reader")), "{error}");
}

#[test]
fn limits_default_to_none_and_unknown_fields_stop_everything() {
    let (_keep, state) = state();
    let limits = state.limits().unwrap();
    assert!(limits.ceiling.is_none());
    assert_eq!(limits.consent, Consent::default());
    drop(state.lock().unwrap());
    std::fs::write(state.directory.path().join(CEILING), r#"["os.name"]"#).unwrap();
    assert_eq!(state.limits().unwrap().ceiling.unwrap().len(), 1);
    std::fs::write(state.directory.path().join(CEILING), r#"["os.nme"]"#).unwrap();
    assert!(state.limits().is_err());
}

#[test]
fn a_half_written_draft_of_a_crash_is_overwritten() {
    let (_keep, state) = state();
    let _lock = state.lock().unwrap();
    std::fs::write(state.directory.path().join(".floor.json.new"), "{\"half").unwrap();
    state.directory.write(FLOOR, &Floor::default()).unwrap();
    assert_eq!(state.directory.read::<Floor>(FLOOR).unwrap(), Some(Floor::default()));
}

#[cfg(unix)]
#[test]
fn keys_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_keep, state) = state();
    let _lock = state.lock().unwrap();
    state.directory.write(KEYS, &"x").unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&state.directory.path().join(KEYS)), 0o600);
    assert_eq!(mode(state.directory.path()), 0o700);
}

#[test]
fn random_keys_differ_and_parse() {
    let random = ring::rand::SystemRandom::new();
    let (one, two) = (random_key(&random).unwrap(), random_key(&random).unwrap());
    assert!(one.id != two.id && one.key != two.key);
    assert!(HashKey::parse(&one.id, &one.key).is_ok());
}
