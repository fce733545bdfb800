//! Questions that a source asks the compiler about the system.

/// Words that mean a system in a condition.
const SYSTEM: [&str; 6] = ["target_os", "target_family", "target_vendor", "target_env", "unix", "windows"];

/// How conditions begin.
const BEGINNINGS: [&str; 5] = ["#[cfg(", "#![cfg(", "#[cfg_attr(", "#![cfg_attr(", "cfg!("];

/// A condition on the system.
pub(super) struct Question<'a> {
    /// Where it begins, counted from 1.
    pub(super) line: usize,
    /// What stands between its parentheses, on one line.
    pub(super) text: String,
    /// The line after it.
    pub(super) next: &'a str,
    /// Whether what it is asked for is compiled for tests only.
    pub(super) is_of_tests: bool,
}

/// Every condition on the system, in order.
pub(super) fn all(source: &str) -> Vec<Question<'_>> {
    let found = |beginning: &'static str| source.match_indices(beginning);
    let mut starts: Vec<(usize, &str)> = BEGINNINGS.into_iter().flat_map(found).collect();
    starts.sort_unstable();
    starts.into_iter().filter_map(|(at, beginning)| question(source, at, beginning)).collect()
}

/// The condition on the system that begins here, if it is one.
fn question<'a>(source: &'a str, at: usize, beginning: &str) -> Option<Question<'a>> {
    let (before, rest) = (source.get(..at)?, source.get(at + beginning.len()..)?);
    let condition = rest.get(..closing(rest).unwrap_or(rest.len()))?;
    let (above, in_line) = before.rsplit_once('\n').unwrap_or(("", before));
    let behind = rest.get(condition.len()..)?;
    (is_code(in_line) && names_system(condition)).then(|| Question {
        line: before.matches('\n').count() + 1,
        text: on_one_line(condition),
        next: behind.lines().nth(1).unwrap_or_default().trim(),
        is_of_tests: above.lines().next_back().is_some_and(|line| line.trim() == "#[cfg(test)]"),
    })
}

/// Whether what follows on a line after `before` is neither a comment nor a text.
fn is_code(before: &str) -> bool {
    before.matches('"').count().is_multiple_of(2) && !before.contains("//")
}

fn on_one_line(condition: &str) -> String {
    let words = condition.split_whitespace().collect::<Vec<_>>().join(" ");
    words.replace("( ", "(").replace(" )", ")").replace(",)", ")").trim_end_matches(',').to_owned()
}

/// Where the parenthesis stands that closes what begins here.
fn closing(rest: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, character) in rest.char_indices() {
        match character {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn names_system(condition: &str) -> bool {
    condition
        .split(|character: char| !character.is_ascii_alphanumeric() && character != '_')
        .any(|word| SYSTEM.contains(&word))
}

#[cfg(test)]
mod tests;
