//! Tests of the notice: it names what is permitted and sent, says everything, and cannot be made to say something else.

mod acknowledging;
mod agreement;
mod completeness;
mod fixture;
mod golden;
mod hostile;
mod markup;
mod page;
mod rights;
