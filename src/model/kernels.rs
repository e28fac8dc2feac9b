//! A matrix product for WebAssembly, plugged into tract by its registers of kernels: four rows of eight columns. tract's own
//! tile of 8×8 wants more registers than the processors behind the engines have, and it stores number by number.

use std::arch::wasm32::*;

use tract_core::internal::inventory;
use tract_core::tract_data::prelude::DatumType;
use tract_core::tract_linalg::isa::Arch;
use tract_core::tract_linalg::mmm::{DynKernel, FusedKerSpec, FusedSpec, MatMatMul, OutputStoreKer};
use tract_core::tract_linalg::mmm_routines::MmmRoutine;
use tract_core::tract_linalg::mmm_tiers::MmmTier;
use tract_core::tract_linalg::pack::Packing;

const ROWS: usize = 4;
const COLUMNS: usize = 8;
const NAME: &str = "glimpse_f32_4x8";
/// The size of an f32, as strides count.
const NEXT: isize = 4;

inventory::submit! { MmmRoutine { make: kernel } }

inventory::submit! {
    MmmTier {
        arch: Some(Arch::Wasm32Simd128),
        precedence: 2,
        name: "glimpse",
        applies: |_| true,
        // tract has kernels of its own for a matrix times a vector.
        preferred: |_, accumulator, query, _| {
            (accumulator == DatumType::F32 && query.n != Some(1)).then_some(NAME)
        },
    }
}

fn kernel() -> Box<dyn MatMatMul> {
    let (rows, columns) = (f32::packing(ROWS).align(16), f32::packing(COLUMNS).align(16));
    let mut kernel = DynKernel::<ROWS, COLUMNS, f32>::new(NAME, run, rows, columns);
    kernel.arch = Some(Arch::Wasm32Simd128);
    kernel.with_can_fuse(|spec| !is_quantised(spec)).mmm()
}

fn is_quantised(spec: &FusedSpec) -> bool {
    matches!(spec, FusedSpec::QScale(..) | FusedSpec::RoundingShiftRight(..) | FusedSpec::ShiftLeft(..))
}

type Tile = [[v128; 2]; ROWS];

/// Spelt out, so that the tile stays in registers whatever the compiler unrolls.
#[inline(always)]
fn tile(f: impl Fn(usize, usize) -> v128) -> Tile {
    [[f(0, 0), f(0, 1)], [f(1, 0), f(1, 1)], [f(2, 0), f(2, 1)], [f(3, 0), f(3, 1)]]
}

/// Works through what tract asks of one tile. 0 is success.
///
/// # Safety
/// The pointers in `specs` are tract's, each to a panel or tile of this kernel's size.
unsafe fn run(specs: &[FusedKerSpec<f32>]) -> isize {
    use FusedKerSpec::*;
    let mut at = tile(|_, _| f32x4_splat(0.0));
    // SAFETY: tract makes the panels and tiles of the size that the kernel declares.
    unsafe {
        for spec in specs {
            let was = at;
            let scalar = |op: fn(v128, v128) -> v128, by: f32| tile(|r, c| op(f32x4_splat(by), was[r][c]));
            let row = |p: *const f32, r: usize| f32x4_splat(*p.add(r));
            let column = |p: *const f32, c: usize| v128_load(p.cast::<v128>().add(c));
            at = match *spec {
                Done => return 0,
                Clear => tile(|_, _| f32x4_splat(0.0)),
                LoadTile(_, rows) => tile(|r, c| column(rows, 2 * r + c)),
                ScalarMin(by) => scalar(f32x4_min, by),
                ScalarMax(by) => scalar(f32x4_max, by),
                ScalarAdd(by) => scalar(f32x4_add, by),
                ScalarMul(by) => scalar(f32x4_mul, by),
                ScalarSub(by) => scalar(f32x4_sub, by),
                ScalarSubF(by) => tile(|r, c| f32x4_sub(was[r][c], f32x4_splat(by))),
                LeakyRelu(by) => tile(|r, c| leaky(was[r][c], by)),
                PerRowMin(p) => tile(|r, c| f32x4_min(row(p, r), was[r][c])),
                PerRowMax(p) => tile(|r, c| f32x4_max(row(p, r), was[r][c])),
                PerRowAdd(p) => tile(|r, c| f32x4_add(row(p, r), was[r][c])),
                PerRowMul(p) => tile(|r, c| f32x4_mul(row(p, r), was[r][c])),
                PerRowSub(p) => tile(|r, c| f32x4_sub(row(p, r), was[r][c])),
                PerRowSubF(p) => tile(|r, c| f32x4_sub(was[r][c], row(p, r))),
                PerColMin(p) => tile(|r, c| f32x4_min(column(p, c), was[r][c])),
                PerColMax(p) => tile(|r, c| f32x4_max(column(p, c), was[r][c])),
                PerColAdd(p) => tile(|r, c| f32x4_add(column(p, c), was[r][c])),
                PerColMul(p) => tile(|r, c| f32x4_mul(column(p, c), was[r][c])),
                PerColSub(p) => tile(|r, c| f32x4_sub(column(p, c), was[r][c])),
                PerColSubF(p) => tile(|r, c| f32x4_sub(was[r][c], column(p, c))),
                AddRowColProducts(rows, columns) => {
                    tile(|r, c| f32x4_add(was[r][c], f32x4_mul(row(rows, r), column(columns, c))))
                }
                AddUnicast(from) => add(was, &from),
                AddMatMul { k, pa, pb, .. } => product(was, k, pa.cast(), pb.cast()),
                Store(to) => {
                    store(&was, &to);
                    was
                }
                QScale(..) | RoundingShiftRight(..) | ShiftLeft(..) => return 1,
            };
        }
    }
    0
}

