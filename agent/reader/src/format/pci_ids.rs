//! The list of PCI ids (pci.ids(5)).
//!
//! ```text
//! # comment
//! 8086  Intel Corporation
//! <tab>9a49  TigerLake-LP GT2 [Iris Xe Graphics]
//! <tab><tab>1043 1e80  a board that carries it
//! C 00  classes, which come last
//! ```

use super::Line;
use std::collections::BTreeMap;

/// Four hexadecimal digits in lower case.
pub type Number = String;

/// Names of these numbers, empty until they are found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct PciNames {
    /// Of vendors.
    pub vendors: BTreeMap<Number, String>,
    /// Of models, each of whose vendors is in `vendors`.
    pub models: BTreeMap<(Number, Number), String>,
}

/// Looks names up line by line.
pub struct Lookup<'a> {
    names: &'a mut PciNames,
    /// The vendor whose models the lines are, where one of its names is looked for.
    vendor: Option<Number>,
}

impl<'a> Lookup<'a> {
    /// At the start of the list.
    pub fn of(names: &'a mut PciNames) -> Self {
        Self { names, vendor: None }
    }

    /// Takes the next line; `false` when no more names follow.
    pub fn take(&mut self, line: Line<'_>) -> bool {
        match line.bytes {
            [b'C', b' ', ..] => return false,
            [b'\t', b'\t' | b'#', ..] | [b'#', ..] | [] => {}
            [b'\t', model @ ..] => {
                if let Some(vendor) = &self.vendor
                    && let Some((number, name)) = entry(model)
                    && let Some(known) = self.names.models.get_mut(&(vendor.clone(), number))
                {
                    *known = name;
                }
            }
            vendor => {
                self.vendor = None;
                if let Some((number, name)) = entry(vendor)
                    && let Some(known) = self.names.vendors.get_mut(&number)
                {
                    *known = name;
                    self.vendor = Some(number);
                }
            }
        }
        true
    }
}

/// `8086  Intel Corporation`.
fn entry(line: &[u8]) -> Option<(Number, String)> {
    let (digits, name) = line.split_at_checked(4)?;
    let number = std::str::from_utf8(digits).ok()?.to_ascii_lowercase();
    Some((number, String::from_utf8_lossy(name.strip_prefix(b"  ")?).trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_behind_their_numbers() {
        let list = "# x\n10de  NVIDIA\n\t9a49  not this one\n8086  Intel Corporation\n\t0001  other\n\t9A49  Iris Xe\n\
                    \t\t1043 1e80  board\n\t# x\n\nC 03  Display\n\t9a49  not this one\n";
        let number = str::to_owned;
        let mut names = PciNames::default();
        names.vendors.insert(number("8086"), String::new());
        names.models.insert((number("8086"), number("9a49")), String::new());
        names.models.insert((number("8086"), number("ffff")), String::new());
        let mut reader = Lookup::of(&mut names);
        let taken = Line::all(list.as_bytes()).take_while(|line| reader.take(*line)).count();
        assert_eq!(taken, 9);
        assert_eq!(names.vendors[&number("8086")], "Intel Corporation");
        assert_eq!(names.models[&(number("8086"), number("9a49"))], "Iris Xe");
        assert_eq!(names.models[&(number("8086"), number("ffff"))], "");
    }
}
