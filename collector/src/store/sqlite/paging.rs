//! Cursors of this store: the last row's sort keys, joined by a space.

use crate::store::{Cursor, Listed, Page, StoreError};

/// Cuts a listing that was read one row beyond the page, and names the place after it.
pub(super) fn listed<T>(mut items: Vec<T>, page: &Page, keys: impl Fn(&T) -> String) -> Listed<T> {
    let is_last = items.len() <= page.size();
    items.truncate(page.size());
    let next = items.last().filter(|_| !is_last).map(|last| Cursor::from_text(keys(last)));
    Listed { items, next }
}

/// Rows to read for a page: one more than it has, which tells whether another follows.
pub(super) fn rows(page: &Page) -> i64 {
    i64::try_from(page.size()).unwrap_or(i64::MAX).saturating_add(1)
}

/// The number that a cursor consists of.
pub(super) fn number(page: &Page) -> Result<Option<i64>, StoreError> {
    page.cursor().map(|cursor| cursor.as_str().parse().map_err(StoreError::cursor)).transpose()
}

/// The number and the text that a cursor consists of.
pub(super) fn number_and_text(page: &Page) -> Result<Option<(i64, String)>, StoreError> {
    let Some(cursor) = page.cursor() else { return Ok(None) };
    let (number, text) =
        cursor.as_str().split_once(' ').ok_or_else(|| StoreError::cursor("it has one part"))?;
    Ok(Some((number.parse().map_err(StoreError::cursor)?, text.to_owned())))
}
