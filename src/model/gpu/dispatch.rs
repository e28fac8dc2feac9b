//! One dispatch of a plan, and the sizes that all dispatches keep to.

/// Threads of a workgroup.
pub const GROUP: usize = 64;
/// Parameters of a dispatch: four a vector.
pub const PARAMETERS: usize = 128;
/// Workgroups along one axis, at most (WebGPU's default limit).
pub const SPAN: usize = 65_535;

/// What a binding of a dispatch reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Region {
    /// The buffer of all constants.
    Constants,
    Value(usize),
}

/// One dispatch of a plan.
#[derive(Clone, Debug)]
pub struct Dispatch {
    /// The node it computes last, for the engine panel and for errors.
    pub label: String,
    /// What it does, and the sizes that say how much, as [`crate::model::Part`] has them.
    pub kind: &'static str,
    pub sizes: Vec<usize>,
    /// WGSL with the entry point `main`; binding 0 holds the parameters, 1 what it writes, then what it reads.
    pub source: String,
    pub reads: Vec<Region>,
    pub writes: usize,
    pub parameters: Vec<u32>,
    /// Workgroups along each axis; the third counts the lanes.
    pub groups: (u32, u32, u32),
    /// Multiply-adds.
    pub work: u64,
    /// Numbers of f32 read and written, each once.
    pub moved: u64,
}

/// From one lane's numbers of a value of this length to the next one's: whole vectors.
pub fn pitch(length: usize) -> usize {
    length.next_multiple_of(4)
}

/// How many copies there are of every value, a lane each, and how many numbers a value holds.
#[derive(Clone, Copy)]
pub struct Lanes<'a> {
    pub count: usize,
    pub lengths: &'a [usize],
}
