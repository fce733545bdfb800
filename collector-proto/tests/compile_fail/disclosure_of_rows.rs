//! Only a parsed message becomes a disclosure; rows do not, even where the permit allows them.
use collector_proto::disclosure::{Disclosure, TreatedRows};
use collector_proto::policy::{Permit, Signed};

fn forge(rows: TreatedRows, permit: &Permit<Signed>) -> Disclosure<Signed> {
    rows.within(permit).unwrap().under(permit).unwrap()
}

fn main() {
    let _ = forge;
}
