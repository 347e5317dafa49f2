//! Matrix products, in one order of summation.
//!
//! ```text
//! c_ij ← (…((c_ij + a_i1 b_1j) + a_i2 b_2j) + …) + a_iK b_Kj
//! ```
//!
//! Every entry is summed in the order of `k`, product by product, whatever the blocks and however
//! many threads share the rows. So the bits are those of the naive triple loop, on every platform:
//! vectors run across columns, never along `k`, and no product is fused with its sum.
//!
//! Blocks: `b` is packed into panels of `N` columns, `a` into panels of `M` rows; a tile of
//! the result, `M` times `N`, stays in registers while both panels stream through the cache. How
//! large tiles are hangs on the machine's vectors, which are looked at when the program runs:
//!
//! ```text
//! vectors of 2 doubles, 16 registers   3 × 8    12 registers of sums
//! vectors of 4 doubles, 16 registers   6 × 8    12
//! vectors of 8 doubles, 32 registers   8 × 16   16
//! ```
//!
//! Source of the layout: Goto and van de Geijn (2008).

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// How far along `k` a block reaches, so that a panel of `b` fits the first-level cache.
const DEPTH: usize = 256;
/// About how many rows a task takes at most.
const ROWS: usize = 64;
/// Below this many products, packing costs more than it saves.
const SMALL: usize = 4096;
/// Below this many products, a second thread costs more than it saves.
const LARGE: usize = 1 << 20;
/// How many numbers a task takes where it does little with each.
const STRETCH: usize = 1 << 14;

/// Whether the rows of a product, or long data, are shared among threads. The bits are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threads {
    /// One thread; for use within a parallel trial.
    One,
    /// All of the current pool's.
    All,
}

impl Threads {
    /// Does something with every stretch of long data, given where it begins.
    pub(super) fn share(self, data: &mut [f64], work: impl Fn(usize, &mut [f64]) + Send + Sync) {
        let is_shared = self == Self::All && data.len() > STRETCH;
        for_chunks(data, STRETCH, is_shared, |(index, stretch)| work(index * STRETCH, stretch));
    }
}

/// A matrix, or the transpose of one, in row order.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    data: &'a [f64],
    rows: usize,
    columns: usize,
    strides: (usize, usize),
}

impl<'a> View<'a> {
    /// The matrix whose rows stand one after another.
    pub(super) fn new(data: &'a [f64], rows: usize, columns: usize) -> Self {
        debug_assert_eq!(data.len(), rows * columns);
        Self { data, rows, columns, strides: (columns, 1) }
    }

    /// The transpose of the same numbers.
    pub(super) fn transposed(self) -> Self {
        let strides = (self.strides.1, self.strides.0);
        Self { rows: self.columns, columns: self.rows, strides, ..self }
    }

    fn at(&self, row: usize, column: usize) -> f64 {
        self.data[row * self.strides.0 + column * self.strides.1]
    }
}

/// `c ← c + a b`, where `c` stands in row order.
pub(super) fn accumulate(a: View<'_>, b: View<'_>, c: &mut [f64], threads: Threads) {
    debug_assert_eq!((a.columns, c.len()), (b.rows, a.rows * b.columns));
    let products = c.len().saturating_mul(a.columns);
    if products < SMALL {
        return simple(a, b, c);
    }
    on(Arch::new(), a, b, c, threads);
}

/// The product with the vectors of one kind of machine.
fn on(arch: Arch, a: View<'_>, b: View<'_>, c: &mut [f64], threads: Threads) {
    match arch.dispatch(Lanes) {
        8.. => tiled::<8, 16>(arch, a, b, c, threads),
        4.. => tiled::<6, 8>(arch, a, b, c, threads),
        _ => tiled::<3, 8>(arch, a, b, c, threads),
    }
}

/// How many doubles a vector has.
struct Lanes;

impl WithSimd for Lanes {
    type Output = usize;

    fn with_simd<S: Simd>(self, _: S) -> usize {
        S::F64_LANES
    }
}

