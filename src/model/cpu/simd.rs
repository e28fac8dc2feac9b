//! Four f32 side by side: a register of WebAssembly's simd128, and an array elsewhere, so that native tests run the same code.

use std::ops::{Add, Mul, Sub};

#[cfg(target_arch = "wasm32")]
use std::arch::wasm32::*;

/// Numbers in a register.
pub const LANES: usize = 4;
/// Bits of an f32 before its exponent.
const MANTISSA: u32 = 23;

#[cfg(target_arch = "wasm32")]
type Lanes = v128;
#[cfg(not(target_arch = "wasm32"))]
type Lanes = [f32; LANES];

/// Four f32, worked on at once.
#[derive(Clone, Copy)]
pub struct Four(pub Lanes);

#[cfg(target_arch = "wasm32")]
impl Four {
    /// One number in all lanes.
    #[inline(always)]
    pub fn splat(value: f32) -> Self {
        Self(f32x4_splat(value))
    }

    /// The numbers, lane by lane.
    #[inline(always)]
    pub fn array(self) -> [f32; LANES] {
        let at = self.0;
        [
            f32x4_extract_lane::<0>(at),
            f32x4_extract_lane::<1>(at),
            f32x4_extract_lane::<2>(at),
            f32x4_extract_lane::<3>(at),
        ]
    }

    /// The first and third of this, then of the other.
    #[inline(always)]
    pub fn evens(self, other: Self) -> Self {
        Self(i32x4_shuffle::<0, 2, 4, 6>(self.0, other.0))
    }

    /// The lesser of the two in each lane.
    #[inline(always)]
    pub fn min(self, other: Self) -> Self {
        Self(f32x4_min(self.0, other.0))
    }

    /// The greater of the two in each lane.
    #[inline(always)]
    pub fn max(self, other: Self) -> Self {
        Self(f32x4_max(self.0, other.0))
    }

    /// These numbers, lane by lane.
    #[inline(always)]
    pub fn from_array(of: [f32; LANES]) -> Self {
        Self(f32x4(of[0], of[1], of[2], of[3]))
    }

    /// To the nearest whole number.
    #[inline(always)]
    fn rounded(self) -> Self {
        Self(f32x4_nearest(self.0))
    }

    /// Times two to the power of a whole number; what is made must be neither too small nor too large for it.
    #[inline(always)]
    fn doubled(self, times: Self) -> Self {
        Self(i32x4_add(self.0, i32x4_shl(i32x4_trunc_sat_f32x4(times.0), MANTISSA)))
    }

    /// Zero where the other is less than a number.
    #[inline(always)]
    fn zero_below(self, other: Self, least: f32) -> Self {
        Self(v128_and(self.0, f32x4_ge(other.0, f32x4_splat(least))))
    }

    /// Rows become columns.
    #[inline(always)]
    pub fn transposed([a, b, c, d]: [Self; LANES]) -> [Self; LANES] {
        let (low, high) = (i32x4_shuffle::<0, 4, 1, 5>(a.0, b.0), i32x4_shuffle::<2, 6, 3, 7>(a.0, b.0));
        let (under, over) = (i32x4_shuffle::<0, 4, 1, 5>(c.0, d.0), i32x4_shuffle::<2, 6, 3, 7>(c.0, d.0));
        [
            Self(i64x2_shuffle::<0, 2>(low, under)),
            Self(i64x2_shuffle::<1, 3>(low, under)),
            Self(i64x2_shuffle::<0, 2>(high, over)),
            Self(i64x2_shuffle::<1, 3>(high, over)),
        ]
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl Four {
    /// One number in all lanes.
    pub fn splat(value: f32) -> Self {
        Self([value; LANES])
    }

    /// The numbers, lane by lane.
    pub fn array(self) -> [f32; LANES] {
        self.0
    }

    /// These numbers, lane by lane.
    pub fn from_array(of: [f32; LANES]) -> Self {
        Self(of)
    }

    /// The first and third of this, then of the other.
    pub fn evens(self, other: Self) -> Self {
        Self([self.0[0], self.0[2], other.0[0], other.0[2]])
    }

    /// The lesser of the two in each lane.
    pub fn min(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i].min(other.0[i])))
    }

    /// The greater of the two in each lane.
    pub fn max(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i].max(other.0[i])))
    }

    /// To the nearest whole number.
    fn rounded(self) -> Self {
        Self(self.0.map(f32::round_ties_even))
    }

    /// Times two to the power of a whole number; what is made must be neither too small nor too large for it.
    fn doubled(self, times: Self) -> Self {
        let bits = |i: usize| self.0[i].to_bits().wrapping_add_signed((times.0[i] as i32) << MANTISSA);
        Self(std::array::from_fn(|i| f32::from_bits(bits(i))))
    }

    /// Zero where the other is less than a number.
    fn zero_below(self, other: Self, least: f32) -> Self {
        Self(std::array::from_fn(|i| if other.0[i] >= least { self.0[i] } else { 0.0 }))
    }

    /// Rows become columns.
    pub fn transposed(rows: [Self; LANES]) -> [Self; LANES] {
        std::array::from_fn(|c| Self(std::array::from_fn(|r| rows[r].0[c])))
    }
}

