//! What a collector, or a report, can do to the reports around it.

use super::*;
use crate::ship::Outbound;
use candor_uplink::UplinkError;
use collector_proto::contract::{CONTRACT, Contract};
use collector_proto::envelope::Envelope;
use collector_proto::http_signature::Nonce;
use collector_proto::limits::MAX_REPORT_WIRE_BYTES;
use collector_proto::messages::Documents;
use ring::rand::SystemRandom;

/// Packages that fit a report but do not compress.
fn noise(count: usize) -> Vec<collector_proto::value::Row> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
    let mut bits = vec![0; 100];
    (0..count)
        .map(|number| {
            SystemRandom::new().fill(&mut bits).unwrap();
            let version: String =
                bits.iter().map(|byte| char::from(LETTERS[usize::from(*byte % 64)])).collect();
            package(&format!("package-{number:05}"), &version)
        })
        .collect()
}

fn rhythm(fixture: &Fixture, now: UtcTime) -> Option<UtcTime> {
    let lock = StateLock::take(&fixture.paths).unwrap();
    let mut pipeline = Pipeline::open(&fixture.paths, fixture.reader(), &lock, Confined::default()).unwrap();
    pipeline.rhythm(now).unwrap().map(|(made, _)| made)
}

#[test]
fn a_report_too_large_for_the_wire_is_not_recorded_and_blocks_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    fixture.cycle(&[Reply::Refuse(ProblemKind::Busy)], start()).unwrap_err();
    fixture.answer(&noise(30_000));
    let error = fixture.cycle(&[], start().plus_seconds(60)).unwrap_err();
    match &error {
        CycleError::Ledger(LedgerError::TooLargeCompressed { bytes, limit: MAX_REPORT_WIRE_BYTES }) => {
            assert!(error.to_string().contains(&bytes.to_string()), "{error}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(fates(&fixture), [(1, Fate::Receipted)]);
    fixture.answer(&packages(4));
    fixture.cycle(&[], start().plus_seconds(120)).unwrap();
    assert_eq!(fates(&fixture), [(1, Fate::Receipted), (2, Fate::Receipted)]);
}

#[test]
fn a_report_that_the_collector_finds_too_large_is_kept_and_the_later_ones_go_on() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    let refused = [Reply::Refuse(ProblemKind::TooLarge)];
    fixture.cycle(&refused, start()).unwrap_err();
    let error = fixture.cycle(&refused, start().plus_seconds(60)).unwrap_err();
    assert!(matches!(error, CycleError::Ship(ShipError::Later { entry: 1, .. })), "{error:?}");
    assert_eq!(fates(&fixture), [(1, Fate::Unsent), (2, Fate::Receipted)]);
    // A larger bound at the collector: what was kept is delivered after all.
    fixture.resend(&[], start().plus_seconds(120)).unwrap();
    assert_eq!(fates(&fixture), [(1, Fate::Receipted), (2, Fate::Receipted)]);
    fixture.cycle(&[], start().plus_seconds(180)).unwrap();
}

#[test]
fn sending_again_says_that_a_report_has_to_be_made_again() {
    for kind in [ProblemKind::Resync, ProblemKind::Equivocation] {
        let directory = tempfile::tempdir().unwrap();
        let fixture = Fixture::at(directory.path());
        fixture.cycle(&[], start()).unwrap();
        let later = start().plus_seconds(3600);
        fixture.cycle(&[Reply::Refuse(ProblemKind::Busy)], later).unwrap_err();
        assert_eq!(rhythm(&fixture, later), Some(later));
        let outcome = fixture.resend(&[Reply::Refuse(kind)], later).unwrap();
        assert!(outcome.remake);
        // The refused report does not count: the next one is due as if it had not been made.
        assert_eq!(rhythm(&fixture, later), Some(start()));
        assert!(!fixture.cycle(&[], later).unwrap().remake);
        assert_eq!(rhythm(&fixture, later), Some(later));
    }
}

#[test]
fn a_report_refused_for_good_counts_so_that_the_next_one_does_not_follow_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    fixture.cycle(&[], start()).unwrap();
    let later = start().plus_seconds(3600);
    fixture.cycle(&[Reply::Refuse(ProblemKind::OverCollection)], later).unwrap();
    assert_eq!(rhythm(&fixture, later), Some(later));
}

