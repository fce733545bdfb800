//! `/var/log/lastlog`: when each account last logged in, by its number (lastlog(8), `struct lastlog` of `<utmp.h>`).
//!
//! ```text
//! offset of account n = n * record length
//! x86-64, x86, ppc64, s390:  u32 time | char line[32] | char host[256]   292 bytes
//! arm64, riscv64:            i64 time | char line[32] | char host[256]   296 bytes
//! ```
//! Numbers are in the machine's byte order; seconds since 1970, 0 means never. The file is sparse and as long as the
//! highest account number demands; an account past its end never logged in. Lines and hosts are not read.

/// How long a record is, and with it how its time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordLayout {
    /// A time of 32 bits. glibc counts it without a sign, so it lasts until 2106.
    Short,
    /// A time of 64 bits.
    Long,
}

impl RecordLayout {
    /// The layout of a file of that length: the length is a multiple of the record's. Where it is one of both, which
    /// happens every 21,608 bytes, the machine's own. `None`: the file has neither.
    pub fn of_length(length: u64) -> Option<Self> {
        let is = |layout: Self| length.is_multiple_of(layout.record_bytes());
        match (is(Self::Short), is(Self::Long)) {
            (true, true) => Some(Self::NATIVE),
            (true, false) => Some(Self::Short),
            (false, true) => Some(Self::Long),
            (false, false) => None,
        }
    }

    /// What the C library of the processor that this program is built for writes (`__WORDSIZE_TIME64_COMPAT32`).
    const NATIVE: Self =
        if cfg!(any(target_arch = "aarch64", target_arch = "riscv64")) { Self::Long } else { Self::Short };

    const fn record_bytes(self) -> u64 {
        match self {
            Self::Short => 292,
            Self::Long => 296,
        }
    }

    /// Where an account's time stands.
    pub const fn offset(self, uid: u32) -> u64 {
        // At most 2^32 * 296, so it cannot overflow.
        uid as u64 * self.record_bytes()
    }

    /// The time of a record that starts with these bytes, in seconds since 1970. `None`: never.
    pub fn time(self, start: [u8; TIME_BYTES]) -> Option<i64> {
        let seconds = match self {
            Self::Short => {
                let [a, b, c, d, ..] = start;
                i64::from(u32::from_ne_bytes([a, b, c, d]))
            }
            Self::Long => i64::from_ne_bytes(start),
        };
        (seconds > 0).then_some(seconds)
    }
}

/// As much of a record as [`RecordLayout::time`] needs.
pub const TIME_BYTES: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    /// `2026-11-20T07:31:00Z`.
    const MORNING: u32 = 1_795_159_860;

    #[test]
    fn the_length_tells_the_layout() {
        assert_eq!(RecordLayout::of_length(292 * 1001), Some(RecordLayout::Short));
        assert_eq!(RecordLayout::of_length(296 * 1001), Some(RecordLayout::Long));
        assert_eq!(RecordLayout::of_length(292 * 1001 + 1), None);
        assert_eq!(RecordLayout::of_length(0), Some(RecordLayout::NATIVE));
        assert_eq!(RecordLayout::of_length(21_608), Some(RecordLayout::NATIVE));
    }

    #[test]
    fn times_are_read_and_zero_means_never() {
        // The line's name stands right behind a short time.
        let mut short = *b"....pts/";
        short[..4].copy_from_slice(&MORNING.to_ne_bytes());
        assert_eq!(RecordLayout::Short.time(short), Some(i64::from(MORNING)));
        assert_eq!(RecordLayout::Long.time(i64::from(MORNING).to_ne_bytes()), Some(i64::from(MORNING)));
        assert_eq!(RecordLayout::Short.time(u64::from(u32::MAX).to_le_bytes()), Some(i64::from(u32::MAX)));
        assert_eq!(RecordLayout::Short.time([0; 8]), None);
        assert_eq!(RecordLayout::Long.time([0; 8]), None);
        assert_eq!(RecordLayout::Long.time((-5_i64).to_ne_bytes()), None);
    }

    #[test]
    fn the_highest_account_number_has_a_place() {
        assert_eq!(RecordLayout::Short.offset(1000), 292_000);
        assert_eq!(RecordLayout::Long.offset(u32::MAX), u64::from(u32::MAX) * 296);
    }
}
