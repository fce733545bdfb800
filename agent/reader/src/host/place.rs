//! A path of the catalogue with the names that stand for its `*`.

use super::Unreadable;
use collector_proto::catalog::SourcePlace;

/// A place in the file system: a source of the catalogue and one name for each `*` of it, in their order; for what lies
/// beneath a directory a path below it.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    source: SourcePlace,
    names: &'a [&'a str],
}

impl<'a> Place<'a> {
    /// The file that the pattern `path` means when `names` stand for its `*`.
    pub const fn of(path: &'static str, names: &'a [&'a str]) -> Self {
        Self::at(SourcePlace::File(path), names)
    }

    /// The place that `source` means when `names` stand for its `*`.
    pub const fn at(source: SourcePlace, names: &'a [&'a str]) -> Self {
        Self { source, names }
    }

    /// The source as the catalogue declares it.
    pub const fn source(self) -> SourcePlace {
        self.source
    }

    /// The names that stand for its `*`.
    pub const fn names(self) -> &'a [&'a str] {
        self.names
    }

    /// The path. A name must be one component or a part of one; beneath a directory it may be several.
    pub fn path(self) -> Result<String, Unreadable> {
        let path = self.pattern()?;
        let (beneath, names) = match self.source {
            SourcePlace::Tree(_) | SourcePlace::LookBeneath(_) => {
                let (last, front) = self.names.split_last().ok_or(Unreadable::Odd)?;
                (Some(*last), front)
            }
            _ => (None, self.names()),
        };
        if path.matches('*').count() != names.len() {
            return Err(Unreadable::Odd);
        }
        let mut out = String::with_capacity(path.len() + 64);
        let mut names = names.iter();
        for piece in path.split_inclusive('*') {
            match piece.strip_suffix('*') {
                Some(front) => {
                    out.push_str(front);
                    out.push_str(
                        names.next().copied().filter(|name| is_component(name)).ok_or(Unreadable::Odd)?,
                    );
                }
                None => out.push_str(piece),
            }
        }
        match beneath {
            None | Some("") => Ok(out),
            Some(below) if below.split('/').all(is_component) => Ok(format!("{out}/{below}")),
            Some(_) => Err(Unreadable::Odd),
        }
    }

    /// The directory in which the first `*` without a name stands, and what stands before and behind it in its component.
    pub fn listing(self) -> Option<(String, &'static str, &'static str)> {
        let path = self.pattern().ok()?;
        let star = path.match_indices('*').nth(self.names.len())?.0;
        let (front, behind) = (path.get(..star)?, path.get(star + 1..)?);
        let (directory, prefix) = front.rsplit_once('/')?;
        let suffix = behind.split('/').next()?;
        let mut out = String::with_capacity(directory.len() + 64);
        let mut names = self.names.iter();
        for piece in directory.split_inclusive('*') {
            out.push_str(piece.strip_suffix('*').unwrap_or(piece));
            if piece.ends_with('*') {
                out.push_str(names.next().copied().filter(|name| is_component(name))?);
            }
        }
        Some((if out.is_empty() { "/".to_owned() } else { out }, prefix, suffix))
    }

    fn pattern(self) -> Result<&'static str, Unreadable> {
        self.source.path().ok_or(Unreadable::Odd)
    }
}

impl From<SourcePlace> for Place<'_> {
    fn from(source: SourcePlace) -> Self {
        Self { source, names: &[] }
    }
}

impl From<&'static str> for Place<'_> {
    fn from(path: &'static str) -> Self {
        SourcePlace::File(path).into()
    }
}

fn is_component(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '\0']) && name != ".." && name != "."
}

#[cfg(test)]
mod tests {
    use super::*;
    use SourcePlace::{File, Look, LookBeneath, SystemCall, Tree};

    #[test]
    fn names_stand_for_the_stars() {
        for (source, names, path) in [
            (File("/etc/passwd"), &[][..], Some("/etc/passwd")),
            (File("/sys/class/net/*/address"), &["eth0"], Some("/sys/class/net/eth0/address")),
            (File("/a/*/b/x*.y/c"), &["1", "2"], Some("/a/1/b/x2.y/c")),
            (Look("/sys/block/dm-*/dm"), &["0"], Some("/sys/block/dm-0/dm")),
            (LookBeneath("/var/db"), &["a"], Some("/var/db/a")),
            (Tree("/var/db"), &["a/b"], Some("/var/db/a/b")),
            (Tree("/var/db"), &[""], Some("/var/db")),
            (Tree("/home/*/db"), &["anna", "a"], Some("/home/anna/db/a")),
            (Tree("/var/db"), &["../etc"], None),
            (Tree("/var/db"), &["/etc"], None),
            (Tree("/var/db"), &[], None),
            (File("/a/*"), &["b/c"], None),
            (File("/a/*"), &[".."], None),
            (File("/a/*"), &[], None),
            (File("/a/*"), &["b", "c"], None),
            (File("/a"), &["b"], None),
            (SystemCall("uname"), &[], None),
        ] {
            assert_eq!(Place::at(source, names).path().ok().as_deref(), path, "{source} {names:?}");
        }
    }

    #[test]
    fn the_first_open_star_is_listed() {
        let of = |pattern, names| Place::of(pattern, names).listing();
        assert_eq!(of("/sys/block/*/size", &[]), Some(("/sys/block".to_owned(), "", "")));
        assert_eq!(of("/a/*/x*.y/c", &["1"]), Some(("/a/1".to_owned(), "x", ".y")));
        assert_eq!(of("/*/c", &[]), Some(("/".to_owned(), "", "")));
        assert_eq!(of("/a/b", &[]), None);
    }
}
