//! An account that asks as fast as it can, from many threads: `flood SOCKET CONNECTIONS`. Writes as JSON what came of it.
#![expect(clippy::expect_used, reason = "a flood that cannot be tried says why and fails")]

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

const THREADS: usize = 16;

const QUESTION: &[u8] = br#"{"op":"device","contract":1}"#;

/// How many connections ended in which way.
#[derive(Default)]
struct Ends {
    answered: usize,
    refused: usize,
    other: usize,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(socket), Some(connections)) = (arguments.next(), arguments.next()) else {
        panic!("flood SOCKET CONNECTIONS");
    };
    let connections: usize = connections.parse().expect("a number");
    let (left, ends, since) = (AtomicUsize::new(connections), Mutex::new(Ends::default()), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut own = Ends::default();
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
                    .is_ok()
                {
                    let answer = ask(&socket);
                    if answer.contains("too_many_questions") {
                        own.refused += 1;
                    } else if answer.starts_with(r#"{"answer":"device""#) {
                        own.answered += 1;
                    } else {
                        own.other += 1;
                    }
                }
                let mut ends = ends.lock().expect("the ends");
                ends.answered += own.answered;
                ends.refused += own.refused;
                ends.other += own.other;
            });
        }
    });
    let Ends { answered, refused, other } = ends.into_inner().expect("the ends");
    let millis = u64::try_from(since.elapsed().as_millis()).expect("a short time");
    let said =
        serde_json::json!({"answered": answered, "refused": refused, "other": other, "millis": millis});
    writeln!(std::io::stdout(), "{said}").expect("standard output");
}

/// What was answered, as far as it came.
fn ask(socket: &str) -> String {
    let mut answer = Vec::new();
    let asked = UnixStream::connect(socket).and_then(|mut stream| {
        let _ = stream.write_all(QUESTION).and_then(|()| stream.shutdown(Shutdown::Write));
        stream.read_to_end(&mut answer)
    });
    let _ = asked;
    String::from_utf8_lossy(&answer).into_owned()
}
