//! The greatest or the mean of each window of a picture, without padding. The loops are short and regular, so that the compiler makes
//! vectors of them.

/// How the numbers of a window become one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pooling {
    Greatest,
    Mean,
}

/// Planes of `from` rows and columns become planes of `to`, each of their numbers from a field of `size`, every `stride`.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    pub from: [usize; 2],
    pub to: [usize; 2],
    pub size: [usize; 2],
    pub stride: [usize; 2],
    pub pooling: Pooling,
}

impl Pool {
    /// Planes x [N, rows, columns] to planes y, one behind the other.
    pub fn run(&self, x: &[f32], y: &mut [f32]) {
        let count = (self.size[0] * self.size[1]) as f32;
        match self.pooling {
            Pooling::Greatest => self.each(x, y, f32::NEG_INFINITY, |a, b| if b > a { b } else { a }),
            Pooling::Mean => {
                self.each(x, y, 0.0, |a, b| a + b);
                y.iter_mut().for_each(|y| *y /= count);
            }
        }
    }

    #[inline(always)]
    fn each(&self, x: &[f32], y: &mut [f32], start: f32, join: impl Fn(f32, f32) -> f32) {
        let ([height, width], [rows, columns], [down, right]) = (self.from, self.to, self.stride);
        for (x, y) in x.chunks_exact(height * width).zip(y.chunks_exact_mut(rows * columns)) {
            for (row, y) in y.chunks_exact_mut(columns).enumerate() {
                y.fill(start);
                for inside in 0..self.size[0] {
                    let x = &x[(row * down + inside) * width..][..width];
                    if (self.size[1], right) == (2, 2) {
                        let pairs = x.as_chunks::<2>().0;
                        y.iter_mut().zip(pairs).for_each(|(y, [a, b])| *y = join(*y, join(*a, *b)));
                        continue;
                    }
                    for beside in 0..self.size[1] {
                        for (y, x) in y.iter_mut().zip(x[beside..].iter().step_by(right)) {
                            *y = join(*y, *x);
                        }
                    }
                }
            }
        }
    }
}
