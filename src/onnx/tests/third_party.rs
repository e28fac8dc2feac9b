//! Files of other people's, fetched with pip where a registry can be reached.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use glimpse_onnx::File;
use prost::Message;
use tract_onnx::pb::TensorProto;
use tract_onnx::tensor::load_tensor;

const ONNX: &str = "onnx==1.19.1";
const OCR: &str = "rapidocr-onnxruntime==1.4.4";

/// What a package holds, below target/; nothing where pip cannot fetch it.
fn package(named: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(named.replace("==", "-"));
    if folder.join("whole").exists() {
        return Some(folder);
    }
    let wheel = folder.join("wheel");
    let ran = |arguments: &[&str]| {
        let mut python = Command::new("python3");
        let status = python.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let options = [
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
        "--retries=1",
        "--timeout=10",
    ];
    let fetched = ran(&[&options[..], &["--dest", &text(&wheel), named]].concat());
    let found = fs::read_dir(&wheel).ok().and_then(|mut files| files.next()?.ok()).filter(|_| fetched);
    let Some(found) =
        found.filter(|found| ran(&["-m", "zipfile", "-e", &text(&found.path()), &text(&folder)]))
    else {
        println!("{named} cannot be fetched here: not tested");
        return None;
    };
    fs::remove_file(found.path()).expect("the wheel goes");
    fs::write(folder.join("whole"), "").expect("a mark");
    Some(folder)
}

fn file(path: &Path) -> File {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    File::read(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn expected(path: &Path) -> Vec<f32> {
    let proto = TensorProto::decode(fs::read(path).expect("an output").as_slice()).expect("a tensor");
    let tensor = load_tensor(&*tract_onnx::onnx().provider, &proto, None).expect("a tensor");
    tensor.try_as_plain_ram().expect("numbers").as_slice::<f32>().expect("f32").to_vec()
}

/// The numbers that the package's own tests give: 0, 1/n, 2/n, …
fn rising(shape: &[usize]) -> Vec<f32> {
    let count: usize = shape.iter().product();
    (0..count).map(|i| i as f32 / count as f32).collect()
}

#[test]
fn light_models_of_the_onnx_package_give_what_it_expects() {
    let Some(folder) = package(ONNX) else { return };
    for name in ["squeezenet", "shufflenet", "resnet50", "densenet121"] {
        let folder = folder.join("onnx/backend/test/data/light");
        let mut file = file(&folder.join(format!("light_{name}.onnx")));
        let ready = file.prepare(&BTreeMap::new()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let given: Vec<Vec<f32>> = ready.inputs.iter().map(|(_, _, shape)| rising(shape)).collect();
        let made = ready.run(&given, |_, _| {}).unwrap_or_else(|error| panic!("{name}: {error}"));
        let wanted = expected(&folder.join(format!("light_{name}_output_0.pb")));
        assert_eq!(made[0].values.len(), wanted.len(), "{name}");
        for (a, w) in made[0].values.iter().zip(&wanted) {
            assert!((a - w).abs() <= 1e-3 * w.abs().max(1e-3), "{name}: {a}, not {w}");
        }
    }
}

/// The only file below a folder whose name holds `part`.
fn found(folder: &Path, part: &str) -> PathBuf {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "onnx")
                && path.to_string_lossy().contains(part)
            {
                return path;
            }
        }
    }
    panic!("no file {part}")
}

#[test]
fn a_recogniser_of_text_shows_the_attention_of_its_two_blocks() {
    let Some(folder) = package(OCR) else { return };
    let mut rec = file(&found(&folder, "_rec_"));
    let open = rec.description.open.iter();
    let sizes: BTreeMap<String, usize> =
        open.map(|open| (open.name.clone(), size_of_line(&open.at))).collect();
    let ready = rec.prepare(&sizes).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(ready.inputs[0].2, [1, 3, 48, 320]);
    let given = vec![rising(&[1, 3, 48, 320])];
    let made = ready.run(&given, |_, _| {}).unwrap_or_else(|error| panic!("{error}"));
    let heads: Vec<_> =
        made.iter().filter(|one| one.shape.len() == 4 && one.shape[2] == one.shape[3]).collect();
    assert_eq!(heads.len(), 2, "two blocks");
    assert!(heads.iter().all(|one| one.distribution));
}

/// A line of text as the recogniser was trained on: 48 rows, 320 columns.
fn size_of_line(at: &str) -> usize {
    match at.rsplit_once("axis ") {
        Some((_, "1")) => 3,
        Some((_, "2")) => 48,
        Some((_, "3")) => 320,
        _ => 1,
    }
}
