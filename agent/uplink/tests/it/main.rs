//! The uplink against real TLS servers on loopback, well-behaved and not.

#![expect(clippy::unwrap_used, reason = "what these servers and tests take for granted must fail loudly")]

mod answers;
mod happy;
mod peer;
mod tls;
mod ways;
