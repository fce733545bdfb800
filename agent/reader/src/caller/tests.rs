use super::*;
use crate::host::AccountId;

#[test]
fn every_caller_may_ask_for_what_the_table_says() {
    let expected = [
        (Operation::PinRoot, [true, false, false]),
        (Operation::Disclose, [true, true, false]),
        (Operation::Preview, [true, false, true]),
        (Operation::PreviewForEverybody, [true, false, false]),
        (Operation::ReadDraft, [true, false, false]),
        (Operation::ShowStatus, [true, true, true]),
        (Operation::RecordCustody, [true, false, true]),
        (Operation::ShowCustody, [true, false, true]),
        (Operation::ShowReadings, [true, false, true]),
        (Operation::RecordLedger, [true, true, false]),
        (Operation::Acknowledge, [true, false, true]),
        (Operation::KeepDocuments, [true, true, false]),
        (Operation::JudgeGiven, [true, true, false]),
        (Operation::RecordShown, [true, false, false]),
        (Operation::ShowHistory, [true, true, true]),
        (Operation::ShowDevice, [true, true, true]),
        (Operation::ListSent, [true, false, true]),
        (Operation::ShowSent, [true, false, true]),
        (Operation::VerifySent, [true, false, true]),
        (Operation::SummariseSent, [true, false, true]),
        (Operation::SetCeiling, [true, false, false]),
        (Operation::ShowCeiling, [true, true, true]),
        (Operation::SetTenantKey, [true, false, false]),
    ];
    assert_eq!(expected.map(|(operation, _)| operation), Operation::ALL);
    for (operation, allowed) in expected {
        let may = [Caller::Equal, Caller::Agent, Caller::Other].map(|caller| caller.may(operation));
        assert_eq!(may, allowed, "{operation}");
    }
}

#[test]
fn the_kernel_says_who_is_at_the_other_end() {
    let agent = AccountId::Uid(54_320);
    let of = |peer: &Peer| Caller::of(peer, Some(&agent));
    assert_eq!(of(&Peer::Parent), Caller::Equal);
    assert_eq!(of(&Peer::Account(AccountId::Uid(0))), Caller::Equal);
    assert_eq!(of(&Peer::Account(agent.clone())), Caller::Agent);
    assert_eq!(Caller::of(&Peer::Account(agent.clone()), None), Caller::Other);
    assert_eq!(of(&Peer::Account(AccountId::Uid(54_321))), Caller::Other);
    assert_eq!(of(&Peer::Unknown), Caller::Other);
    let viewer = |peer: &Peer| of(peer).viewer(peer);
    let account = Peer::Account(AccountId::Uid(54_321));
    assert_eq!(viewer(&account), Viewer::Account(AccountId::Uid(54_321)));
    assert_eq!(viewer(&Peer::Account(agent.clone())), Viewer::Everyone, "the report");
    assert_eq!([viewer(&Peer::Parent), viewer(&Peer::Unknown)], [Viewer::Everyone, Viewer::Nobody]);
    if let Some(own) = host::own_account() {
        assert_eq!(of(&Peer::Account(own.clone())), Caller::Equal);
        assert_eq!(Caller::of(&Peer::Account(own.clone()), Some(&own)), Caller::Equal);
        assert_eq!([split(Some(&agent)), split(Some(&own))], [Split::Enforced, Split::NotEnforced]);
    }
    assert_eq!([split(None), split(Some(&AccountId::Uid(0)))], [Split::NotEnforced; 2]);
}
