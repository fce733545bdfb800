//! sqlite_schema (section 2.6) and the columns in a `CREATE TABLE` text.
//!
//! ```text
//! type 'table' | name | table's name | root page | CREATE TABLE "Packages" (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)
//! ```
//! SQLite stores the text as it was written, after it has parsed it. Of it only the names of the columns are taken, and which
//! of them stands for the rowid; types, constraints and defaults are skipped as tokens.

use super::super::FormatError;
use super::record::{Row, Value};

const TYPE: usize = 0;
const NAME: usize = 1;
const ROOT: usize = 3;
const SQL: usize = 4;

/// Most bytes of a table's name or kind.
const MAX_NAME_BYTES: usize = 4 * 1024;

/// Most bytes of a `CREATE TABLE` text. Real ones are below 1 KiB.
const MAX_SQL_BYTES: usize = 64 * 1024;

/// A table: where it is and what its columns are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    root: u32,
    columns: Vec<String>,
    rowid: Option<usize>,
}

impl Table {
    /// The table that an entry of sqlite_schema declares.
    pub(super) fn of(entry: &Row<'_>) -> Result<Self, FormatError> {
        let Value::Integer(root) = entry.value(ROOT, MAX_NAME_BYTES)? else {
            return Err(FormatError::Malformed);
        };
        // Virtual tables have no pages of their own.
        let root = u32::try_from(root).ok().filter(|root| *root != 0).ok_or(FormatError::Unsupported)?;
        let (columns, rowid) = columns(&text(entry, SQL, MAX_SQL_BYTES)?)?;
        Ok(Self { root, columns, rowid })
    }

    /// Its first page.
    pub(super) fn root(&self) -> u32 {
        self.root
    }

    /// Which of a row's values the column of this name is, in any case.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.eq_ignore_ascii_case(name))
    }

    /// The names of its columns, in the order of a row's values.
    #[cfg(test)]
    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Which column stands for the rowid; its own values are NULL.
    #[cfg(test)]
    pub(super) fn rowid_column(&self) -> Option<usize> {
        self.rowid
    }
}

/// Whether an entry of sqlite_schema declares the table of this name.
pub(super) fn is_table(entry: &Row<'_>, name: &str) -> Result<bool, FormatError> {
    Ok(text(entry, TYPE, MAX_NAME_BYTES)? == "table"
        && text(entry, NAME, MAX_NAME_BYTES)?.eq_ignore_ascii_case(name))
}

fn text(entry: &Row<'_>, column: usize, max: usize) -> Result<String, FormatError> {
    match entry.value(column, max)? {
        Value::Text(text) => Ok(text),
        // Indexes that SQLite makes by itself have no text.
        Value::Null => Ok(String::new()),
        Value::Integer(_) | Value::Real(_) | Value::Blob(_) => Err(FormatError::Malformed),
    }
}

/// The names of the columns, and which of them stands for the rowid.
fn columns(sql: &str) -> Result<(Vec<String>, Option<usize>), FormatError> {
    let tokens = tokens(sql)?;
    let open = tokens.iter().position(|token| token.is_mark('(')).ok_or(FormatError::Malformed)?;
    let definitions = definitions(tokens.get(open + 1..).unwrap_or(&[]))?;
    let mut names = Vec::new();
    let mut rowid = None;
    for definition in definitions {
        match definition.first() {
            Some(Token::Word(word)) if is_table_constraint(word) => {
                rowid = rowid.or(key_of(definition).and_then(|key| rowid_column(&names, key)));
            }
            Some(Token::Word(name) | Token::Quoted(name)) => {
                // The values of generated columns may not be stored, which would shift all after them.
                if definition.iter().any(|token| token.is_word("GENERATED") || token.is_word("AS")) {
                    return Err(FormatError::Unsupported);
                }
                if is_integer(definition) && is_key(definition) {
                    rowid = Some(names.len());
                }
                names.push((name.as_str(), is_integer(definition)));
            }
            _ => return Err(FormatError::Malformed),
        }
    }
    Ok((names.into_iter().map(|(name, _)| name.to_owned()).collect(), rowid))
}

/// The definitions between the parentheses of a table, without the commas.
fn definitions(tokens: &[Token]) -> Result<Vec<&[Token]>, FormatError> {
    let mut definitions = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    for (index, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('(') => depth += 1,
            Token::Mark(')') if depth > 0 => depth -= 1,
            Token::Mark(mark @ (',' | ')')) if depth == 0 => {
                definitions.push(tokens.get(start..index).unwrap_or(&[]));
                start = index + 1;
                if *mark == ')' {
                    // A table without rowids is a tree of another kind.
                    let is_without = tokens.iter().skip(start).any(|token| token.is_word("WITHOUT"));
                    return if is_without { Err(FormatError::Unsupported) } else { Ok(definitions) };
                }
            }
            _ => {}
        }
    }
    Err(FormatError::Malformed)
}

fn is_table_constraint(word: &str) -> bool {
    ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"]
        .iter()
        .any(|start| word.eq_ignore_ascii_case(start))
}

/// Whether a column's type is exactly `INTEGER`, as the rowid's has to be.
fn is_integer(definition: &[Token]) -> bool {
    let is_last = !matches!(definition.get(2), Some(Token::Mark('(')));
    is_last && definition.get(1).is_some_and(|token| token.is_word("INTEGER"))
}

