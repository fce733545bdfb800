//! What probes of every system use: nothing here names a place of a machine.

pub(in crate::probe) mod browser;
pub(in crate::probe) mod countries;
pub(in crate::probe) mod degrees;
pub(in crate::probe) mod homes;
pub(in crate::probe) mod package;
pub(in crate::probe) mod placeholder;
pub(in crate::probe) mod software;
pub(in crate::probe) mod ssid;
