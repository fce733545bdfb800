use super::{WORDS, is_placeholder};

#[test]
fn what_templates_leave_is_no_value() {
    for text in [
        "To Be Filled By O.E.M.",
        "To be filled by O.E.M.",
        "  TO BE FILLED BY O.E.M.  \n",
        "Default string",
        "System Serial Number",
        "System manufacturer",
        "None",
        "N/A",
        "0123456789",
        "123456789",
        "1234567890",
        "00000000",
        "0",
        "00000000-0000-0000-0000-000000000000",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        "xxxxxxx",
        "Not Specified",
        "Not Applicable",
        "No Asset Tag",
        "No Asset Information",
        "................",
        "-",
        "",
        " \n",
        "INVALID",
        "Unknown",
        "\u{fffd}\u{fffd}\u{fffd}\u{fffd}",
        "\u{fffd} \u{fffd}-",
        "0x00000000",
        "0xFFFFFFFF",
        "MB-1234567890",
        "AssetTagNum0",
        "SerNum0",
        "Asset-1234567890",
        "BSN12345678901234567",
    ] {
        assert!(is_placeholder(text), "{text:?}");
    }
}

#[test]
fn real_values_pass() {
    for text in [
        "Dell Inc.",
        "LENOVO",
        "QEMU",
        "HP",
        "Standard PC (Q35 + ICH9, 2009)",
        "ThinkPad X1 Carbon Gen 9",
        "5CG1234ABC",
        "PF2ABCDE",
        "VMware-56 4d 1c 2e",
        "1.2.0",
        "N2WET28W (1.18 )",
        "98765",
        "C02XK0AAJG5H",
        "机器",
        "OEM-2231",
        "XX",
        "0x5A11",
        "机\u{fffd}",
        "MB-1234567891",
        "SerNum01X",
    ] {
        assert!(!is_placeholder(text), "{text:?}");
    }
}

#[test]
fn the_table_is_in_the_form_it_is_compared_in_and_each_word_has_its_reason() {
    for (index, (word, reason)) in WORDS.iter().enumerate() {
        assert!(word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{word}");
        assert!(!reason.is_empty(), "{word}");
        assert!(WORDS[..index].iter().all(|(other, _)| other != word), "{word} twice");
    }
}
