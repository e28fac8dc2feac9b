//! How many of the `onnx` package's backend node tests pass, by operator, as a table in Markdown. `src/onnx/node_tests.sh` runs it.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use glimpse_onnx::File;
use prost::Message;
use tract_onnx::pb::{ModelProto, TensorProto};
use tract_onnx::prelude::DatumType;
use tract_onnx::tensor::load_tensor;

/// As the package's own runner compares.
const RELATIVE: f32 = 1e-3;
const ABSOLUTE: f32 = 1e-5;

fn numbers(path: &Path) -> Option<Vec<f32>> {
    let proto = TensorProto::decode(fs::read(path).ok()?.as_slice()).ok()?;
    let tensor = load_tensor(&*tract_onnx::onnx().provider, &proto, None).ok()?;
    if tensor.datum_type() == DatumType::Bool {
        let view = tensor.try_as_plain_ram().ok()?;
        return Some(view.as_slice::<bool>().ok()?.iter().map(|truth| f32::from(u8::from(*truth))).collect());
    }
    let cast = tensor.cast_to::<f32>().ok()?;
    Some(cast.try_as_plain_ram().ok()?.as_slice::<f32>().ok()?.to_vec())
}

fn near(made: f32, wanted: f32) -> bool {
    made == wanted
        || (made.is_nan() && wanted.is_nan())
        || (made - wanted).abs() <= ABSOLUTE + RELATIVE * wanted.abs()
}

/// Whether a test passes; an error or other numbers than wanted do not.
fn passes(folder: &Path) -> Option<bool> {
    let mut file = File::read(&fs::read(folder.join("model.onnx")).ok()?).ok()?;
    let ready = file.prepare(&BTreeMap::new()).ok()?;
    let data = folder.join("test_data_set_0");
    let input = |i: usize| numbers(&data.join(format!("input_{i}.pb")));
    let given = (0..ready.inputs.len()).map(input).collect::<Option<Vec<_>>>()?;
    let made = ready.run(&given, |_, _| {}).ok()?;
    let mut outputs = made.iter().filter(|one| one.output).enumerate();
    Some(outputs.all(|(i, one)| {
        let Some(wanted) = numbers(&data.join(format!("output_{i}.pb"))) else { return false };
        one.values.len() == wanted.len() && one.values.iter().zip(&wanted).all(|(a, w)| near(*a, *w))
    }))
}

/// The operator that a test is of: the one its name begins with, as "test_reduce_sum_…" does, or its only one.
fn operator(folder: &Path) -> Option<String> {
    let proto = ModelProto::decode(fs::read(folder.join("model.onnx")).ok()?.as_slice()).ok()?;
    let graph = proto.graph?;
    let name = folder.file_name()?.to_str()?.trim_start_matches("test_").replace('_', "").to_lowercase();
    let named = graph.node.iter().filter(|node| name.starts_with(&node.op_type.to_lowercase()));
    let found = named.max_by_key(|node| node.op_type.len()).or(graph.node.last())?;
    Some(found.op_type.clone())
}

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("usage: node_tests FOLDER"));
    std::panic::set_hook(Box::new(|_| {}));
    let mut folders: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the folder of the node tests")
        .flatten()
        .map(|one| one.path())
        .collect();
    folders.sort();
    let mut table: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut seen = HashSet::new();
    for folder in folders.into_iter().filter(|folder| seen.insert(folder.clone())) {
        let Some(operator) = operator(&folder) else { continue };
        let passed = catch_unwind(|| passes(&folder)).ok().flatten().unwrap_or(false);
        let row = table.entry(operator).or_default();
        row.0 += usize::from(passed);
        row.1 += 1;
    }
    let (passed, all) = table.values().fold((0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
    println!("{passed} of {all} tests pass.\n");
    println!("| operator | pass | of |\n|---|---|---|");
    for (operator, (passed, all)) in table {
        println!("| {operator} | {passed} | {all} |");
    }
}
