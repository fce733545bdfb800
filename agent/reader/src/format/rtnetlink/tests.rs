use super::*;
use proptest::prelude::*;

/// A message with this type, flags and content.
fn message(kind: u16, flags: u16, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(HEADER_BYTES + content.len()).unwrap();
    let mut bytes = [
        &length.to_ne_bytes()[..],
        &kind.to_ne_bytes(),
        &flags.to_ne_bytes(),
        &SERIAL.to_ne_bytes(),
        &77_u32.to_ne_bytes(),
        content,
    ]
    .concat();
    bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
    bytes
}

fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(ATTRIBUTE_HEADER_BYTES + value.len()).unwrap();
    let mut bytes = [&length.to_ne_bytes()[..], &kind.to_ne_bytes(), value].concat();
    bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
    bytes
}

/// An RTM_NEWADDR.
fn of(family: u8, interface: u32, attributes: &[Vec<u8>]) -> Vec<u8> {
    let content = [&[family, 24, 0x80, 0][..], &interface.to_ne_bytes(), &attributes.concat()].concat();
    message(NEW_ADDRESS, 2, &content)
}

type Found = Vec<(u32, String)>;

fn read(datagrams: &[Vec<u8>]) -> Result<(Found, Option<Progress>), FormatError> {
    let mut reader = Reader::default();
    let mut progress = None;
    for datagram in datagrams {
        progress = Some(reader.take(datagram)?);
    }
    let addresses = reader.addresses.iter().map(|found| (found.interface, found.address.to_string()));
    Ok((addresses.collect(), progress))
}

#[test]
fn our_own_end_is_the_address_and_everything_else_is_passed_over() {
    let label = attribute(3, b"eth0:1\0");
    let first = [
        of(INET, 1, &[attribute(ADDRESS, &[127, 0, 0, 1]), attribute(LOCAL, &[127, 0, 0, 1]), label.clone()]),
        // A line with two ends: the other one's address comes first.
        of(INET, 7, &[attribute(ADDRESS, &[10, 0, 0, 2]), attribute(LOCAL, &[10, 0, 0, 1]), label]),
    ]
    .concat();
    let second = [
        of(INET6, 2, &[attribute(ADDRESS, &[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])]),
        // Phonet.
        of(35, 3, &[attribute(ADDRESS, &[1])]),
        of(INET, 4, &[]),
    ]
    .concat();
    let done = message(DONE, 2, &[0; 4]);
    let expected = [(1, "127.0.0.1"), (7, "10.0.0.1"), (2, "2001:db8::1")];
    let expected: Found =
        expected.into_iter().map(|(interface, address)| (interface, address.to_owned())).collect();
    assert_eq!(read(&[first.clone(), second.clone()]), Ok((expected.clone(), Some(Progress::More))));
    assert_eq!(read(&[first, second, done]), Ok((expected, Some(Progress::Done))));
}

#[test]
fn refusals_and_changes_are_told_apart() {
    let refused = message(ERROR, 0, &(-1_i32).to_ne_bytes());
    assert_eq!(read(&[refused]), Ok((Vec::new(), Some(Progress::Refused))));
    let mut reader = Reader::default();
    assert_eq!(reader.take(&message(DONE, DUMP_INTERRUPTED, &[0; 4])), Ok(Progress::Done));
    assert!(reader.is_interrupted);
}

#[test]
fn what_does_not_answer_the_request_is_malformed() {
    let good = of(INET, 1, &[attribute(LOCAL, &[127, 0, 0, 1])]);
    let with = |at: usize, bytes: &[u8]| {
        let mut message = good.clone();
        message[at..at + bytes.len()].copy_from_slice(bytes);
        message
    };
    for (what, datagram) in [
        ("another serial", with(8, &2_u32.to_ne_bytes())),
        // RTM_NEWLINK.
        ("a link", with(4, &16_u16.to_ne_bytes())),
        ("no length", with(0, &0_u32.to_ne_bytes())),
        ("too long", with(0, &1000_u32.to_ne_bytes())),
        ("an attribute without length", with(24, &0_u16.to_ne_bytes())),
        ("an attribute that is too long", with(24, &100_u16.to_ne_bytes())),
        ("another length of address", with(16, &[INET6])),
        ("cut off", good[..20].to_vec()),
    ] {
        assert_eq!(read(&[datagram]), Err(FormatError::Malformed), "{what}");
    }
    let many = good.repeat(1024);
    assert_eq!(read(&vec![many; 65]), Err(FormatError::TooLarge));
}

#[test]
fn only_addresses_are_asked_for() {
    let content = [0; CONTENT_BYTES];
    let mut expected = message(GET_ADDRESS, REQUEST | DUMP, &content);
    // The port is the kernel's to fill in.
    expected[12..16].fill(0);
    assert_eq!(request().to_vec(), expected);
}

proptest! {
    #[test]
    fn anything_ends(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&[bytes]);
    }
}
