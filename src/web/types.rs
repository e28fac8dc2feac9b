//! What the page gets beside the frames: the engine's answers, which are JSON. `./build.sh types` writes these types, the frame's,
//! the input's and the kinds of errors as TypeScript into `www/kit/core-types.ts`; a test fails when that file is stale.

use serde::Serialize;

/// One number of a frame, by name.
#[cfg(test)]
#[derive(ts_rs::TS)]
#[expect(dead_code, reason = "it only describes what `web::convert` writes")]
pub struct NamedNumber {
    name: String,
    value: f32,
}

/// Numbers to be shown as a picture [height, width].
#[cfg(test)]
#[derive(ts_rs::TS)]
#[expect(dead_code, reason = "it only describes what `web::convert` writes")]
pub struct Picture {
    name: String,
    width: usize,
    height: usize,
    #[ts(type = "Float32Array")]
    values: Vec<f32>,
    /// Least value, where it is not 0.
    #[ts(optional)]
    min: Option<f32>,
    /// Greatest value, where it is not 1.
    #[ts(optional)]
    max: Option<f32>,
}

/// The GPU that there is.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GpuFound {
    /// Empty where the browser hides it.
    pub name: String,
    /// Whether it is one in software.
    pub fallback: bool,
}

/// One step of a model's plan.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EnginePart {
    /// What the file calls the node.
    pub label: String,
    /// What it does: a kernel's name on the GPU, tract's name of the operator on the CPU.
    pub kind: String,
    /// Of a convolution on the GPU [rows and columns of the window, channels in, channels out, groups], of a product there
    /// [batch, m, k, n], else the shape of what it makes.
    pub sizes: Vec<usize>,
    /// Whether it runs on the GPU.
    pub gpu: bool,
    /// Multiply-adds.
    pub work: u64,
    /// Bytes read and written, each once.
    pub moved: u64,
    /// Of one run, the mean of several, where they were measured.
    pub milliseconds: Option<f64>,
}

/// Why a model does not run on the GPU.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Trouble {
    /// Whether the GPU is gone; else it only does not run this model.
    pub lost: bool,
    pub why: String,
}

/// Milliseconds of a run on each, where both were tried.
#[derive(Default, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Tried {
    pub cpu: Option<f64>,
    pub gpu: Option<f64>,
}

/// Where a model ran.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EngineModel {
    /// "model/name".
    pub model: String,
    pub gpu: bool,
    pub parts: Vec<EnginePart>,
    /// The fastest variant of its kernels, where several were tried.
    pub variant: Option<usize>,
    pub milliseconds: Tried,
    pub trouble: Option<Trouble>,
}

/// What a run costs in one place.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Profile {
    /// Of a whole run, the mean of `runs`; on the GPU with the way there and back.
    pub milliseconds: f64,
    pub runs: usize,
    pub parts: Vec<EnginePart>,
}

/// What the GPU made of a model's last run.
#[derive(Serialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ExaminedOnGpu {
    Refused {
        trouble: Trouble,
    },
    Ran {
        profile: Profile,
        /// The output that is farthest from the CPU's.
        output: String,
        /// The difference, relative to the larger of the CPU's number and one; null if it is no number.
        #[cfg_attr(test, ts(as = "Option<f32>"))]
        worst: f32,
    },
}

