//! What is drawn at random, the same for the same seed: numbers, texts, and files that differ from good ones in a few places.

/// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
pub struct Chance(pub u64);

const WHOLE: [i64; 24] = [
    0,
    1,
    -1,
    2,
    3,
    4,
    5,
    7,
    8,
    15,
    16,
    28,
    60,
    127,
    255,
    256,
    1000,
    65_535,
    65_536,
    1 << 31,
    1 << 32,
    i64::MAX,
    i64::MIN,
    -2,
];
const REAL: [f64; 12] = [0.0, -0.0, 0.5, -0.5, 1.0, 2.7, 1e-9, 1e9, -1e9, 1e38, 1e300, 4_294_967_297.0];
const LETTERS: [&str; 26] = [
    "a",
    "e",
    "t",
    "S",
    "Z",
    " ",
    " ",
    "\n",
    ".",
    "?",
    "'",
    "\u{2019}",
    "1",
    "09",
    "\u{e9}",
    "e\u{301}",
    "\u{fb01}",
    "\u{ff21}",
    "\u{ad}",
    "\u{feff}",
    "\u{200b}",
    "\u{130}",
    "\u{df}",
    "\u{1F469}\u{200D}\u{1F680}",
    "\u{5d0}",
    "the man ",
];

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// Below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        (self.next() % count.max(1) as u64) as usize
    }

    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// A whole number that programs trip over, or a small one.
    pub fn whole(&mut self) -> i64 {
        if self.one_in(3) { *self.of(&WHOLE) } else { self.below(10) as i64 - 1 }
    }

    pub fn real(&mut self) -> f64 {
        if self.one_in(2) { *self.of(&REAL) } else { self.next() as f64 / u64::MAX as f64 * 4.0 - 2.0 }
    }

    pub fn text(&mut self) -> String {
        let most = if self.one_in(20) { 3000 } else { 30 };
        let count = self.below(most);
        (0..count).map(|_| *self.of(&LETTERS)).collect()
    }

    /// A file that differs from `good` in a few places; parts of it may come from another.
    pub fn changed(&mut self, good: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = good.to_vec();
        for _ in 0..=self.below(6) {
            let at = self.below(bytes.len());
            let most = 1 << self.below(8);
            let length = self.below(most).min(bytes.len() - at);
            match self.below(8) {
                _ if bytes.is_empty() => bytes.extend_from_slice(&other[..other.len().min(64)]),
                0 => bytes[at] ^= 1 << self.below(8),
                1 => bytes[at] = *self.of(&[0, 1, 2, 16, 0x7f, 0x80, 0xfe, 0xff]),
                2 => {
                    let number = (self.whole() as u32).to_be_bytes();
                    bytes[at..].iter_mut().zip(number).for_each(|(byte, new)| *byte = new);
                }
                3 => drop(bytes.drain(at..at + length)),
                4 => {
                    let part = bytes[at..at + length].to_vec();
                    bytes.splice(at..at, part);
                }
                5 if self.one_in(4) => bytes.truncate(at),
                6 if !other.is_empty() => {
                    let from = self.below(other.len());
                    let part = other[from..].iter().copied().take(length);
                    bytes.splice(at..at, part);
                }
                _ => {
                    for _ in 0..length.min(8) {
                        let at = self.below(bytes.len());
                        bytes[at] = self.next() as u8;
                    }
                }
            }
        }
        bytes
    }
}
