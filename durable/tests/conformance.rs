//! The specification in the crate's documentation, point by point, for each way to publish a file.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_durable::{Directory, Step, TEMPORARY, create_watched, replace_watched};
use std::cell::RefCell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

type Publish = fn(&Path, &[u8], &dyn Fn(Step) -> io::Result<()>) -> io::Result<()>;

/// Each way, and whether it replaces what is there.
const WAYS: [(&str, Publish, bool); 2] =
    [("create", create_watched, false), ("replace", replace_watched, true)];

#[expect(clippy::unnecessary_wraps, reason = "a watch may fail")]
fn unwatched(_: Step) -> io::Result<()> {
    Ok(())
}

fn temporary(directory: &Path) -> Vec<String> {
    let names = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
    names.map(|name| name.into_string().unwrap()).filter(|name| name.starts_with(TEMPORARY)).collect()
}

#[test]
fn the_steps_come_in_order_and_nothing_is_left_behind() {
    for (way, publish, _) in WAYS {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let seen = RefCell::new(Vec::new());
        publish(&path, b"content", &|step| {
            seen.borrow_mut().push(step);
            Ok(())
        })
        .unwrap();
        assert_eq!(seen.into_inner(), Step::ALL, "{way}");
        assert_eq!(std::fs::read(&path).unwrap(), b"content", "{way}");
        assert!(temporary(directory.path()).is_empty(), "{way}");
    }
}

#[test]
fn before_its_last_step_the_final_name_is_what_it_was() {
    for (way, publish, replaces) in WAYS {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        if replaces {
            std::fs::write(&path, b"old").unwrap();
        }
        publish(&path, b"other", &|step| {
            let found = std::fs::read(&path).ok();
            let expected: Option<&[u8]> = match step {
                Step::BeforeWrite | Step::BeforeFsync | Step::BeforeRename => replaces.then_some(b"old"),
                Step::AfterRename | Step::AfterDirectoryFsync => Some(b"other"),
            };
            assert_eq!(found.as_deref(), expected, "{way} {step:?}");
            Ok(())
        })
        .unwrap();
    }
}

#[test]
fn after_a_crash_the_file_is_whole_or_as_before_and_the_next_write_is_not_hindered() {
    for (way, publish, _) in WAYS {
        for fatal in Step::ALL {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("file");
            // Unwinding runs none of the cleaning that an error would, as a killed process runs none.
            let crash = AssertUnwindSafe(|| {
                publish(&path, b"first", &|step| {
                    if step == fatal {
                        std::panic::resume_unwind(Box::new("crash"));
                    }
                    Ok(())
                })
            });
            catch_unwind(crash).unwrap_err();
            let named = matches!(fatal, Step::AfterRename | Step::AfterDirectoryFsync);
            assert_eq!(std::fs::read(&path).ok(), named.then(|| b"first".to_vec()), "{way} {fatal:?}");
            let left = usize::from(matches!(fatal, Step::BeforeFsync | Step::BeforeRename));
            assert_eq!(temporary(directory.path()).len(), left, "{way} {fatal:?}");
            if !named {
                publish(&path, b"second", &unwatched).unwrap();
                assert_eq!(std::fs::read(&path).unwrap(), b"second", "{way} {fatal:?}");
            }
            Directory::named(directory.path()).unwrap().clean().unwrap();
            assert!(temporary(directory.path()).is_empty(), "{way} {fatal:?}");
            assert!(path.exists(), "{way} {fatal:?}");
        }
    }
}

#[test]
fn an_error_removes_what_was_written_in_part() {
    for (way, publish, _) in WAYS {
        let directory = tempfile::tempdir().unwrap();
        // A directory that holds something has the name: neither way can take it.
        let path = directory.path().join("file");
        std::fs::create_dir_all(path.join("inside")).unwrap();
        publish(&path, b"content", &unwatched).unwrap_err();
        assert!(temporary(directory.path()).is_empty(), "{way}");
        assert!(path.join("inside").exists(), "{way}");
    }
}

