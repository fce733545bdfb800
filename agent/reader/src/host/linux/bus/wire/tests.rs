use super::*;
use proptest::prelude::*;

fn decoded<T: Typed>(bytes: &[u8]) -> Option<T> {
    let mut decoder = Decoder::of(bytes, false);
    T::decode(&mut decoder).filter(|_| decoder.is_at_end())
}

#[test]
fn arguments_are_written_as_the_specification_shows() {
    let arguments = Arguments::none().text("foo").number(7).variant(&Arguments::none().text("x"));
    assert_eq!(arguments.signature(), "suv");
    assert_eq!(arguments.body(), b"\x03\0\0\0foo\0\x07\0\0\0\x01s\0\0\x01\0\0\0x\0");
}

#[test]
fn values_are_taken_in_both_byte_orders() {
    let mut big = Decoder::of(b"\0\0\0\x03foo\0", true);
    assert_eq!(big.text(), Some("foo"));
    assert_eq!(decoded::<String>(b"\x03\0\0\0foo\0").as_deref(), Some("foo"));
    assert_eq!(decoded::<(u32, bool)>(b"\x07\0\0\0\x01\0\0\0"), Some((7, true)));
    assert_eq!(decoded::<Vec<u8>>(b"\x02\0\0\0\xff\0"), Some(vec![255, 0]));
    // Elements of eight bytes: the padding before the first does not count into the length.
    assert_eq!(decoded::<Vec<(u32, bool)>>(b"\x08\0\0\0\0\0\0\0\x07\0\0\0\0\0\0\0"), Some(vec![(7, false)]));
    assert_eq!(decoded::<f64>(&1.5_f64.to_le_bytes()), Some(1.5));
    assert_eq!(decoded::<i32>(b"\xff\xff\xff\xff"), Some(-1));
    assert_eq!(decoded::<Variant<u32>>(b"\x01u\0\0\x07\0\0\0").map(|v| v.0), Some(7));
    assert_eq!(<Vec<(String, u32, String, String, ObjectPath)>>::signature(), "a(susso)");
}

#[test]
fn what_is_not_what_it_claims_is_refused() {
    assert_eq!(decoded::<String>(b"\x03\0\0\0foo"), None);
    assert_eq!(decoded::<String>(b"\x03\0\0\0foox"), None);
    assert_eq!(decoded::<String>(b"\x03\0\0\0f\0o\0"), None);
    assert_eq!(decoded::<String>(b"\x01\0\0\0\xff\0"), None);
    assert_eq!(decoded::<String>(b"\xff\xff\xff\xfffoo\0"), None);
    assert_eq!(decoded::<bool>(b"\x02\0\0\0"), None);
    assert_eq!(decoded::<Vec<u32>>(b"\x06\0\0\0\0\0\0\0\0\0\0\0"), None);
    assert_eq!(decoded::<Vec<u32>>(b"\xff\xff\xff\xff\0\0\0\0"), None);
    assert!(decoded::<Variant<u32>>(b"\x01i\0\0\x07\0\0\0").is_none());
    assert!(decoded::<ObjectPath>(b"\x02\0\0\0a/\0").is_none());
    assert!(decoded::<ObjectPath>(b"\x05\0\0\0/a b\x07\0").is_none());
}

proptest! {
    #[test]
    fn no_bytes_lead_astray(bytes in proptest::collection::vec(any::<u8>(), 0..64), is_big_endian: bool) {
        type Listed = Vec<(String, u32, String, String, ObjectPath)>;
        let of = || Decoder::of(&bytes, is_big_endian);
        let _ = (Listed::decode(&mut of()), Variant::<Vec<String>>::decode(&mut of()));
        let _ = (f64::decode(&mut of()), Vec::<Vec<u8>>::decode(&mut of()));
    }
}
