//! What the page gets, as TypeScript: `./build.sh types` writes it into `www/kit/onnx-types.ts`; this test fails when that file is stale.

#[path = "../../web/page_types.rs"]
mod page_types;

use std::path::Path;

use glimpse_onnx::describe::{Description, Dimension, Node, Open, Port};
use glimpse_onnx::prepare::Ready;
use glimpse_onnx::run::Made;
use page_types::Types;

#[test]
fn the_page_s_types_are_those_of_the_second_core() {
    let mut types = Types::of("second core");
    types.declare::<Dimension>();
    types.declare::<Port>();
    types.declare::<Node>();
    types.declare::<Open>();
    types.declare::<Description>();
    types.declare::<Ready>();
    types.declare::<Made>();
    types.hold(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/kit/onnx-types.ts"));
}