fn leaky(x: v128, by: f32) -> v128 {
    v128_bitselect(x, f32x4_mul(f32x4_splat(by), x), f32x4_gt(x, f32x4_splat(0.0)))
}

/// Adds the product of a panel [k, 4] and a panel [k, 8].
#[inline(always)]
unsafe fn product(at: Tile, k: usize, mut rows: *const f32, mut columns: *const v128) -> Tile {
    let [[mut a, mut b], [mut c, mut d], [mut e, mut f], [mut g, mut h]] = at;
    for _ in 0..k {
        // SAFETY: each of the k steps reads its four and eight numbers.
        unsafe {
            let (left, right) = (v128_load(columns), v128_load(columns.add(1)));
            let row = |r: usize| v128_load32_splat(rows.add(r).cast());
            let (first, second, third, fourth) = (row(0), row(1), row(2), row(3));
            a = f32x4_add(a, f32x4_mul(first, left));
            b = f32x4_add(b, f32x4_mul(first, right));
            c = f32x4_add(c, f32x4_mul(second, left));
            d = f32x4_add(d, f32x4_mul(second, right));
            e = f32x4_add(e, f32x4_mul(third, left));
            f = f32x4_add(f, f32x4_mul(third, right));
            g = f32x4_add(g, f32x4_mul(fourth, left));
            h = f32x4_add(h, f32x4_mul(fourth, right));
            (rows, columns) = (rows.add(ROWS), columns.add(2));
        }
    }
    [[a, b], [c, d], [e, f], [g, h]]
}

/// Adds numbers that lie apart by any stride.
unsafe fn add(at: Tile, from: &OutputStoreKer) -> Tile {
    // SAFETY: the strides are those of a tile of this kernel's size.
    let four = |r: usize, c: usize| unsafe {
        let start =
            from.ptr.offset(r as isize * from.row_byte_stride + 4 * c as isize * from.col_byte_stride);
        if from.col_byte_stride == NEXT {
            return v128_load(start.cast());
        }
        let one = |i: isize| *start.offset(i * from.col_byte_stride).cast::<f32>();
        f32x4(one(0), one(1), one(2), one(3))
    };
    tile(|r, c| f32x4_add(at[r][c], four(r, c)))
}

unsafe fn store(at: &Tile, to: &OutputStoreKer) {
    for (r, row) in at.iter().enumerate() {
        for (c, four) in row.iter().enumerate() {
            // SAFETY: the strides are those of a tile of this kernel's size.
            unsafe {
                let start =
                    to.ptr.offset(r as isize * to.row_byte_stride + 4 * c as isize * to.col_byte_stride);
                if to.col_byte_stride == NEXT {
                    v128_store(start.cast(), *four);
                    continue;
                }
                let put = |i: isize, value: f32| *start.offset(i * to.col_byte_stride).cast::<f32>() = value;
                put(0, f32x4_extract_lane::<0>(*four));
                put(1, f32x4_extract_lane::<1>(*four));
                put(2, f32x4_extract_lane::<2>(*four));
                put(3, f32x4_extract_lane::<3>(*four));
            }
        }
    }
}
