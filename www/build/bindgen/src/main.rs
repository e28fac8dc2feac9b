//! Writes the JavaScript side of the compiled core: `glimpse-bindgen FILE.wasm FOLDER [--names]`.
//!
//! FOLDER then holds `FILE.js`, an ES module whose default export takes the wasm, and `FILE_bg.wasm`. The functions of
//! the wasm keep their names only with `--names`, for readable stacks. This is what the command `wasm-bindgen --target web`
//! does, without the HTTP client and the test runner that it compiles.

use std::path::Path;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (wasm, folder, names) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [wasm, folder] => (wasm, folder, false),
        [wasm, folder, "--names"] => (wasm, folder, true),
        _ => {
            eprintln!("usage: glimpse-bindgen FILE.wasm FOLDER [--names]");
            return ExitCode::from(2);
        }
    };
    match bind(wasm, folder, names) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("glimpse-bindgen: {wasm}: {why}");
            ExitCode::FAILURE
        }
    }
}

fn bind(wasm: &str, folder: &str, names: bool) -> Result<(), String> {
    let name = Path::new(wasm).file_stem().and_then(|name| name.to_str()).ok_or("its name is no file's")?;
    let mut bindgen = Bindgen::new();
    let made = bindgen.web(true).and_then(|bindgen| {
        bindgen.input_path(wasm).out_name(name).omit_default_module_path(false).remove_name_section(!names);
        bindgen.generate(folder)
    });
    made.map_err(|error| format!("{error:#}"))
}
