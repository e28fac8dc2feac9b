//! What a run costs: the time, the multiply-adds and the bytes of each of its steps, and how they are measured by a coarse clock.

/// Milliseconds that a measurement takes at least: a browser's clock may tick only ten times in one.
const LONG: f64 = 60.0;
/// Runs of a measurement, at most.
const MANY: usize = 200;

/// One step of a run, as the engine panel shows it.
#[derive(Clone, Debug)]
pub struct Part {
    /// What the file calls the node.
    pub label: String,
    /// What it does: a kernel's name on the GPU, tract's name of the operator on the CPU.
    pub kind: String,
    /// Of a convolution on the GPU [rows and columns of the window, channels in, channels out, groups], of a product there
    /// [batch, m, k, n], else the shape of what it makes.
    pub sizes: Vec<usize>,
    /// Whether it runs on the GPU.
    pub on_gpu: bool,
    /// Multiply-adds.
    pub work: u64,
    /// Bytes read and written, each once.
    pub moved: u64,
    /// Milliseconds of one run, the mean of several, where they were measured.
    pub milliseconds: Option<f64>,
}

/// What a run costs in one place.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Milliseconds of a whole run, the mean of `runs`; on the GPU with the transfers.
    pub milliseconds: f64,
    pub runs: usize,
    pub parts: Vec<Part>,
}

/// Runs something long enough for a coarse clock; gives the milliseconds of a run, and how many there were.
pub struct Repeated {
    clock: fn() -> f64,
    start: f64,
    pub runs: usize,
}

impl Repeated {
    /// `clock` gives milliseconds.
    pub fn new(clock: fn() -> f64) -> Self {
        Self { clock, start: clock(), runs: 0 }
    }

    /// Whether it is to run once more; the first time always.
    pub fn again(&mut self) -> bool {
        let again = self.runs == 0 || self.runs < MANY && (self.clock)() - self.start < LONG;
        self.runs += usize::from(again);
        again
    }

    /// Milliseconds of a run, after the last.
    pub fn mean(&self) -> f64 {
        ((self.clock)() - self.start) / self.runs as f64
    }
}

/// What each node of a plan took, by its number.
pub(super) struct Stopwatch {
    pub clock: fn() -> f64,
    pub spent: Vec<f64>,
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn a_coarse_clock_is_given_time_and_one_that_stands_is_not_waited_for() {
        static ASKED: AtomicU32 = AtomicU32::new(0);
        // It ticks by ten at every fifth look.
        let coarse = || f64::from(ASKED.fetch_add(1, Ordering::Relaxed) / 5 * 10);
        let mut repeated = Repeated::new(coarse);
        while repeated.again() {}
        assert_eq!(repeated.runs, 30);
        assert!((repeated.mean() - 2.0).abs() < 0.5, "{}", repeated.mean());
        let mut standing = Repeated::new(|| 7.0);
        while standing.again() {}
        assert_eq!((standing.runs, standing.mean()), (MANY, 0.0));
    }
}