#[test]
fn a_remade_report_that_is_refused_as_well_is_not_a_success() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    let error = fixture.cycle(&[Reply::Refuse(ProblemKind::Resync); 2], start()).unwrap_err();
    assert!(matches!(error, CycleError::Remade { entry: 2 }), "{error:?}");
    assert!(error.heals());
}

#[test]
fn after_the_last_number_nothing_is_recorded() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    fixture.cycle(&[], start()).unwrap();
    for kind in ["report", "receipt"] {
        let ledger = fixture.paths.ledger();
        std::fs::rename(ledger.join(format!("0000000001.{kind}")), ledger.join(format!("9999999999.{kind}")))
            .unwrap();
    }
    let error = fixture.cycle(&[], start()).unwrap_err();
    assert!(matches!(error, CycleError::Ledger(LedgerError::Full { .. })), "{error:?}");
    assert_eq!(std::fs::read_dir(fixture.paths.ledger()).unwrap().count(), 2);
}

/// A collector that gives these documents, or refuses, and takes no report.
struct Giver(Result<Documents, ProblemKind>);

impl CollectorLink for Giver {
    async fn documents(
        &self,
        _: &SigningKey,
        _: Option<u64>,
        _: UtcTime,
        _: &dyn SecureRandom,
    ) -> Result<Documents, UplinkError> {
        self.0.clone().map_err(|kind| UplinkError::Problem {
            address: "https://collector.example".to_owned(),
            status: kind.status(),
            problem: Box::new(kind.problem(None)),
            retry_after: None,
        })
    }

    fn collector_contract(&self) -> Option<Contract> {
        Some(CONTRACT)
    }

    async fn head(&self, _: &SigningKey, _: UtcTime, _: &Nonce) -> Result<Envelope, UplinkError> {
        Err(UplinkError::Truncated { address: "https://collector.example".to_owned(), cause: None })
    }

    async fn deliver(&self, _: &Outbound<'_>) -> Result<Envelope, UplinkError> {
        Err(UplinkError::Truncated { address: "https://collector.example".to_owned(), cause: None })
    }
}

/// Code of the refusal of a cycle against this collector.
fn refusal(fixture: &Fixture, given: Option<Documents>, now: UtcTime) -> String {
    let lock = StateLock::take(&fixture.paths).unwrap();
    let mut pipeline = Pipeline::open(&fixture.paths, fixture.reader(), &lock, Confined::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    match runtime.block_on(pipeline.cycle(
        &Giver(given.ok_or(ProblemKind::BadSignature)),
        &|| now,
        &SystemRandom::new(),
    )) {
        Err((_, CycleError::NotInForce(refused))) => refused.code().to_owned(),
        Err((_, other)) => panic!("{other:?}"),
        Ok(_) => panic!("it was not refused"),
    }
}

#[test]
fn a_clock_behind_is_named_before_the_collector_finds_the_signature_bad() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    fixture.cycle(&[], start().plus_seconds(3600)).unwrap();
    assert_eq!(refusal(&fixture, None, start()), "clock_behind");
}

#[test]
fn documents_that_need_a_newer_program_stop_the_collection_under_those_that_are_kept() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    fixture.cycle(&[], start()).unwrap();
    let lock = StateLock::take(&fixture.paths).unwrap();
    let mut pipeline = Pipeline::open(&fixture.paths, fixture.reader(), &lock, Confined::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let now = start().plus_seconds(60);
    let giver = Giver(Err(ProblemKind::NotUnderstood));
    match runtime.block_on(pipeline.cycle(&giver, &|| now, &SystemRandom::new())) {
        Err((_, error @ CycleError::NeedsNewer(_))) => {
            assert_eq!(error.to_string(), "the policy needs a newer Candor; nothing is collected");
        }
        Err((_, other)) => panic!("{other:?}"),
        Ok(_) => panic!("something was collected"),
    }
    drop(pipeline);
    drop(lock);
    // Without a connection that still holds: what followed the kept documents is in force, and is not known.
    let waiting = fates(&fixture);
    assert_eq!(not_in_force(&fixture.cycle(&[Reply::Away], now).unwrap_err()), "not_understood");
    assert_eq!(fates(&fixture), waiting);
    // Documents that are understood end it.
    fixture.cycle(&[], now).unwrap();
    assert!(matches!(fixture.cycle(&[Reply::Away], now), Err(CycleError::Unreachable(_))));
}

