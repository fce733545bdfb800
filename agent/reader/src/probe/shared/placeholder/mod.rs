//! Firmware fields that nobody filled in.
//!
//! Board makers ship SMBIOS templates; what they leave in them is the same on every machine. Sent on, it would look
//! like a maker, a model or an identity. The words are those that dmidecode, systemd's hwdb and inventory agents
//! (GLPI, OCS) meet in the field.

/// Whether the text says nothing about this machine.
pub fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let word: String =
        text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if word.is_empty() {
        // Dots, dashes, spaces, control characters, or U+FFFD, which is what erased flash (0xFF) is read as.
        return !text.chars().any(char::is_alphanumeric);
    }
    // A number in hexadecimal: `0x00000000`, `0xFFFFFFFF`.
    let digits = word.strip_prefix("0x").unwrap_or(&word);
    is_filler(digits) || is_counting(&word) || WORDS.iter().any(|(placeholder, _)| word == *placeholder)
}

/// One character over and over, at least three times: `000000`, `FFFF-FFFF`, `XXXXX`. A lone `0` counts too.
fn is_filler(word: &str) -> bool {
    let mut bytes = word.bytes();
    let Some(first) = bytes.next() else { return true };
    bytes.all(|b| b == first) && (word.len() >= 3 || first == b'0')
}

/// A run along the keyboard's digits of at least six: `123456789`, `0123456789`, `1234567890`.
fn is_counting(word: &str) -> bool {
    word.len() >= 6
        && word.bytes().all(|b| b.is_ascii_digit())
        && word.as_bytes().windows(2).all(|pair| (pair[0] - b'0' + 1) % 10 == pair[1] - b'0')
}

/// Letters and digits of the placeholder in lower case, and who leaves it.
const WORDS: &[(&str, &str)] = &[
    ("tobefilledbyoem", "AMI's template"),
    ("tobefilledbyoems", "AMI's template, misspelt"),
    ("tobefilledbyodm", "AMI's template for contract makers"),
    ("filledbyoem", "AMI's template, shortened"),
    ("fillbyoem", "AMI's template, shortened"),
    ("oem", "the template's word alone"),
    ("defaultstring", "AMI Aptio's template"),
    ("systemmanufacturer", "ASUS boards sold alone"),
    ("systemproductname", "ASUS boards sold alone"),
    ("systemname", "ASUS boards sold alone"),
    ("systemversion", "ASUS boards sold alone"),
    ("systemserialnumber", "ASUS boards sold alone"),
    ("chassismanufacturer", "ASUS boards sold alone"),
    ("chassisserialnumber", "ASUS boards sold alone"),
    ("baseboardserialnumber", "Gigabyte boards"),
    ("serialnumber", "the field's own name"),
    ("assetassettag", "the field's own name twice"),
    ("assettag", "the field's own name"),
    ("assettagnumber", "the field's own name"),
    ("noassettag", "HP and others"),
    ("noassetinformation", "Lenovo"),
    ("noassettagspecified", "dmidecode's habit"),
    ("atagnumber", "Supermicro"),
    ("productname", "the field's own name"),
    ("none", "many"),
    ("null", "many"),
    ("na", "many, also as N/A"),
    ("nil", "many"),
    ("empty", "many"),
    ("blank", "many"),
    ("unknown", "many"),
    ("undefined", "many"),
    ("default", "many"),
    ("invalid", "Lenovo and Insyde"),
    ("notspecified", "dmidecode's word for an empty string"),
    ("notavailable", "many"),
    ("notapplicable", "many"),
    ("notdefined", "many"),
    ("notpresent", "many"),
    ("notprovided", "many"),
    ("notset", "many"),
    ("notsettable", "dmidecode"),
    ("nodata", "many"),
    ("noenclosure", "servers without a chassis"),
    ("unspecified", "many"),
    ("tbd", "many, to be determined"),
    ("tbdbyoem", "Intel reference boards"),
    ("insydeassettag", "Insyde's template"),
    ("eval", "evaluation firmware"),
    ("123490en400015", "one serial on many boards of MSI and others"),
    ("ssn12345678901234567890", "Gigabyte's sample serial number"),
    ("mbsn1234567890", "AMI's sample board serial number"),
    ("mb1234567890", "a template's sample board serial number"),
    ("bsn12345678901234567", "a laptop template's sample board serial number"),
    ("asset1234567890", "a template's sample asset tag"),
    ("assettagnum0", "AMI's template, numbered by slot"),
    ("assettagnum1", "AMI's template, numbered by slot"),
    ("sernum0", "AMI's template, numbered by slot"),
    ("sernum1", "AMI's template, numbered by slot"),
    ("12345", "sample number"),
];

#[cfg(test)]
mod tests {
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
}
