//! Which namespace a distribution's packages have in package URLs, by the name that it gives itself.
//!
//! The name is `NAME` of os-release(5), the only thing that reports say of the distribution. The namespace is `ID` of the
//! same file, except where the vendor or the specification says otherwise: Red Hat's and SUSE's own documents (CSAF, VEX)
//! write `redhat` and `suse`, the definition of the type `rpm` writes openSUSE without the product, that of `alpm` writes
//! `archarm`, and Oracle is the vendor of `ol`.
//!
//! Names are compared whole. Nothing is guessed from a name that is not here: `Red Star OS` is not Red Hat's.

use super::purl::PackageType::{self, Alpm, Apk, Deb, Rpm};

/// `NAME`, the format that the distribution itself is made of, namespace. Sorted by format, then by name.
const KNOWN: &[(&str, PackageType, &str)] = &[
    ("Arch Linux", Alpm, "arch"),
    ("Arch Linux ARM", Alpm, "archarm"),
    ("EndeavourOS", Alpm, "endeavouros"),
    ("Manjaro Linux", Alpm, "manjaro"),
    ("Alpine Linux", Apk, "alpine"),
    ("Chainguard", Apk, "chainguard"),
    ("OpenWrt", Apk, "openwrt"),
    ("Wolfi", Apk, "wolfi"),
    ("postmarketOS", Apk, "postmarketos"),
    ("Debian GNU/Linux", Deb, "debian"),
    ("Devuan GNU/Linux", Deb, "devuan"),
    ("KDE neon", Deb, "neon"),
    ("Kali GNU/Linux", Deb, "kali"),
    ("LMDE", Deb, "linuxmint"),
    ("Linux Mint", Deb, "linuxmint"),
    ("Pop!_OS", Deb, "pop"),
    ("PureOS", Deb, "pureos"),
    ("Raspbian GNU/Linux", Deb, "raspbian"),
    ("Ubuntu", Deb, "ubuntu"),
    ("Zorin OS", Deb, "zorin"),
    ("elementary OS", Deb, "elementary"),
    ("AlmaLinux", Rpm, "almalinux"),
    ("Amazon Linux", Rpm, "amzn"),
    ("CentOS Linux", Rpm, "centos"),
    ("CentOS Stream", Rpm, "centos"),
    ("Fedora", Rpm, "fedora"),
    ("Fedora Linux", Rpm, "fedora"),
    ("Mageia", Rpm, "mageia"),
    ("Oracle Linux Server", Rpm, "oracle"),
    ("Red Hat Enterprise Linux", Rpm, "redhat"),
    ("Red Hat Enterprise Linux Server", Rpm, "redhat"),
    ("Red Hat Enterprise Linux Workstation", Rpm, "redhat"),
    ("Rocky Linux", Rpm, "rocky"),
    ("SLED", Rpm, "suse"),
    ("SLES", Rpm, "suse"),
    ("openEuler", Rpm, "openeuler"),
    ("openSUSE Leap", Rpm, "opensuse"),
    ("openSUSE Tumbleweed", Rpm, "opensuse"),
];

/// The format and namespace of the distribution of that name.
pub(super) fn known(name: &str) -> Option<(PackageType, &'static str)> {
    let (_, format, namespace) = KNOWN.iter().find(|(known, ..)| *known == name)?;
    Some((*format, namespace))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_namespaces_need_no_encoding() {
        assert!(KNOWN.is_sorted_by(|a, b| (a.1.name(), a.0) < (b.1.name(), b.0)));
        for (name, _, namespace) in KNOWN {
            assert!(!namespace.is_empty() && namespace.bytes().all(|b| b.is_ascii_lowercase()), "{name}");
        }
    }

    #[test]
    fn a_name_is_known_whole_or_not_at_all() {
        assert!(known("Debian GNU/Linux").is_some());
        for stranger in ["", "Debian", "debian gnu/linux", "Debian GNU/Linux ", "Red Star OS"] {
            assert!(known(stranger).is_none(), "{stranger}");
        }
    }
}
