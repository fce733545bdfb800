use super::remote::{Found, Remote};
use super::serve::Account;
use super::*;
use crate::host::broker::Broker as _;
use crate::host::system::FileSystem;
use crate::host::system::exchange::{Exchange, LocalStream};
use crate::host::{AccountId, Host, Place, if_present};
use crate::probe::shared::homes::Across;
use crate::treat::Owner;
use collector_proto::messages::Absence;
use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

const LIST: &str = "/home/*/.mozilla/firefox/*/extensions.json";
const PROFILE: &str = "home/anna/.mozilla/firefox/x";

/// Longer than anything takes that comes.
fn long() -> Instant {
    Instant::now() + Duration::from_mins(2)
}

struct Tree(tempfile::TempDir);

impl Tree {
    /// The homes of anna and ben, of which only anna's has an owner that may be a person where this process is not root.
    fn new() -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        tree.write(&format!("{PROFILE}/extensions.json"), "of anna");
        tree.write("home/ben/.mozilla/firefox/x/extensions.json", "of ben");
        for (home, uid) in [("home/anna", 1000), ("home/ben", 1001)] {
            // Whoever is not root gives nothing away, and has all of it.
            let _ = std::os::unix::fs::chown(tree.at(home), Some(uid), None);
        }
        tree
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
        fs::write(self.at(path), text).unwrap();
    }

    fn uid(&self, home: &str) -> u32 {
        fs::metadata(self.at(home)).unwrap().uid()
    }

    fn begin(&self) -> Begin {
        Begin {
            uid: self.uid("home/anna"),
            directories: vec!["/home/anna".into()],
            places: vec![LIST.into()],
        }
    }

    fn account(&self) -> Account {
        let account = Account::begin(&self.begin(), self.0.path());
        let account = account.unwrap_or_else(|reason| panic!("{reason}"));
        account.files.prepare(&account.sources.iter().copied().collect());
        account
    }
}

fn asking(names: &[&str], way: Way) -> Asking {
    Asking { place: 0, names: names.iter().map(|name| (*name).to_owned()).collect(), way }
}

fn content(account: &Account, names: &[&str]) -> Result<Vec<u8>, Unreadable> {
    match account.answer(&asking(names, Way::Content(1000))) {
        (Answered::Content, Some(content)) => Ok(content),
        (Answered::Not(reason), None) => Err(reason),
        _ => panic!("another answer"),
    }
}

#[test]
fn a_reader_that_was_taken_over_begins_with_nothing_but_an_accounts_own() {
    let tree = Tree::new();
    let begin = |change: &dyn Fn(&mut Begin)| {
        let mut begin = tree.begin();
        change(&mut begin);
        Account::begin(&begin, tree.0.path()).err()
    };
    assert_eq!(begin(&|_| {}), None);
    for uid in [0, 1, 999, 61_184, 65_534, 65_535, u32::MAX, 4242] {
        assert_eq!(begin(&|begin| begin.uid = uid), Some(Unreadable::Denied), "{uid}");
    }
    for directory in
        ["/home", "/home/", "/", "", "/etc", "/home/anna/.mozilla", "/home/nobody", "/home/anna/../ben"]
    {
        let refused = begin(&|begin| begin.directories.push(directory.to_owned()));
        assert_eq!(refused, Some(Unreadable::Denied), "{directory}");
    }
    for place in ["/etc/shadow", "/etc/passwd", "/home/*/.ssh/id_ed25519", "/home/**", "stat:/nix/store", ""]
    {
        let refused = begin(&|begin| begin.places.push(place.to_owned()));
        assert_eq!(refused, Some(Unreadable::Denied), "{place}");
    }
}

