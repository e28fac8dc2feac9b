use js_sys::{Array, Float32Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::attention::draw_window::Window;
use crate::exhibits::{AttentionMap, Choice, ExhibitError, Frame, Picture, Replaced};
use crate::picture::PictureError;

/// An `Error` with a `kind`.
pub fn failure(kind: &str, message: &str) -> JsValue {
    let error = js_sys::Error::new(message);
    set(&error, "kind", &kind.into());
    error.into()
}

/// The same for an exhibit's error; one that says `cut` is of a picture file of which a part is there.
pub fn thrown(error: ExhibitError) -> JsValue {
    let thrown = failure(error.kind(), &error.to_string());
    if error == ExhibitError::Picture(PictureError::Cut) {
        set(&thrown, "cut", &true.into());
    }
    thrown
}

pub fn object<const N: usize>(fields: [(&str, JsValue); N]) -> JsValue {
    let made = Object::new();
    for (name, value) in fields {
        set(&made, name, &value);
    }
    made.into()
}

pub fn list(values: impl Iterator<Item = JsValue>) -> JsValue {
    values.collect::<Array>().into()
}

/// A whole number as JavaScript has it.
pub fn plain(number: usize) -> JsValue {
    JsValue::from_f64(number as f64)
}

pub fn set(target: &JsValue, name: &str, value: &JsValue) {
    // Setting a field of an object that was made here cannot fail.
    let _ = Reflect::set(target, &name.into(), value);
}

fn floats(values: &[f32]) -> JsValue {
    Float32Array::from(values).into()
}

pub fn frame(frame: &Frame) -> JsValue {
    let number = |(name, value): &(&str, f32)| object([("name", (*name).into()), ("value", (*value).into())]);
    // All fields by name, here and below, so that a new one does not compile before the page is told of it.
    let Frame { step, steps, words, ended, maps, pictures, numbers, choices, attributes, replaced } = frame;
    object([
        ("step", plain(*step)),
        ("steps", steps.map_or(JsValue::NULL, plain)),
        ("words", list(words.iter().map(JsValue::from))),
        ("ended", (*ended).into()),
        ("maps", list(maps.iter().map(map))),
        ("pictures", list(pictures.iter().map(picture))),
        ("numbers", list(numbers.iter().map(number))),
        ("choices", list(choices.iter().map(choice))),
        ("attributes", list(attributes.iter().map(choice))),
        ("replaced", list(replaced.iter().map(replacement))),
    ])
}

fn map(map: &AttentionMap) -> JsValue {
    match map {
        AttentionMap::Grid { name, rows, cols, weights } => object([
            ("kind", "grid".into()),
            ("name", name.as_ref().into()),
            ("rows", plain(*rows)),
            ("cols", plain(*cols)),
            ("weights", floats(weights)),
        ]),
        AttentionMap::Tokens { name, tokens, weights } => object([
            ("kind", "tokens".into()),
            ("name", (*name).into()),
            ("tokens", list(tokens.iter().map(JsValue::from))),
            ("weights", floats(weights)),
        ]),
        AttentionMap::Affine { name, theta } => {
            object([("kind", "affine".into()), ("name", (*name).into()), ("theta", floats(theta))])
        }
        AttentionMap::Window { name, window: Window { g_x, g_y, delta, sigma2, gamma }, count, side } => {
            object([
                ("kind", "window".into()),
                ("name", (*name).into()),
                ("gx", (*g_x).into()),
                ("gy", (*g_y).into()),
                ("delta", (*delta).into()),
                ("sigma2", (*sigma2).into()),
                ("gamma", (*gamma).into()),
                ("n", plain(*count)),
                ("side", plain(*side)),
            ])
        }
    }
}

fn picture(Picture { name, width, height, values, range }: &Picture) -> JsValue {
    let made = object([
        ("name", (*name).into()),
        ("width", plain(*width)),
        ("height", plain(*height)),
        ("values", floats(values)),
    ]);
    if let Some((min, max)) = *range {
        set(&made, "min", &min.into());
        set(&made, "max", &max.into());
    }
    made
}

fn replacement(Replaced { typed, read, how, suggestions }: &Replaced) -> JsValue {
    object([
        ("typed", typed.into()),
        ("read", read.as_ref().map_or(JsValue::NULL, JsValue::from)),
        ("how", how.name().into()),
        ("suggestions", list(suggestions.iter().map(JsValue::from))),
    ])
}

fn choice(Choice { word, probability }: &Choice) -> JsValue {
    object([("word", word.as_str().into()), ("probability", (*probability).into())])
}
