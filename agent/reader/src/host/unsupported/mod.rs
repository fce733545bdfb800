//! Any system without code of its own. The reader's own files are read and written as the standard library does it.

mod files;

pub(crate) use super::closed::{
    FileSystem, Live, Opening, account_named, ask_ledger, by_account, close_inherited, launch, own_account,
    running, serve_account, serve_bus, standard_input_peer,
};
pub(crate) use files::read_exact_at;