#[test]
fn and_asks_for_nothing_but_what_it_began_with() {
    let tree = Tree::new();
    let account = tree.account();
    assert_eq!(content(&account, &["anna", "x"]), Ok(b"of anna".to_vec()));
    for names in
        [&["ben", "x"][..], &["anna", ".."], &["..", "x"], &["anna", "x/y"], &["anna"], &[], &["anna", "\0"]]
    {
        assert!(content(&account, names).is_err(), "{names:?}");
    }
    let mut elsewhere = asking(&["anna", "x"], Way::Names);
    assert!(
        matches!(account.answer(&elsewhere), (Answered::Not(Unreadable::Odd), None)),
        "a file is not listed"
    );
    elsewhere.place = 1;
    assert!(matches!(account.answer(&elsewhere), (Answered::Not(Unreadable::Denied), None)));
    let others = account.answer(&asking(&["ben"], Way::Fill));
    assert!(matches!(others, (Answered::Not(Unreadable::Denied), None)));
    let all = account.answer(&asking(&[], Way::Fill));
    assert!(
        matches!(all, (Answered::Not(Unreadable::Denied), None)),
        "who has a home is no business of an account"
    );
}

#[test]
fn what_a_person_puts_there_neither_hangs_nor_leads_out_nor_ends_never() {
    let tree = Tree::new();
    let list = tree.at(PROFILE).join("extensions.json");
    let named = |prepare: &dyn Fn()| {
        fs::remove_file(&list).unwrap();
        prepare();
        content(&tree.account(), &["anna", "x"])
    };
    tree.write("etc/secret", "secret");
    assert_eq!(named(&|| symlink("/etc/secret", &list).unwrap()), Err(Unreadable::Denied));
    assert_eq!(
        named(&|| symlink("/home/ben/.mozilla/firefox/x/extensions.json", &list).unwrap()),
        Err(Unreadable::Denied)
    );
    assert_eq!(named(&|| symlink("extensions.json", &list).unwrap()), Err(Unreadable::Odd));
    let fifo = || nix::unistd::mkfifo(&list, nix::sys::stat::Mode::S_IRUSR).unwrap();
    assert_eq!(named(&fifo), Err(Unreadable::Odd));
    let huge = || fs::File::create(&list).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(named(&huge), Err(Unreadable::TooLarge));
}

/// A helper that does this with its connection, once it was begun with.
fn helper(does: impl FnOnce(UnixStream) + Send + 'static) -> (tempfile::TempDir, Remote) {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("socket");
    let listener = UnixListener::bind(&socket).unwrap();
    thread::spawn(move || does(listener.accept().unwrap().0));
    let sources = BTreeSet::from([SourcePlace::File(LIST)]);
    let remote = Remote::start(&socket, 1000, vec!["/home/anna".into()], &sources, long());
    (directory, remote.unwrap_or_else(|reason| panic!("{reason}")))
}

fn framed(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_le_bytes()[..], bytes].concat()
}

/// A helper that says this once it was asked, and nothing after it.
fn saying(says: Vec<u8>) -> (tempfile::TempDir, Remote) {
    helper(move |mut stream| {
        // The reader may hang up first.
        let _ = stream.write_all(&says);
        let _ = stream.read_to_end(&mut Vec::new());
    })
}

fn ask(remote: &mut Remote, within: Duration) -> Result<Found, Unreadable> {
    remote.ask(Place::of(LIST, &["anna", "x"]), Way::Content(1000), within)
}

const MINUTE: Duration = Duration::from_mins(1);

#[test]
fn a_helper_that_hangs_is_asked_once_and_its_account_is_too_large() {
    let (_directory, mut remote) = saying(vec![]);
    assert_eq!(remote.ready(Instant::now()).err(), Some(Unreadable::TooLarge));
    let (_directory, mut remote) = saying(framed(b"\"Content\"")[..7].to_vec());
    assert_eq!(ask(&mut remote, Duration::from_millis(50)).err(), Some(Unreadable::TooLarge));
    let since = Instant::now();
    assert_eq!(ask(&mut remote, MINUTE).err(), Some(Unreadable::TooLarge));
    assert!(since.elapsed() < MINUTE, "nobody waits for it again");
}