#[test]
fn an_error_at_any_step_is_told_and_leaves_no_temporary_file() {
    for (way, publish, _) in WAYS {
        for failing in Step::ALL {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("file");
            let failed = |step| if step == failing { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) };
            let error = publish(&path, b"content", &failed).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{way} {failing:?}");
            assert!(temporary(directory.path()).is_empty(), "{way} {failing:?}");
            // Where only the directory's sync failed, the file is there nevertheless, and whole.
            let named = matches!(failing, Step::AfterRename | Step::AfterDirectoryFsync);
            assert_eq!(std::fs::read(&path).ok(), named.then(|| b"content".to_vec()), "{way} {failing:?}");
        }
    }
}

#[test]
fn what_exists_is_created_by_nobody_and_stays() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    std::fs::write(&path, b"old").unwrap();
    let error = create_watched(&path, b"other", &unwatched).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    assert!(temporary(directory.path()).is_empty());
}

#[test]
fn a_path_without_a_name_is_refused() {
    for (way, publish, _) in WAYS {
        let error = publish(Path::new("/"), b"", &unwatched).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{way}");
    }
}

#[test]
fn two_writers_of_one_name_leave_one_of_their_files() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    let writers = [b'a', b'b', b'c', b'd'].map(|letter| {
        let path = path.clone();
        std::thread::spawn(move || {
            for _ in 0..50 {
                replace_watched(&path, &[letter; 4096], &unwatched).unwrap();
            }
        })
    });
    for writer in writers {
        writer.join().unwrap();
    }
    let found = std::fs::read(&path).unwrap();
    assert_eq!(found.len(), 4096);
    assert!(found.iter().all(|byte| *byte == found[0]));
    assert!(temporary(directory.path()).is_empty());
}

#[test]
fn of_many_who_create_one_name_one_succeeds() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || create_watched(&path, b"content", &unwatched).is_ok())
        })
        .collect();
    let created = writers.into_iter().map(|writer| writer.join().unwrap());
    assert_eq!(created.filter(|created| *created).count(), 1);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    #[test]
    fn the_file_is_for_its_owner_alone_from_its_first_byte() {
        for (way, publish, replaces) in WAYS {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("file");
            if replaces {
                std::fs::write(&path, b"old").unwrap();
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
            }
            publish(&path, b"content", &|step| {
                if step == Step::BeforeFsync {
                    let [name] = &temporary(directory.path())[..] else { panic!("{way}: no temporary file") };
                    let mode = std::fs::metadata(directory.path().join(name)).unwrap().mode();
                    assert_eq!(mode & 0o7777, 0o600, "{way}");
                }
                Ok(())
            })
            .unwrap();
            assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o7777, 0o600, "{way}");
        }
    }

    #[test]
    fn what_is_for_everybody_is_readable_once_it_is_whole() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("notice");
        let open = candor_durable::Directory::named(directory.path()).unwrap();
        for text in ["first", "second"] {
            open.replace_for_everybody("notice", text.as_bytes()).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o644);
        }
        open.replace("notice", b"for its owner").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        assert!(temporary(directory.path()).is_empty());
    }

    #[test]
    fn a_link_at_the_final_name_is_not_followed() {
        let directory = tempfile::tempdir().unwrap();
        let (path, target) = (directory.path().join("file"), directory.path().join("target"));
        for dangling in [false, true] {
            if !dangling {
                std::fs::write(&target, b"foreign").unwrap();
            }
            symlink(&target, &path).unwrap();
            let error = create_watched(&path, b"content", &unwatched).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
            replace_watched(&path, b"content", &unwatched).unwrap();
            assert!(!std::fs::symlink_metadata(&path).unwrap().is_symlink());
            assert_eq!(std::fs::read(&target).ok(), (!dangling).then(|| b"foreign".to_vec()));
            std::fs::remove_file(&path).unwrap();
            let _ = std::fs::remove_file(&target);
        }
    }

    #[test]
    fn a_link_at_a_temporary_name_is_not_followed() {
        for (way, publish, _) in WAYS {
            let directory = tempfile::tempdir().unwrap();
            let (path, target) = (directory.path().join("file"), directory.path().join("target"));
            std::fs::write(&target, b"foreign").unwrap();
            // Every name that this process may come to next.
            for number in 0..600 {
                let name = format!("{TEMPORARY}{}-{number}", std::process::id());
                symlink(&target, directory.path().join(name)).unwrap();
            }
            publish(&path, b"content", &unwatched).unwrap();
            assert_eq!(std::fs::read(&target).unwrap(), b"foreign", "{way}");
            assert_eq!(std::fs::read(&path).unwrap(), b"content", "{way}");
        }
    }
}
