//! Random inputs for the core: it answers each of them, within two seconds and a gigabyte, and never panics.
//!
//! FUZZ_SECONDS says how long (`./build.sh fuzz SECONDS`), FUZZ_SEED with which seed. A case that fails is written below target/fuzz/;
//! FUZZ_REPLAY=FILE feeds it again.

mod chance;
mod exhibits;
mod models;
mod pictures;
#[path = "../support/mod.rs"]
mod support;
mod watch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chance::Chance;

#[global_allocator]
static COUNTED: watch::Counted = watch::Counted;

/// A kind of input.
trait Kind {
    fn name(&self) -> &'static str;
    /// How much of the time it gets.
    fn share(&self) -> f64;
    /// Makes a case.
    fn made(&mut self, chance: &mut Chance) -> Vec<u8>;
    /// Gives it to the core; whether it was accepted.
    fn feed(&mut self, case: &[u8]) -> bool;
    /// Forgets what a panic may have left half done.
    fn renewed(&mut self);
}

/// A kind that is added here is fuzzed; one whose code may end the program runs itself in a child process.
fn kinds() -> Vec<Box<dyn Kind>> {
    vec![
        Box::new(pictures::Pictures::new()),
        Box::new(models::Models::new()),
        Box::new(exhibits::Exhibits::new()),
        Box::new(exhibits::Files::new()),
    ]
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Where a case that fails is written.
fn path(kind: &str, at: usize) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("fuzz").join(format!("{kind}-{at}"))
}

/// Feeds a kind for its share of the time; what failed, by what was said of it.
fn fuzzed(kind: &mut dyn Kind, seed: u64, time: Duration) -> BTreeMap<String, PathBuf> {
    let (begun, mut failed) = (Instant::now(), BTreeMap::new());
    let mut chance = Chance(seed);
    let (mut count, mut accepted) = (0, 0);
    while begun.elapsed() < time {
        let case = kind.made(&mut chance);
        let path = path(kind.name(), count);
        let mut taken = false;
        if let Err(why) = watch::run(&path, &case, || taken = kind.feed(&case)) {
            kind.renewed();
            failed.entry(why).or_insert_with_key(|why| {
                watch::write(&path, &case);
                println!("{why}: {}", path.display());
                path
            });
        }
        count += 1;
        accepted += usize::from(taken);
    }
    println!("{}: {count} cases, {accepted} accepted, {} kinds of faults", kind.name(), failed.len());
    failed
}

#[test]
fn the_core_answers_whatever_it_is_given() {
    watch::begin();
    if let Ok(file) = std::env::var("FUZZ_REPLAY") {
        let case = std::fs::read(&file).expect("the case");
        let name = Path::new(&file).file_name().expect("a file").to_string_lossy().into_owned();
        let mut kinds = kinds().into_iter();
        let mut kind =
            kinds.find(|kind| name.starts_with(kind.name())).expect("its name begins with its kind");
        let ended = watch::run(Path::new(&file), &case, || println!("accepted: {}", kind.feed(&case)));
        assert_eq!(ended, Ok(()), "{file}");
        return;
    }
    let (seconds, seed) = (number("FUZZ_SECONDS", 20), number("FUZZ_SEED", 1));
    let mut failed = BTreeMap::new();
    for mut kind in kinds() {
        let time = Duration::from_secs_f64(seconds as f64 * kind.share());
        failed.extend(fuzzed(kind.as_mut(), seed, time));
    }
    let told: Vec<String> = failed.iter().map(|(why, path)| format!("{why}: {}", path.display())).collect();
    assert!(told.is_empty(), "seed {seed}:\n{}", told.join("\n"));
}
