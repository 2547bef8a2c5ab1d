//! Numbers that look like GitHub's and are the same for the same seed.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A source of growing numbers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ids {
    seed: u64,
    last: u64,
}

impl Ids {
    /// Starts a source; the same seed gives the same numbers.
    pub fn new(seed: u64) -> Self {
        Self { seed, last: 21_000_000_000 + mix(seed) % 1_000_000_000 }
    }

    /// The next number, greater than all before.
    pub fn one(&mut self) -> u64 {
        self.block(1)
    }

    /// The first of `count` numbers in a row.
    pub fn block(&mut self, count: u64) -> u64 {
        let first = self.last + 1 + mix(self.seed ^ self.last) % 97;
        self.last = first + count;
        first
    }
}

/// A number for something that is known by its name: a person, a workflow file.
pub fn named(kind: &str, name: &str) -> u64 {
    let digest = Sha256::digest(format!("{kind}/{name}"));
    let [a, b, c, d, ..] = digest[..] else { return 0 };
    100_000_000 + u64::from(u32::from_be_bytes([a, b, c, d]) >> 3)
}

/// SplitMix64: spreads a seed over all bits.
fn mix(seed: u64) -> u64 {
    let mut word = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}
