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
mod tests;
