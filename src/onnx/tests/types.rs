//! What the page gets, as TypeScript: `./build.sh types` writes it into `www/kit/onnx-types.ts`; a test fails when that file is stale.

use std::fmt::Write as _;
use std::path::Path;

use glimpse_onnx::describe::{Description, Dimension, Node, Open, Port};
use glimpse_onnx::prepare::Ready;
use glimpse_onnx::run::Made;
use ts_rs::{Config, TS};

const FILE: &str = "../../www/kit/onnx-types.ts";

fn declared<T: TS>(config: &Config, text: &mut String) {
    let docs = T::docs().unwrap_or_default();
    write!(text, "\n{docs}export {}\n", T::decl(config)).expect("a string takes all");
}

fn typescript() -> String {
    let config = Config::new().with_large_int("number").with_array_tuple_limit(0);
    let mut text = "// Written by `./build.sh types` from the second core: change it there.\n".to_owned();
    declared::<Dimension>(&config, &mut text);
    declared::<Port>(&config, &mut text);
    declared::<Node>(&config, &mut text);
    declared::<Open>(&config, &mut text);
    declared::<Description>(&config, &mut text);
    declared::<Ready>(&config, &mut text);
    declared::<Made>(&config, &mut text);
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// With WRITE_TYPES it writes the file instead.
#[test]
fn the_page_s_types_are_those_of_the_second_core() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if std::env::var_os("WRITE_TYPES").is_some() {
        std::fs::write(&path, typescript()).expect("the folder is there");
        return;
    }
    let committed = std::fs::read_to_string(&path).expect("the file is there");
    assert!(committed == typescript(), "{FILE} is stale: ./build.sh types writes it");
}
