//! A path of the catalogue with the names that stand for its `*`.

use super::Unreadable;

/// Marks sources that are looked at from outside: whether they are there, where they point, when they were changed.
const LOOKED_AT: &str = "stat:";

/// What a pattern ends in when everything beneath a directory is meant.
const BENEATH: &str = "/**";

/// A source of the catalogue that is a path pattern.
#[derive(Clone, Copy)]
pub(crate) struct Pattern {
    path: &'static str,
    reach: Reach,
}

/// How much of what a pattern names may be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Nothing: it is looked at from outside.
    Looked,
    /// The file or the directory itself.
    Itself,
    /// Everything beneath the directory.
    Beneath,
}

impl Pattern {
    /// `None` for a source that is no path.
    pub(crate) fn of(source: &'static str) -> Option<Self> {
        if let Some(path) = source.strip_prefix(LOOKED_AT) {
            // What is only looked at is named by the probe; nothing has to be listed for it.
            return Some(Self { path: path.strip_suffix(BENEATH).unwrap_or(path), reach: Reach::Looked });
        }
        if !source.starts_with('/') {
            return None;
        }
        Some(match source.strip_suffix(BENEATH) {
            Some(path) => Self { path, reach: Reach::Beneath },
            None => Self { path: source, reach: Reach::Itself },
        })
    }

    /// The components, in which at most one `*` stands for a part.
    pub(crate) fn components(self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter(|component| !component.is_empty())
    }

    /// How much may be opened.
    pub(crate) const fn reach(self) -> Reach {
        self.reach
    }
}

/// A place on the machine: a pattern of the catalogue and one name for each `*` of it, in their order; for a last `/**`
/// a path below its directory.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pattern: &'static str,
    names: &'a [&'a str],
}

impl<'a> Place<'a> {
    /// The path that `pattern` gives when `names` stand for its `*`.
    pub const fn of(pattern: &'static str, names: &'a [&'a str]) -> Self {
        Self { pattern, names }
    }

    /// The pattern as the catalogue writes it.
    pub(super) const fn pattern(self) -> &'static str {
        self.pattern
    }

    /// Whether the catalogue allows no more than a look from outside.
    pub(super) fn is_only_looked_at(self) -> bool {
        self.pattern.starts_with(LOOKED_AT)
    }

    /// The path. A name must be one component or a part of one; below `/**` it may be several.
    pub(super) fn path(self) -> Result<String, Unreadable> {
        let path = self.plain();
        let (path, beneath, names) = match path.strip_suffix(BENEATH) {
            Some(directory) => {
                let (last, front) = self.names.split_last().ok_or(Unreadable::Odd)?;
                (directory, Some(*last), front)
            }
            None => (path, None, self.names),
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
    pub(super) fn listing(self) -> Option<(String, &'static str, &'static str)> {
        let path = self.plain();
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

    fn plain(self) -> &'static str {
        self.pattern.strip_prefix(LOOKED_AT).unwrap_or(self.pattern)
    }
}

impl From<&'static str> for Place<'_> {
    fn from(path: &'static str) -> Self {
        Self { pattern: path, names: &[] }
    }
}

fn is_component(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '\0']) && name != ".." && name != "."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_for_the_stars() {
        for (pattern, names, path) in [
            ("/etc/passwd", &[][..], Some("/etc/passwd")),
            ("/sys/class/net/*/address", &["eth0"], Some("/sys/class/net/eth0/address")),
            ("/a/*/b/x*.y/c", &["1", "2"], Some("/a/1/b/x2.y/c")),
            ("stat:/sys/block/dm-*/dm", &["0"], Some("/sys/block/dm-0/dm")),
            ("/var/db/**", &["a/b"], Some("/var/db/a/b")),
            ("/var/db/**", &[""], Some("/var/db")),
            ("/home/*/db/**", &["anna", "a"], Some("/home/anna/db/a")),
            ("/var/db/**", &["../etc"], None),
            ("/var/db/**", &["/etc"], None),
            ("/var/db/**", &[], None),
            ("/a/*", &["b/c"], None),
            ("/a/*", &[".."], None),
            ("/a/*", &[], None),
            ("/a/*", &["b", "c"], None),
            ("/a", &["b"], None),
        ] {
            assert_eq!(Place::of(pattern, names).path().ok().as_deref(), path, "{pattern} {names:?}");
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
