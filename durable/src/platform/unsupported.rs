//! Any other system. Nothing here looks at whom a file belongs to or who may change it.

pub(crate) use super::by_path::{
    Handle, examine, leave_no_core, open_given, open_named, open_on_way, private_directory,
};
