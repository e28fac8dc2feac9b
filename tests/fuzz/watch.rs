//! What a case may take: panics are caught, time and memory counted, and a case that comes to no end is written down before the program
//! is ended.

use std::alloc::{GlobalAlloc, Layout, System};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// The limits of a case.
pub const MOST_SECONDS: f64 = 2.0;
pub const MOST_BYTES: usize = 1 << 30;
/// Beyond these the program ends.
const ENDLESS: Duration = Duration::from_secs(120);
const BEYOND: usize = 3 << 30;

pub struct Counted;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

fn took(size: usize) {
    MOST.fetch_max(HELD.fetch_add(size, Relaxed) + size, Relaxed);
}

// SAFETY: all is passed on to the system's allocator; only sizes are added up.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(at, layout) }
    }
}

/// The case that runs: where it would be written to, its bytes, and when it began.
static RUNNING: Mutex<Option<(PathBuf, Vec<u8>, Instant)>> = Mutex::new(None);
static SAID: Mutex<String> = Mutex::new(String::new());

/// Begins to watch.
pub fn begin() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|place| format!("{}:{}", place.file(), place.line()));
        let what = info.payload_as_str().unwrap_or("a panic");
        let said = format!("{what}, at {}", place.unwrap_or_default());
        if RUNNING.lock().expect("a case").is_none() {
            eprintln!("{said}");
        }
        *SAID.lock().expect("a text") = said;
    }));
    std::thread::spawn(|| {
        loop {
            std::thread::sleep(Duration::from_millis(200));
            let running = RUNNING.lock().expect("a case");
            let Some((path, bytes, begun)) = &*running else { continue };
            let (endless, beyond) = (begun.elapsed() > ENDLESS, HELD.load(Relaxed) > BEYOND);
            if endless || beyond {
                write(path, bytes);
                let why = if endless { "comes to no end" } else { "takes all memory" };
                eprintln!("{} {why}", path.display());
                std::process::exit(1);
            }
        }
    });
}

pub fn write(path: &Path, bytes: &[u8]) {
    let folder = path.parent().expect("a folder");
    std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, bytes)).expect("the case is written");
}

/// Seconds that this thread has had of a processor, so that a busy machine makes no case slow.
fn seconds(since: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| since.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

/// Runs one case; tells what was wrong with it.
pub fn run(path: &Path, bytes: &[u8], feed: impl FnOnce()) -> Result<(), String> {
    *RUNNING.lock().expect("a case") = Some((path.to_owned(), bytes.to_vec(), Instant::now()));
    let before = HELD.load(Relaxed);
    MOST.store(before, Relaxed);
    let since = Instant::now();
    let start = seconds(since);
    let ended = catch_unwind(AssertUnwindSafe(feed));
    let took = seconds(since) - start;
    let held = MOST.load(Relaxed).saturating_sub(before);
    *RUNNING.lock().expect("a case") = None;
    if ended.is_err() {
        let said = SAID.lock().expect("a text").clone();
        // Whole numbers of a graph wrap in the published core, which has no such checks.
        let wraps = said.contains("with overflow")
            && ["/tract-core-", "/library/core/"].iter().any(|place| said.contains(place));
        return if wraps { Ok(()) } else { Err(said) };
    }
    if took > MOST_SECONDS {
        return Err(format!("it took more than {MOST_SECONDS} s"));
    }
    if held > MOST_BYTES {
        return Err("it took more than 1 GB".to_owned());
    }
    Ok(())
}