/// Whether a column is the key. In descending order it is not the rowid, for a reason of SQLite's history.
fn is_key(definition: &[Token]) -> bool {
    definition.windows(2).enumerate().any(|(index, pair)| {
        let is_descending = definition.get(index + 2).is_some_and(|token| token.is_word("DESC"));
        matches!(pair, [first, second] if first.is_word("PRIMARY") && second.is_word("KEY")) && !is_descending
    })
}

/// The one column that a constraint `PRIMARY KEY (column)` names.
fn key_of(constraint: &[Token]) -> Option<&str> {
    let key = constraint.iter().position(|token| token.is_word("KEY"))?;
    let is_primary = constraint.get(key.checked_sub(1)?)?.is_word("PRIMARY");
    match constraint.get(key + 1..)? {
        [Token::Mark('('), Token::Word(name) | Token::Quoted(name), Token::Mark(')'), ..] if is_primary => {
            Some(name)
        }
        _ => None,
    }
}

fn rowid_column(names: &[(&str, bool)], key: &str) -> Option<usize> {
    names.iter().position(|(name, is_integer)| *is_integer && name.eq_ignore_ascii_case(key))
}

/// What matters of SQL's tokens.
enum Token {
    /// A keyword, a bare name or a number.
    Word(String),
    /// A name or a text in quotes of any of SQLite's four kinds.
    Quoted(String),
    /// Any other character.
    Mark(char),
}

impl Token {
    fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own.eq_ignore_ascii_case(word))
    }

    fn is_mark(&self, mark: char) -> bool {
        matches!(self, Self::Mark(own) if *own == mark)
    }
}

fn tokens(sql: &str) -> Result<Vec<Token>, FormatError> {
    let mut tokens = Vec::new();
    let mut rest = sql.trim_start();
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or("");
        rest = match first {
            '-' if after.starts_with('-') => after.split_once('\n').map_or("", |(_, later)| later),
            '/' if after.starts_with('*') => after.split_once("*/").map_or("", |(_, later)| later),
            '"' | '\'' | '`' => {
                let (name, later) = quoted(after, first).ok_or(FormatError::Malformed)?;
                tokens.push(Token::Quoted(name));
                later
            }
            '[' => {
                let (name, later) = after.split_once(']').ok_or(FormatError::Malformed)?;
                tokens.push(Token::Quoted(name.to_owned()));
                later
            }
            _ if is_word_character(first) => {
                let end = rest.find(|next| !is_word_character(next)).unwrap_or(rest.len());
                let (word, later) = rest.split_at(end);
                tokens.push(Token::Word(word.to_owned()));
                later
            }
            _ => {
                tokens.push(Token::Mark(first));
                after
            }
        };
        rest = rest.trim_start();
    }
    Ok(tokens)
}

/// What stands before the closing quote, which is doubled within the name.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let (part, later) = rest.split_once(quote)?;
        name.push_str(part);
        match later.strip_prefix(quote) {
            Some(within) => {
                name.push(quote);
                rest = within;
            }
            None => return Some((name, later)),
        }
    }
}

fn is_word_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '$') || !character.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(sql: &str) -> (Vec<String>, Option<usize>) {
        columns(sql).unwrap()
    }

    #[test]
    fn columns_are_told_from_constraints() {
        let (columns, rowid) = names(
            "CREATE TABLE t (hnum INTEGER PRIMARY KEY AUTOINCREMENT,\n blob BLOB NOT NULL, \"primary\" TEXT,
             CONSTRAINT c UNIQUE (blob), CHECK (hnum > 0 AND blob <> ','), FOREIGN KEY (hnum) REFERENCES o(hnum))",
        );
        assert_eq!((columns, rowid), (vec!["hnum".into(), "blob".into(), "primary".into()], Some(0)));
    }

    #[test]
    fn only_an_integer_key_stands_for_the_rowid() {
        for (definition, rowid) in [
            ("a TEXT, b INTEGER PRIMARY KEY", Some(1)),
            ("a TEXT, b integer, primary key (B)", Some(1)),
            ("a TEXT, b INTEGER, PRIMARY KEY (a)", None),
            ("a TEXT, b INTEGER, PRIMARY KEY (a, b)", None),
            ("a TEXT, b INT PRIMARY KEY", None),
            ("a TEXT, b INTEGER PRIMARY KEY DESC", None),
            ("a TEXT, b INTEGER (4) PRIMARY KEY", None),
        ] {
            assert_eq!(names(&format!("CREATE TABLE t ({definition})")).1, rowid, "{definition}");
        }
    }

    #[test]
    fn quotes_and_comments_hide_what_is_in_them() {
        let (columns, _) =
            names("CREATE TABLE 'a(b' (-- x, y\n [c,d] /* , e */, `f)` , \"g\"\"h\" DEFAULT ')') STRICT");
        assert_eq!(columns, ["c,d", "f)", "g\"h"]);
    }

    #[test]
    fn what_would_shift_values_is_refused() {
        for sql in [
            "CREATE TABLE t (a TEXT PRIMARY KEY) WITHOUT ROWID",
            "CREATE TABLE t (a TEXT, b TEXT GENERATED ALWAYS AS (a) VIRTUAL)",
            "CREATE TABLE t (a TEXT, b AS (a), c TEXT)",
        ] {
            assert_eq!(columns(sql), Err(FormatError::Unsupported), "{sql}");
        }
        for sql in ["", "CREATE TABLE t", "CREATE TABLE t (a, b", "CREATE TABLE t (,)", "CREATE TABLE t ('a"]
        {
            assert_eq!(columns(sql), Err(FormatError::Malformed), "{sql}");
        }
    }
}