#[test]
fn a_helper_that_was_ready_while_another_hung_is_found() {
    let (written, is_written) = std::sync::mpsc::channel();
    let (_directory, mut remote) = helper(move |mut stream| {
        let ready = Ready { sandbox: Ok(Sandbox::default()) };
        stream.write_all(&framed(&serde_json::to_vec(&ready).unwrap())).unwrap();
        written.send(()).unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
    });
    is_written.recv().unwrap();
    let passed = Instant::now();
    assert!(remote.ready(passed).is_ok(), "the time was over, and it had said so before");
}

#[test]
fn a_helper_that_is_gone_is_no_home_without_anything() {
    let (_directory, mut remote) = helper(|mut stream| assert!(stream.read(&mut [0; 4]).is_ok()));
    assert_eq!(remote.ready(long()).err(), Some(Unreadable::Denied));
    assert_eq!(if_present(ask(&mut remote, MINUTE)).err(), Some(Unreadable::Denied));
}

#[test]
fn a_helper_that_says_something_else_is_not_asked_again() {
    for says in [
        framed(b"no JSON"),
        framed(br#"{"Link":"elsewhere"}"#),
        framed(br#"{"Names":["a"]}"#),
        framed(br#"{"sandbox":{"Ok":{}}}"#),
        u32::MAX.to_le_bytes().to_vec(),
    ] {
        let told = String::from_utf8_lossy(&says).into_owned();
        let (_directory, mut remote) = saying([says, framed(br#"{"Not":"Missing"}"#)].concat());
        let first = ask(&mut remote, MINUTE).err();
        assert!(matches!(first, Some(Unreadable::Odd | Unreadable::TooLarge)), "{told}: {first:?}");
        assert_eq!(ask(&mut remote, MINUTE).err(), first, "{told}");
    }
}

#[test]
fn more_than_was_asked_for_is_too_large_and_so_is_more_than_an_account_may_have() {
    let one_too_many = [framed(b"\"Content\""), framed(&[b' '; 1001]), framed(br#"{"Not":"Odd"}"#)].concat();
    let (_directory, mut remote) = saying(one_too_many);
    assert_eq!(ask(&mut remote, MINUTE).err(), Some(Unreadable::TooLarge));
    assert_eq!(ask(&mut remote, MINUTE).err(), Some(Unreadable::Odd), "the next answer is its own");

    let large = [framed(b"\"Content\""), framed(&vec![b' '; 7 << 20])].concat();
    let (_directory, mut remote) = helper(move |mut stream| while stream.write_all(&large).is_ok() {});
    let answers: Vec<_> = (0..20).map(|_| ask(&mut remote, MINUTE).err()).collect();
    assert_eq!(answers, [Some(Unreadable::TooLarge); 20]);
}

/// A launcher whose helpers read a tree, without becoming anybody. One for an account of `refused` does not begin.
fn launcher(tree: &Path, refused: Option<u32>) -> PathBuf {
    let socket = tree.join("socket");
    let listener = UnixListener::bind(&socket).unwrap();
    let root = tree.to_owned();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { break };
            let root = root.clone();
            thread::spawn(move || {
                stream.set_nonblocking(true).unwrap();
                let mut reader = Exchange::over(LocalStream::of(stream.into()));
                let Ok(begin) = reader.receive::<Begin>(long()) else { return };
                if Some(begin.uid) == refused {
                    return;
                }
                let Ok(account) = Account::begin(&begin, &root) else { return };
                account.files.prepare(&account.sources.iter().copied().collect());
                let ready = Ready { sandbox: Ok(Sandbox::default()) };
                if reader.send(&ready, long()).is_ok() {
                    account.answer_all(&mut reader, long());
                }
            });
        }
    });
    socket
}

fn text(host: &ByAccount, home: &str) -> Result<String, Unreadable> {
    let mut text = String::new();
    host.open(Place::of(LIST, &[home, "x"]), 1000)?.read_to_string(&mut text)?;
    Ok(text)
}

#[test]
fn each_account_is_asked_about_its_own_and_one_that_fails_costs_the_others_nothing() {
    let tree = Tree::new();
    let (anna, ben) = (tree.uid("home/anna"), tree.uid("home/ben"));
    if anna == ben {
        return;
    }
    tree.write("home/linuxbrew/.mozilla/firefox/x/extensions.json", "of the system");
    let sources = BTreeSet::from([SourcePlace::File(LIST), SourcePlace::File("/etc/os-release")]);
    for (refused, of_ben) in [(None, Ok("of ben".to_owned())), (Some(ben), Err(Unreadable::Denied))] {
        let _ = fs::remove_file(tree.at("socket"));
        let socket = launcher(tree.0.path(), refused);
        let host = ByAccount::launched_at(FileSystem::at(tree.0.path()), &socket);
        let prepared = host.prepare(&sources);
        assert_eq!(prepared.helpers.len(), if refused.is_some() { 1 } else { 2 });
        assert_eq!(text(&host, "anna").as_deref(), Ok("of anna"));
        assert_eq!(text(&host, "ben"), of_ben);
        let gave_up = ["anna", "ben", "linuxbrew"].map(|home| host.gave_up_on_home(home));
        assert_eq!(gave_up, [None, refused.map(|_| Unreadable::Denied), None]);
        assert_eq!(text(&host, "linuxbrew").as_deref(), Ok("of the system"), "by the reader itself");
        let homes = host.fill(Place::of(LIST, &[]));
        assert_eq!(homes, Ok(["anna", "ben", "linuxbrew"].map(str::to_owned).to_vec()));
        assert_eq!(host.fill(Place::of(LIST, &["anna"])), Ok(vec!["x".to_owned()]));
        assert!(host.changed(Place::of(LIST, &["anna", "x"]), Last::Followed).is_ok());
        // The reader opens nothing of theirs.
        assert_eq!(prepared.openings.iter().filter_map(crate::host::Opening::open).count(), 1);
    }
}

/// What reads a home may go on where a part of it cannot be had; not where nobody answers any more.
#[test]
fn of_a_home_that_stopped_answering_nothing_is_taken() {
    let tree = Tree::new();
    let ben = tree.uid("home/ben");
    if tree.uid("home/anna") == ben {
        return;
    }
    let socket = launcher(tree.0.path(), Some(ben));
    let mut host = Host::at(tree.0.path());
    host.broker = Box::new(ByAccount::launched_at(FileSystem::at(tree.0.path()), &socket));
    host.prepare(&[SourcePlace::File(LIST)].into());
    let across = Across::homes(&host, SourcePlace::File(LIST), 10, |home| Ok(vec![home.to_owned()]));
    let anna = Owner::account(AccountId::Uid(tree.uid("home/anna")));
    assert_eq!(across.items, [(anna, "anna".to_owned())]);
    assert_eq!(across.failure, Some(Absence::DeniedByOs));
}

#[test]
fn nobody_is_asked_where_there_is_no_launcher_or_no_home_is_needed() {
    let tree = Tree::new();
    let files = || FileSystem::at(tree.0.path());
    let alone = ByAccount::launched_at(files(), &tree.at("socket"));
    assert!(alone.prepare(&[SourcePlace::File(LIST)].into()).helpers.is_empty());
    assert_eq!(text(&alone, "anna").as_deref(), Ok("of anna"));

    let listener = UnixListener::bind(tree.at("socket")).unwrap();
    listener.set_nonblocking(true).unwrap();
    let host = ByAccount::launched_at(files(), &tree.at("socket"));
    assert!(
        host.prepare(&[SourcePlace::File("/etc/passwd"), SourcePlace::Look("/nix/store")].into())
            .helpers
            .is_empty()
    );
    assert!(listener.accept().is_err(), "nobody connected");
}
