//! UEFI variables as efivarfs gives them: four bytes of attributes, then the value (UEFI 2.10, 8.2).

use super::FormatError;

/// A variable of one byte that is 1 or 0, such as `SecureBoot` (UEFI 2.10, 3.3).
pub fn boolean(variable: &[u8]) -> Result<bool, FormatError> {
    match variable {
        [_, _, _, _, 0] => Ok(false),
        [_, _, _, _, 1] => Ok(true),
        _ => Err(FormatError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_is_yes_or_no() {
        assert_eq!(boolean(&[6, 0, 0, 0, 1]), Ok(true));
        assert_eq!(boolean(&[6, 0, 0, 0, 0]), Ok(false));
        for odd in [&[][..], &[6, 0, 0, 0], &[6, 0, 0, 0, 2], &[6, 0, 0, 0, 1, 0]] {
            assert_eq!(boolean(odd), Err(FormatError::Malformed));
        }
    }
}
