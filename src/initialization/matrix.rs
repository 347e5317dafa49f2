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
//! Blocks: `b` is packed into panels of eight columns, `a` into panels of three rows; a tile of
//! the result stays in registers while both panels stream through the cache.
//!
//! Source of the layout: Goto and van de Geijn (2008).

use rayon::prelude::*;

/// The rows and columns of a tile: 24 sums, which fill twelve of sixteen registers of two doubles.
const TILE: (usize, usize) = (3, 8);
/// How far along `k` a block reaches, so that a panel of `b` fits the first-level cache.
const DEPTH: usize = 256;
/// How many rows a task takes.
const ROWS: usize = 33;
/// Below this many products, packing costs more than it saves.
const SMALL: usize = 4096;
/// Below this many products, a second thread costs more than it saves.
const LARGE: usize = 1 << 20;

/// Whether the rows of a product are shared among threads. The bits are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threads {
    /// One thread; for use within a parallel trial.
    One,
    /// All of the current pool's.
    All,
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
    for from in (0..a.columns).step_by(DEPTH) {
        let depth = from..a.columns.min(from + DEPTH);
        let packed = pack_columns(b, depth.clone());
        let block = |(index, c): (usize, &mut [f64])| {
            let rows = pack_rows(a, index * ROWS, c.len() / b.columns, depth.clone());
            multiply_block(&rows, &packed, depth.len(), c, b.columns);
        };
        let length = ROWS * b.columns;
        if threads == Threads::All && products >= LARGE {
            c.par_chunks_mut(length).enumerate().for_each(block);
        } else {
            c.chunks_mut(length).enumerate().for_each(block);
        }
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

/// Panels of eight columns; within a panel, row after row. Missing columns are zeros.
fn pack_columns(b: View<'_>, depth: std::ops::Range<usize>) -> Vec<f64> {
    let panels = b.columns.div_ceil(TILE.1);
    let mut packed = vec![0.0; panels * depth.len() * TILE.1];
    for (index, panel) in packed.chunks_mut(depth.len() * TILE.1).enumerate() {
        let first = index * TILE.1;
        let width = TILE.1.min(b.columns - first);
        for (row, k) in panel.chunks_mut(TILE.1).zip(depth.clone()) {
            if b.strides.1 == 1 {
                let start = k * b.strides.0 + first;
                row[..width].copy_from_slice(&b.data[start..start + width]);
            } else {
                for (j, entry) in row[..width].iter_mut().enumerate() {
                    *entry = b.at(k, first + j);
                }
            }
        }
    }
    packed
}

/// Panels of three rows; within a panel, column after column. Missing rows are zeros.
fn pack_rows(a: View<'_>, first: usize, count: usize, depth: std::ops::Range<usize>) -> Vec<f64> {
    let panels = count.div_ceil(TILE.0);
    let mut packed = vec![0.0; panels * depth.len() * TILE.0];
    for (index, panel) in packed.chunks_mut(depth.len() * TILE.0).enumerate() {
        let first = first + index * TILE.0;
        let height = TILE.0.min(a.rows - first);
        for (column, k) in panel.chunks_mut(TILE.0).zip(depth.clone()) {
            for (i, entry) in column[..height].iter_mut().enumerate() {
                *entry = a.at(first + i, k);
            }
        }
    }
    packed
}

fn multiply_block(a: &[f64], b: &[f64], depth: usize, c: &mut [f64], columns: usize) {
    for (panel, b) in b.chunks(depth * TILE.1).enumerate() {
        let first = panel * TILE.1;
        let width = TILE.1.min(columns - first);
        for (a, rows) in a.chunks(depth * TILE.0).zip(c.chunks_mut(TILE.0 * columns)) {
            let mut tile = [[0.0; TILE.1]; TILE.0];
            for (entries, row) in tile.iter_mut().zip(rows.chunks(columns)) {
                entries[..width].copy_from_slice(&row[first..first + width]);
            }
            let tile = multiply_tile(a, b, tile);
            for (entries, row) in tile.iter().zip(rows.chunks_mut(columns)) {
                row[first..first + width].copy_from_slice(&entries[..width]);
            }
        }
    }
}

/// The inner loop: constant bounds, so that the tile is kept in vector registers.
#[inline]
fn multiply_tile(
    a: &[f64],
    b: &[f64],
    mut tile: [[f64; TILE.1]; TILE.0],
) -> [[f64; TILE.1]; TILE.0] {
    let (a, b) = (a.as_chunks::<{ TILE.0 }>().0, b.as_chunks::<{ TILE.1 }>().0);
    for (a, b) in a.iter().zip(b) {
        for i in 0..TILE.0 {
            for j in 0..TILE.1 {
                tile[i][j] += a[i] * b[j];
            }
        }
    }
    tile
}

#[cfg(test)]
mod tests {
    use super::super::generator::Stream;
    use super::*;

    fn numbers(count: usize, name: &str) -> Vec<f64> {
        let mut generator = Stream::new(8).name(name).generator();
        (0..count).map(|_| generator.normal()).collect()
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
                        let mut c = start.clone();
                        accumulate(a, b, &mut c, threads);
                        assert!(c == naive, "{m}×{depth}×{n} {threads:?}");
                    }
                }
            }
        }
    }
}
