//! Files that only their owner may read and that appear whole or not at all, as [`candor_durable`] specifies.

pub(crate) use candor_durable::{
    create as write_new_secret, private_directory as create_private_dir, replace as write_atomically,
    write_given,
};
