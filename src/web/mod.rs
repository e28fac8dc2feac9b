//! What the page may ask for: the only place that knows JavaScript. What goes wrong reaches the page as an `Error` with
//! a `kind`, one word for programs beside the message for people. Outside WebAssembly only `types` is compiled, for its test.

#[cfg(target_arch = "wasm32")]
mod convert;
#[cfg(target_arch = "wasm32")]
mod engine;
#[cfg(target_arch = "wasm32")]
mod model;
#[cfg(test)]
mod page_types;
#[cfg(target_arch = "wasm32")]
mod session;
mod types;