impl Four {
    /// The first four of some numbers.
    #[inline(always)]
    pub fn load(from: &[f32]) -> Self {
        Self::from_array([from[0], from[1], from[2], from[3]])
    }

    /// e to the power of numbers up to 88, to a part in ten million; zero for those that are too small for it. (Cephes, expf.)
    #[inline(always)]
    pub fn exp(self) -> Self {
        const LEAST: f32 = -87.3;
        const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
        const SERIES: [f32; 5] = [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5];
        let x = self.max(Self::splat(LEAST));
        let times = (x * Self::splat(std::f32::consts::LOG2_E)).rounded();
        let rest = x - times * Self::splat(LN_2[0]) - times * Self::splat(LN_2[1]);
        let mut sum = Self::splat(1.987_569_1e-4);
        for factor in SERIES {
            sum = sum * rest + Self::splat(factor);
        }
        let made = sum * rest * rest + rest + Self::splat(1.0);
        made.doubled(times).zero_below(self, LEAST)
    }

    /// Writes the numbers to the first four places.
    #[inline(always)]
    pub fn store(self, to: &mut [f32]) {
        to[..LANES].copy_from_slice(&self.array());
    }
}

macro_rules! arithmetic {
    ($trait:ident, $name:ident, $simd:ident, $op:tt) => {
        impl $trait for Four {
            type Output = Self;

            #[cfg(target_arch = "wasm32")]
            #[inline(always)]
            fn $name(self, by: Self) -> Self {
                Self($simd(self.0, by.0))
            }

            #[cfg(not(target_arch = "wasm32"))]
            fn $name(self, by: Self) -> Self {
                Self(std::array::from_fn(|i| self.0[i] $op by.0[i]))
            }
        }
    };
}

arithmetic!(Add, add, f32x4_add, +);
arithmetic!(Sub, sub, f32x4_sub, -);
arithmetic!(Mul, mul, f32x4_mul, *);

/// The product of a panel [k, 4] and a panel [k, 8]: the tile that fits the registers of the processors behind the engines.
/// By itself, as is every loop here that takes long: an engine makes a small function that is called often fast first.
#[inline(never)]
pub fn product(rows: &[f32], columns: &[f32]) -> [[Four; 2]; LANES] {
    let zero = Four::splat(0.0);
    let [[mut a, mut b], [mut c, mut d], [mut e, mut f], [mut g, mut h]] = [[zero; 2]; LANES];
    let (rows, columns) = (rows.as_chunks::<LANES>().0, columns.as_chunks::<{ 2 * LANES }>().0);
    for (row, column) in rows.iter().zip(columns) {
        let (left, right) = (Four::load(column), Four::load(&column[LANES..]));
        let [first, second, third, fourth] = row.map(Four::splat);
        (a, b) = (a + first * left, b + first * right);
        (c, d) = (c + second * left, d + second * right);
        (e, f) = (e + third * left, f + third * right);
        (g, h) = (g + fourth * left, h + fourth * right);
    }
    [[a, b], [c, d], [e, f], [g, h]]
}

/// The same with a panel [k, 4] on either side.
#[inline(never)]
pub fn narrow_product(rows: &[f32], columns: &[f32]) -> [Four; LANES] {
    let [mut a, mut b, mut c, mut d] = [Four::splat(0.0); LANES];
    for (row, column) in rows.as_chunks::<LANES>().0.iter().zip(columns.as_chunks::<LANES>().0) {
        let (column, [first, second, third, fourth]) = (Four::load(column), row.map(Four::splat));
        (a, b) = (a + first * column, b + second * column);
        (c, d) = (c + third * column, d + fourth * column);
    }
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_e() {
        for x in (-8600..8800).map(|i| i as f32 / 100.0).chain([0.0, -0.0]) {
            let (made, wanted) = (Four::splat(x).exp().array(), f64::from(x).exp());
            let off = (f64::from(made[0]) - wanted).abs() / wanted;
            assert!(off < 2e-7, "e^{x} is {wanted}, not {}", made[0]);
        }
        for x in [-88.0, -1e30, f32::NEG_INFINITY] {
            assert_eq!(Four::splat(x).exp().array(), [0.0; LANES]);
        }
    }
}
