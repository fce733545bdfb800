use super::*;
use crate::cli::Exit;
use collector_proto::time::Span;

fn made() -> UtcTime {
    UtcTime::from_unix(1_000_000)
}

fn rhythm() -> Rhythm {
    Rhythm { made: made(), every: Span::from_seconds(3600) }
}

fn hindered(next: ServiceStep, retry_after: Duration, rhythm: Option<Rhythm>) -> StepEnd {
    let message = "the collector is away".to_owned();
    let (exit, next, retry_after) = (Exit::Unreachable, Some(next), Some(retry_after));
    StepEnd::Failed(Hindrance { message, exit, next, retry_after, rhythm })
}

fn after(end: StepEnd) -> Due {
    Due::after(end, &mut Backoff::new(), &SystemRandom::new())
}

#[test]
fn without_a_rhythm_a_report_is_made_at_once() {
    for end in [StepEnd::Remake, StepEnd::ToBeShown, StepEnd::Done { rhythm: None }] {
        assert_eq!(after(end).first(made()), (ServiceStep::Report, Duration::ZERO));
    }
}

#[test]
fn the_next_report_follows_the_rhythm() {
    let due = after(StepEnd::Done { rhythm: Some(rhythm()) });
    let (step, wait) = due.first(made());
    assert_eq!(step, ServiceStep::Report);
    assert!((3600..=3960).contains(&wait.as_secs()), "{wait:?}");
    // The clock counts, also where nothing counted the time in between.
    assert_eq!(due.first(made().plus_seconds(4000)), (ServiceStep::Report, Duration::ZERO));
}

#[test]
fn what_failed_is_tried_again_and_reports_are_made_meanwhile() {
    let asked = Duration::from_mins(30);
    let mut due = after(hindered(ServiceStep::Resend, asked, Some(rhythm())));
    let (step, wait) = due.first(made());
    assert_eq!(step, ServiceStep::Resend);
    assert!(wait >= asked, "{wait:?}");
    due.slept(wait);
    assert_eq!(due.first(made().plus_seconds(1800)), (ServiceStep::Resend, Duration::ZERO));
    let due = after(hindered(ServiceStep::Resend, asked, Some(rhythm())));
    assert_eq!(due.first(made().plus_seconds(4000)), (ServiceStep::Report, Duration::ZERO));
    let due = after(hindered(ServiceStep::Report, asked, None));
    assert_eq!(due.first(made().plus_seconds(4000)), (ServiceStep::Report, due.first(made()).1));
    assert!(due.first(made()).1 >= asked);
}

#[test]
fn an_answer_survives_the_pipe() {
    for end in [
        StepEnd::Done { rhythm: Some(rhythm()) },
        StepEnd::Done { rhythm: None },
        StepEnd::Remake,
        StepEnd::ToBeShown,
        hindered(ServiceStep::Resend, Duration::from_secs(7), Some(rhythm())),
    ] {
        let text = serde_json::to_string(&end).unwrap();
        assert_eq!(serde_json::from_str::<StepEnd>(&text).unwrap(), end, "{text}");
    }
}
