//! macOS. Only the reader's own files are read and written so far.

pub(crate) use super::closed::{
    FileSystem, Live, Opening, account_named, ask_ledger, by_account, close_inherited, launch, own_account,
    running, serve_account, serve_bus, standard_input_peer,
};
pub(crate) use super::unix::read_exact_at;
