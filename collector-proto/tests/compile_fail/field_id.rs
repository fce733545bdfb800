//! A field that the catalogue does not declare cannot be named.
use collector_proto::catalog::FieldId;

fn main() {
    let _ = FieldId(7);
    let _ = FieldId::at(7);
}
