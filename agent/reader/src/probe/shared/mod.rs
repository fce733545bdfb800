//! What probes of every system use: nothing here names a place of a machine.

pub mod browser;
pub mod countries;
pub mod degrees;
pub mod homes;
pub mod package;
pub mod placeholder;
pub mod software;
pub mod ssid;
