use super::*;
use collector_proto::contract::Version1;
use collector_proto::time::UtcTime;
use uuid::Uuid;

fn digest(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}

/// A stream with these reports, of which so many are receipted.
fn streams(of: &[(&str, &[u64], u64)]) -> Streams {
    let stream = |(name, reports, receipted): &(&str, &[u64], u64)| {
        let reports = reports.iter().map(|seq| (*seq, digest(&format!("{name}{seq}")))).collect();
        ((*name).to_owned(), Stream { reports, receipted: vec![1..=1, 2..=*receipted] })
    };
    Streams(of.iter().map(stream).collect())
}

fn head(of: &[(&str, u64)]) -> Head {
    let told = of.iter().map(|(name, seq)| StreamHead {
        stream: (*name).to_owned(),
        seq: *seq,
        report_sha256: digest(&format!("{name}{seq}")),
    });
    Head {
        v: Version1,
        device_id: Uuid::nil(),
        collector: "c".to_owned(),
        nonce: "n".to_owned(),
        at: UtcTime::from_unix(0),
        streams: told.collect(),
    }
}

#[test]
fn what_the_collector_has_beyond_the_ledger_is_counted() {
    let ledger = streams(&[("a", &[2, 3], 3), ("b", &[1, 2], 2)]);
    assert_eq!(ledger.hold(&head(&[])), Ok(()));
    assert_eq!(ledger.hold(&head(&[("b", 2), ("a", 3)])), Ok(()));
    assert_eq!(ledger.hold(&head(&[("a", 1)])), Ok(()), "the digest was dropped");
    let more = |count, stream: &str, has, holds| {
        Err(OtherHistory::More { count, stream: stream.to_owned(), has, holds })
    };
    assert_eq!(ledger.hold(&head(&[("b", 2), ("a", 5)])), more(2, "a", 5, 3));
    assert_eq!(ledger.hold(&head(&[("c", 4), ("a", 5)])), more(6, "c", 4, 0));
    let mut forked = head(&[("b", 2)]);
    forked.streams[0].report_sha256 = digest("other");
    assert_eq!(ledger.hold(&forked), Err(OtherHistory::Forked { stream: "b".to_owned(), seq: 2 }));
}

#[test]
fn what_the_collector_lost_is_counted_where_it_tells_all() {
    let ledger = streams(&[("a", &[3], 3), ("b", &[1, 2, 3], 2)]);
    assert_eq!(ledger.lost_by(&head(&[("a", 3), ("b", 3)])), 0);
    assert_eq!(ledger.lost_by(&head(&[("a", 3), ("b", 2)])), 0, "the third of b is not receipted");
    assert_eq!(ledger.lost_by(&head(&[("a", 1), ("b", 1)])), 3);
    assert_eq!(ledger.lost_by(&head(&[("b", 2)])), 3);
    assert_eq!(ledger.lost_by(&head(&[])), 5);
    let names: Vec<String> = (0..MAX_HEAD_STREAMS).map(|number| number.to_string()).collect();
    let many: Vec<(&str, u64)> = names.iter().map(|name| (&**name, 1)).collect();
    assert_eq!(ledger.lost_by(&head(&many)), 0, "it may have left these out");
}