#[test]
fn a_refusal_tells_what_the_collector_understands_and_a_silence_forgets_nothing() {
    let held = HeldDocuments::given(Documents::default(), None);
    let two = Contract::new(2);
    let refused = held.after_refusal(two, false).unwrap();
    assert_eq!((refused.collector_contract(), refused.is_superseded()), (two, false));
    assert!(refused.after_refusal(None, false).is_none());
    let superseded = refused.after_refusal(None, true).unwrap();
    assert_eq!((superseded.collector_contract(), superseded.is_superseded()), (two, true));
    assert!(superseded.after_refusal(two, false).is_none());
}

#[test]
fn worse_documents_are_refused_and_do_not_replace_good_ones() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    let now = start().plus_seconds(60);
    fixture.cycle(&[], now).unwrap();
    let kept = std::fs::read(fixture.paths.documents()).unwrap();
    let good = fixture.documents(now);
    let worse = [
        ("timestamp_invalid", Documents::default()),
        ("timestamp_invalid", Documents { timestamp: good.policies.last().cloned(), ..good.clone() }),
        ("no_policy", Documents { policies: Vec::new(), ..good.clone() }),
        (
            "policy_not_signed",
            Documents { policies: good.timestamp.iter().cloned().collect(), ..good.clone() },
        ),
        ("timestamp_rolled_back", fixture.documents(start())),
    ];
    for (code, documents) in worse {
        assert_eq!(refusal(&fixture, Some(documents), now), code);
        assert_eq!(std::fs::read(fixture.paths.documents()).unwrap(), kept, "{code}");
    }
    // They serve on while the collector is away, and a better answer replaces them.
    assert!(matches!(fixture.cycle(&[Reply::Away], now), Err(CycleError::Unreachable(_))));
    fixture.cycle(&[], now.plus_seconds(60)).unwrap();
    assert_ne!(std::fs::read(fixture.paths.documents()).unwrap(), kept);
}

/// What the reader was asked since this was last looked at.
fn asked(fixture: &Fixture) -> Vec<String> {
    let file = fixture.paths.reader().join("asked");
    let asked = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    asked.lines().map(str::to_owned).collect()
}

#[test]
fn what_was_given_is_judged_with_the_reading_and_by_a_question_of_its_own_only_where_none_follows() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    let now = start().plus_seconds(60);
    fixture.cycle(&[], now).unwrap();
    assert_eq!(asked(&fixture), ["ceiling", "disclose and judge", "ledger"]);
    // What this program refuses, the reader puts on record as well.
    refusal(&fixture, Some(Documents::default()), now);
    assert_eq!(asked(&fixture), ["ceiling", "given"]);
    // Nothing was given: nobody judges what is kept once more.
    fixture.cycle(&[Reply::Away], now).unwrap_err();
    assert_eq!(asked(&fixture), ["ceiling", "disclose", "ledger"]);
    fixture.resend(&[], now).unwrap();
    assert_eq!(asked(&fixture), ["ceiling", "given", "status"]);
}

#[test]
fn where_nothing_good_is_kept_the_answer_is_kept_so_that_status_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    let given = Documents { policies: Vec::new(), ..fixture.documents(start()) };
    assert_eq!(refusal(&fixture, Some(given), start()), "no_policy");
    assert!(documents::load(&fixture.paths).unwrap().timestamp.is_some());
}

#[test]
fn kept_documents_that_cannot_be_read_are_fetched_again() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::at(directory.path());
    fixture.cycle(&[], start()).unwrap();
    std::fs::write(fixture.paths.documents(), b"{\"roots\": [").unwrap();
    fixture.cycle(&[], start()).unwrap();
    assert!(documents::load(&fixture.paths).unwrap().policies.len() == 1);
    // The receipt still holds the clock.
    std::fs::write(fixture.paths.documents(), b"x").unwrap();
    let early = UtcTime::from_unix(start().unix() - 3600);
    let given = fixture.documents(early);
    assert_eq!(refusal(&fixture, Some(given), early), "clock_behind");
}