/// What a model's last run costs on the CPU and, if it was asked, on the GPU.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Examined {
    /// "model/name".
    pub model: String,
    /// The shape of its first input.
    pub size: Vec<usize>,
    pub cpu: Profile,
    pub gpu: Option<ExaminedOnGpu>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use serde_json::json;

    use super::*;
    use crate::exhibits::{AttentionMap, Choice, ExhibitError, Frame, HowRead, Input, ModelFile, Replaced};
    use crate::model::ModelError;
    use crate::picture::PictureError;
    use crate::web::page_types::Types;

    const FILE: &str = "www/kit/core-types.ts";

    /// One of each: a new kind of error does not compile before it is among them.
    fn errors() -> Vec<ExhibitError> {
        let text = || "why".to_owned();
        let of_models = [
            ModelError::Unreadable { model: text(), why: text() },
            ModelError::Mismatch { model: text(), port: text(), why: text() },
            ModelError::Pending { model: text() },
            ModelError::Failed { model: text(), why: text() },
            ModelError::NoGpu { why: text() },
            ModelError::GpuLost { why: text() },
            ModelError::GpuRefused { why: text() },
        ];
        for error in &of_models {
            use ModelError::*;
            match error {
                Unreadable { .. } | Mismatch { .. } | Pending { .. } | Failed { .. } => {}
                NoGpu { .. } | GpuLost { .. } | GpuRefused { .. } => {}
            }
        }
        let of_pictures = [
            PictureError::Unreadable(text()),
            PictureError::Cut,
            PictureError::Elsewhere(text()),
            PictureError::TooLarge { width: 1, height: 1 },
            PictureError::TooDeep { width: 1, height: 1 },
            PictureError::NoInk,
        ];
        for error in &of_pictures {
            use PictureError::*;
            match error {
                Unreadable(_) | Cut | Elsewhere(_) | TooLarge { .. } | TooDeep { .. } | NoInk => {}
            }
        }
        let mut errors: Vec<ExhibitError> = of_models.into_iter().map(ExhibitError::from).collect();
        errors.extend(of_pictures.into_iter().map(ExhibitError::from));
        errors.extend([
            ExhibitError::Settings(text()),
            ExhibitError::Missing(ModelFile::new("model", "name")),
            ExhibitError::Text(text()),
            ExhibitError::Word(text()),
            ExhibitError::Input(text()),
        ]);
        for error in &errors {
            use ExhibitError::*;
            match error {
                Model(_) | Picture(_) | Settings(_) | Missing(_) | Text(_) | Word(_) | Input(_) => {}
            }
        }
        errors
    }

    #[test]
    fn the_page_s_types_are_those_of_the_core() {
        let mut types = Types::of("Rust core");
        types.declare::<Frame>();
        types.declare::<AttentionMap>();
        // Members of a union, by names that the page may want alone.
        for (name, kind) in
            [("Grid", "grid"), ("Tokens", "tokens"), ("Affine", "affine"), ("Window", "window")]
        {
            types.add(&format!("export type {name}Map = Extract<AttentionMap, {{ kind: \"{kind}\" }}>;"));
        }
        types.declare::<Picture>();
        types.declare::<NamedNumber>();
        types.declare::<Choice>();
        types.declare::<Replaced>();
        types.declare::<HowRead>();
        types.declare::<Input>();
        let errors = errors();
        let kinds: BTreeSet<&str> = errors.iter().map(ExhibitError::kind).collect();
        let kinds: Vec<String> = kinds.iter().map(|kind| format!("{kind:?}")).collect();
        types.add(&format!(
            "/**\n * What went wrong, in one word.\n */\nexport type ErrorKind = {};",
            kinds.join(" | ")
        ));
        types.declare::<ModelFile>();
        types.declare::<GpuFound>();
        types.declare::<EnginePart>();
        types.declare::<Trouble>();
        types.declare::<Tried>();
        types.declare::<EngineModel>();
        types.declare::<Profile>();
        types.declare::<ExaminedOnGpu>();
        types.declare::<Examined>();
        types.hold(&Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE));
    }

    #[test]
    fn the_engine_s_answers_are_the_json_that_the_page_reads() {
        let part = || EnginePart {
            label: "a".to_owned(),
            kind: "product".to_owned(),
            sizes: vec![1, 2],
            gpu: true,
            work: 3,
            moved: 4,
            milliseconds: None,
        };
        let profile = || Profile { milliseconds: 0.5, runs: 2, parts: vec![part()] };
        let trouble = Trouble { lost: true, why: "gone".to_owned() };
        let ran = ExaminedOnGpu::Ran { profile: profile(), output: "out".to_owned(), worst: f32::NAN };
        let examined = Examined { model: "m/n".to_owned(), size: vec![1], cpu: profile(), gpu: Some(ran) };
        let refused = ExaminedOnGpu::Refused { trouble };
        let model = EngineModel {
            model: "m/n".to_owned(),
            gpu: false,
            parts: vec![],
            variant: None,
            milliseconds: Tried::default(),
            trouble: None,
        };
        let json_of = |value: serde_json::Result<serde_json::Value>| value.expect("plain values");
        let part = json!({ "label": "a", "kind": "product", "sizes": [1, 2], "gpu": true, "work": 3, "moved": 4, "milliseconds": null });
        let profile = json!({ "milliseconds": 0.5, "runs": 2, "parts": [part] });
        assert_eq!(
            json_of(serde_json::to_value(examined)),
            json!({ "model": "m/n", "size": [1], "cpu": profile,
                    "gpu": { "profile": profile, "output": "out", "worst": null } })
        );
        assert_eq!(
            json_of(serde_json::to_value(refused)),
            json!({ "trouble": { "lost": true, "why": "gone" } })
        );
        assert_eq!(
            json_of(serde_json::to_value(model)),
            json!({ "model": "m/n", "gpu": false, "parts": [], "variant": null,
                    "milliseconds": { "cpu": null, "gpu": null }, "trouble": null })
        );
        let found = GpuFound { name: String::new(), fallback: true };
        assert_eq!(json_of(serde_json::to_value(found)), json!({ "name": "", "fallback": true }));
    }
}