fn tiled<const M: usize, const N: usize>(
    arch: Arch,
    a: View<'_>,
    b: View<'_>,
    c: &mut [f64],
    threads: Threads,
) {
    let products = c.len().saturating_mul(a.columns);
    let is_shared = threads == Threads::All && products >= LARGE;
    let tasks = if is_shared { rayon::current_num_threads() } else { 1 };
    let rows = rows_of_task(a.rows, tasks).next_multiple_of(M);
    for from in (0..a.columns).step_by(DEPTH) {
        let depth = from..a.columns.min(from + DEPTH);
        let packed = pack::<N>(b, 0..b.columns, depth.clone(), is_shared);
        let block = |(index, c): (usize, &mut [f64])| {
            let first = index * rows;
            let own = first..first + c.len() / b.columns;
            let a = pack::<M>(a.transposed(), own, depth.clone(), false);
            let (a, b, depth, columns) = (&*a, &*packed, depth.len(), b.columns);
            arch.dispatch(Block::<M, N> { a, b, depth, c, columns });
        };
        for_chunks(c, rows * b.columns, is_shared, block);
    }
}

/// How many rows a task takes, so that each of as many threads gets as many tasks of one size.
fn rows_of_task(rows: usize, threads: usize) -> usize {
    rows.div_ceil(threads * rows.div_ceil(threads * ROWS).max(1))
}

/// Does something with each chunk, which has its number.
fn for_chunks(
    data: &mut [f64],
    length: usize,
    is_shared: bool,
    work: impl Fn((usize, &mut [f64])) + Send + Sync,
) {
    if is_shared {
        data.par_chunks_mut(length).enumerate().for_each(work);
    } else {
        data.chunks_mut(length).enumerate().for_each(work);
    }
}

fn simple(a: View<'_>, b: View<'_>, c: &mut [f64]) {
    for (i, row) in c.chunks_mut(b.columns.max(1)).enumerate() {
        for k in 0..a.columns {
            let factor = a.at(i, k);
            for (j, entry) in row.iter_mut().enumerate() {
                *entry += factor * b.at(k, j);
            }
        }
    }
}

/// Panels of `N` of the columns; within a panel, row after row. Missing columns are zeros.
fn pack<const N: usize>(
    b: View<'_>,
    columns: Range<usize>,
    depth: Range<usize>,
    is_shared: bool,
) -> Vec<f64> {
    let panels = columns.len().div_ceil(N);
    let mut packed = vec![0.0; panels * depth.len() * N];
    for_chunks(&mut packed, depth.len() * N, is_shared, |(index, panel)| {
        let first = columns.start + index * N;
        let width = N.min(columns.end - first);
        let rows = panel.as_chunks_mut::<N>().0;
        if b.strides.1 == 1 {
            let starts = depth.clone().map(|k| k * b.strides.0 + first);
            copy_rows(rows.iter_mut().zip(starts.map(|start| &b.data[start..])), width);
        } else {
            for j in 0..width {
                let start = (first + j) * b.strides.1;
                let column = &b.data[start + depth.start..start + depth.end];
                rows.iter_mut().zip(column).for_each(|(row, entry)| row[j] = *entry);
            }
        }
    });
    packed
}

/// Some rows of the result, from packed panels.
struct Block<'a, const M: usize, const N: usize> {
    a: &'a [f64],
    b: &'a [f64],
    depth: usize,
    c: &'a mut [f64],
    columns: usize,
}

impl<const M: usize, const N: usize> WithSimd for Block<'_, M, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { a, b, depth, c, columns } = self;
        for (panel, b) in b.chunks(depth * N).enumerate() {
            let first = panel * N;
            let width = N.min(columns - first);
            for (a, rows) in a.chunks(depth * M).zip(c.chunks_mut(M * columns)) {
                let mut tile = [[0.0; N]; M];
                let entries = rows.chunks(columns).map(|row| &row[first..]);
                copy_rows(tile.iter_mut().zip(entries), width);
                if N == 2 * S::F64_LANES {
                    multiply_vectors(simd, a, b, &mut tile);
                } else {
                    multiply_tile(a, b, &mut tile);
                }
                let entries = rows.chunks_mut(columns).map(|row| &mut row[first..]);
                if width == N {
                    for (row, entries) in entries.zip(&tile) {
                        row[..N].copy_from_slice(entries);
                    }
                } else {
                    for (row, entries) in entries.zip(&tile) {
                        row[..width].copy_from_slice(&entries[..width]);
                    }
                }
            }
        }
    }
}

