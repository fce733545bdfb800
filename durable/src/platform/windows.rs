//! Windows: rights come from the access list of the directory, which the installer sets. Nothing here looks at it.

pub(crate) use super::by_path::{
    Handle, examine, leave_no_core, open_given, open_named, open_on_way, private_directory,
};
