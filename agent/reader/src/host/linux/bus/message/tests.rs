use super::*;
use proptest::prelude::*;

/// A return to call 7 with the text `ok`, in little-endian order.
fn a_reply() -> Vec<u8> {
    let mut bytes = b"l\x02\0\x01\x07\0\0\0\x09\0\0\0\x0f\0\0\0".to_vec();
    bytes.extend(b"\x05\x01u\0\x07\0\0\0\x08\x01g\0\x01s\0\0");
    bytes.extend(b"\x02\0\0\0ok\0");
    bytes
}

/// An error in big-endian order.
fn an_error(name: &str) -> Vec<u8> {
    let length = u8::try_from(name.len()).unwrap();
    let mut fields = b"\x05\x01u\0\0\0\0\x07\x04\x01s\0\0\0\0".to_vec();
    fields.push(length);
    fields.extend(name.as_bytes());
    fields.push(0);
    let mut bytes = b"B\x03\0\x01\0\0\0\0\0\0\0\x09\0\0\0".to_vec();
    bytes.push(u8::try_from(fields.len()).unwrap());
    bytes.extend(fields);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

#[test]
fn a_call_has_the_form_of_the_specification() {
    let arguments = Arguments::none().text("x");
    let call = Call {
        destination: "a.b",
        path: "/p",
        interface: "c.d",
        member: "M",
        arguments: &arguments,
        is_started: false,
    };
    let bytes = call.encode(3, true);
    let mut expected = b"l\x01\x02\x01\x06\0\0\0\x03\0\0\0\x47\0\0\0".to_vec();
    expected.extend(b"\x01\x01o\0\x02\0\0\0/p\0\0\0\0\0\0\x02\x01s\0\x03\0\0\0c.d\0\0\0\0\0");
    expected.extend(b"\x03\x01s\0\x01\0\0\0M\0\0\0\0\0\0\0\x06\x01s\0\x03\0\0\0a.b\0\0\0\0\0");
    expected.extend(b"\x08\x01g\0\x01s\0\0\x01\0\0\0x\0");
    assert_eq!(bytes, expected);
    assert_eq!(length(&bytes), Ok(bytes.len()));
    assert_eq!(Call { is_started: true, ..call }.encode(3, false).get(2), Some(&NO_REPLY_EXPECTED));
}

#[test]
fn answers_are_taken_apart() {
    let reply = reply(&a_reply()).unwrap().unwrap();
    assert_eq!(reply.to, 7);
    assert_eq!(reply.decode::<String>(), Ok("ok".to_owned()));
    assert_eq!(reply.decode::<u32>(), Err(Unreadable::Odd));
    assert_eq!(reply.decode::<()>(), Err(Unreadable::Odd));
}

#[test]
fn refusals_are_told_apart_from_what_is_not_there() {
    for (name, reason) in [
        ("org.freedesktop.DBus.Error.AccessDenied", Unreadable::Denied),
        ("org.freedesktop.DBus.Error.ServiceUnknown", Unreadable::Missing),
        ("org.freedesktop.DBus.Error.NameHasNoOwner", Unreadable::Missing),
        ("x.y", Unreadable::Missing),
    ] {
        let bytes = an_error(name);
        assert_eq!(length(&bytes), Ok(bytes.len()), "{name}");
        assert_eq!(reply(&bytes).unwrap().unwrap().decode::<()>(), Err(reason), "{name}");
    }
}

#[test]
fn what_answers_nothing_is_passed_over_and_what_is_broken_is_odd() {
    let mut signal = a_reply();
    signal[1] = 4;
    assert!(reply(&signal).unwrap().is_none());
    // A return without the call's serial, and one that calls itself an error.
    let mut lost = a_reply();
    lost[16] = 9;
    assert_eq!(reply(&lost).err(), Some(Unreadable::Odd));
    let mut nameless = a_reply();
    nameless[1] = 3;
    assert_eq!(reply(&nameless).err(), Some(Unreadable::Odd));
    assert_eq!(length(b"l\x02\0\x01\0\0\x10\0\0\0\0\0\0\0\0\0"), Err(Unreadable::TooLarge));
    assert_eq!(length(b"x\x02\0\x01\0\0\0\0\0\0\0\0\0\0\0\0"), Err(Unreadable::Odd));
    assert_eq!(length(b"l\x02"), Err(Unreadable::Odd));
}

proptest! {
    #[test]
    fn no_message_leads_astray(flips in proptest::collection::vec((0_usize..39, any::<u8>()), 1..6)) {
        let mut bytes = a_reply();
        for (at, byte) in flips {
            bytes[at] = byte;
        }
        let _ = length(&bytes);
        if let Ok(Some(reply)) = reply(&bytes) {
            let _ = reply.decode::<String>();
        }
    }
}
