use super::*;
use crate::store::Store;
use crate::store::conformance::{Place, conformance_suite};
use std::sync::Arc;

/// A database in a folder of its own.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
}

impl Place for Folder {
    fn open(&self) -> Arc<dyn Store> {
        let path = self.0.path().join("test.db");
        if path.exists() {
            return Arc::new(SqliteStore::open(&path, StoreOptions::default()).unwrap());
        }
        Arc::new(SqliteStore::create(&path).unwrap())
    }
}

conformance_suite!(Folder::new);