/// Copies the beginnings of rows. Whole rows have a loop of their own: of a known length, they are
/// copied without a call.
#[inline(always)]
fn copy_rows<'a, const N: usize>(
    rows: impl Iterator<Item = (&'a mut [f64; N], &'a [f64])>,
    width: usize,
) {
    if width == N {
        rows.for_each(|(row, entries)| row.copy_from_slice(&entries[..N]));
    } else {
        rows.for_each(|(row, entries)| row[..width].copy_from_slice(&entries[..width]));
    }
}

/// The inner loop, where a row of the tile is two vectors.
#[inline(always)]
fn multiply_vectors<S: Simd, const M: usize, const N: usize>(
    simd: S,
    a: &[f64],
    b: &[f64],
    tile: &mut [[f64; N]; M],
) {
    let mut sums = [[simd.splat_f64s(0.0); 2]; M];
    for (sums, entries) in sums.iter_mut().zip(tile.iter()) {
        sums.copy_from_slice(S::as_simd_f64s(entries).0);
    }
    for (a, b) in a.as_chunks::<M>().0.iter().zip(b.as_chunks::<N>().0) {
        let [left, right] = S::as_simd_f64s(b).0 else { return };
        for (sums, factor) in sums.iter_mut().zip(a) {
            let factor = simd.splat_f64s(*factor);
            sums[0] = simd.add_f64s(sums[0], simd.mul_f64s(factor, *left));
            sums[1] = simd.add_f64s(sums[1], simd.mul_f64s(factor, *right));
        }
    }
    for (sums, entries) in sums.iter().zip(tile) {
        S::as_mut_simd_f64s(entries).0.copy_from_slice(sums);
    }
}

/// The same for any tile: constant bounds, so that it is kept in vector registers.
#[inline(always)]
fn multiply_tile<const M: usize, const N: usize>(a: &[f64], b: &[f64], result: &mut [[f64; N]; M]) {
    let mut tile = *result;
    for (a, b) in a.as_chunks::<M>().0.iter().zip(b.as_chunks::<N>().0) {
        for i in 0..M {
            for j in 0..N {
                tile[i][j] += a[i] * b[j];
            }
        }
    }
    *result = tile;
}

#[cfg(test)]
mod tests {
    use super::super::generator::Stream;
    use super::*;

    fn numbers(count: usize, name: &str) -> Vec<f64> {
        let mut generator = Stream::new(8).name(name).generator();
        (0..count).map(|_| generator.normal()).collect()
    }

    /// This machine, and lesser ones that it can stand for.
    fn machines() -> Vec<Arch> {
        let mut list = vec![Arch::new(), Arch::Scalar];
        #[cfg(target_arch = "x86_64")]
        list.extend(pulp::x86::V3::try_new().map(Arch::V3));
        list
    }

    #[test]
    fn products_have_the_bits_of_the_naive_loop() {
        let table =
            [(1, 1, 1), (3, 5, 2), (33, 31, 29), (130, 600, 41), (129, 256, 256), (1, 900, 9)];
        for (m, depth, n) in table {
            let (a, b, start) =
                (numbers(m * depth, "a"), numbers(depth * n, "b"), numbers(m * n, "c"));
            let mut naive = start.clone();
            for i in 0..m {
                for j in 0..n {
                    for k in 0..depth {
                        naive[i * n + j] += a[i * depth + k] * b[k * n + j];
                    }
                }
            }
            let transpose = |data: &[f64], rows: usize, columns: usize| -> Vec<f64> {
                (0..rows * columns).map(|at| data[(at % rows) * columns + at / rows]).collect()
            };
            let (a_t, b_t) = (transpose(&a, m, depth), transpose(&b, depth, n));
            for threads in [Threads::One, Threads::All] {
                for a in [View::new(&a, m, depth), View::new(&a_t, depth, m).transposed()] {
                    for b in [View::new(&b, depth, n), View::new(&b_t, n, depth).transposed()] {
                        for arch in machines() {
                            let mut c = start.clone();
                            on(arch, a, b, &mut c, threads);
                            assert!(c == naive, "{m}×{depth}×{n} {threads:?}");
                        }
                    }
                }
            }
        }
    }
}
