//! Tests of the notice.
