//! Listings a page at a time: no call returns more than a fixed number of rows.

use super::{Answer, StoreError};
use std::fmt;

/// Most items of one page.
pub const MAX_PAGE: u32 = 500;

/// Which part of a listing is asked for.
#[derive(Debug, Clone, Default)]
pub struct Page {
    limit: Option<u32>,
    after: Option<Cursor>,
}

impl Page {
    /// The first page, as long as pages may be.
    pub fn first() -> Self {
        Self::default()
    }

    /// At most so many items; never more than [`MAX_PAGE`].
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// What follows an earlier page.
    #[must_use]
    pub fn after(mut self, cursor: Cursor) -> Self {
        self.after = Some(cursor);
        self
    }

    /// How many items the page may have.
    pub fn size(&self) -> usize {
        let size = self.limit.unwrap_or(MAX_PAGE).clamp(1, MAX_PAGE);
        usize::try_from(size).unwrap_or(usize::MAX)
    }

    /// Where the page starts.
    pub fn cursor(&self) -> Option<&Cursor> {
        self.after.as_ref()
    }
}

/// A place in a listing. What it says is the store's own matter; it stays good when rows come or go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

impl Cursor {
    /// A cursor as it was written.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The cursor as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One page.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    /// The items, in the listing's order.
    pub items: Vec<T>,
    /// Where the next page starts; `None` after the last.
    pub next: Option<Cursor>,
}

/// Every item of a listing, page by page.
pub async fn all<'a, T>(mut list: impl FnMut(Page) -> Answer<'a, Listed<T>>) -> Result<Vec<T>, StoreError> {
    let mut items = Vec::new();
    let mut page = Page::first();
    loop {
        let listed = list(page).await?;
        items.extend(listed.items);
        match listed.next {
            Some(next) => page = Page::first().after(next),
            None => return Ok(items),
        }
    }
}

/// The first `limit` items of a listing, page by page.
pub async fn first<'a, T>(
    limit: u32,
    mut list: impl FnMut(Page) -> Answer<'a, Listed<T>>,
) -> Result<Vec<T>, StoreError> {
    let mut items = Vec::new();
    let mut page = Page::first();
    loop {
        let left = limit.saturating_sub(u32::try_from(items.len()).unwrap_or(u32::MAX));
        if left == 0 {
            return Ok(items);
        }
        let listed = list(page.limit(left)).await?;
        items.extend(listed.items);
        match listed.next {
            Some(next) => page = Page::first().after(next),
            None => return Ok(items),
        }
    }
}
