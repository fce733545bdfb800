//! The notice names what is permitted and sent, says everything, and cannot be made to say something else.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod agreement;
mod ceiling;
mod coming;
mod everybody;
mod fixture;
mod golden;
mod hostile;
mod kept;
mod last_day;
mod left_out;
mod markup;
mod page;
mod rights;
mod status;
mod table;
