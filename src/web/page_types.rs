//! The page's types, written of Rust's: for the tests of both cores.

use std::fmt::Write as _;
use std::path::Path;

use ts_rs::{Config, TS};

/// A file of types that begins with a line on where it comes from.
pub struct Types {
    config: Config,
    text: String,
}

impl Types {
    pub fn of(core: &str) -> Self {
        let config = Config::new().with_large_int("number").with_array_tuple_limit(0);
        Self { config, text: format!("// Written by `./build.sh types` from the {core}: change it there.\n") }
    }

    pub fn declare<T: TS>(&mut self) {
        let docs = T::docs().unwrap_or_default();
        self.add(&format!("{docs}export {}", T::decl(&self.config)));
    }

    pub fn add(&mut self, text: &str) {
        writeln!(self.text, "\n{text}").expect("a string takes all");
    }

    /// That the file is of these types. With WRITE_TYPES it is written instead.
    pub fn hold(&self, path: &Path) {
        let text: String = self.text.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        if std::env::var_os("WRITE_TYPES").is_some() {
            std::fs::write(path, text).expect("the folder is there");
            return;
        }
        let committed = std::fs::read_to_string(path).expect("the file is there");
        assert!(committed == text, "{} is stale: ./build.sh types writes it", path.display());
    }
}
