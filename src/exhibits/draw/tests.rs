//! What is refused, and the loss of known canvases.

use super::*;

#[test]
fn settings_that_are_not_known_are_refused() {
    let cases = [
        "",
        "[]",
        "{}",
        r#"{"mode":"paint","model":"draw-mnist","seed":1}"#,
        r#"{"mode":"wall","model":"../secrets","seed":1}"#,
        r#"{"mode":"wall","model":"draw-mnist","seed":-1}"#,
    ];
    for settings in cases {
        let refused = Draw::default().files(settings).expect_err(settings);
        assert_eq!(refused.kind(), "bad-settings", "{settings}");
    }
}

#[test]
fn only_copying_needs_the_encoder() {
    for (mode, names) in
        [("generate", &["decoder"][..]), ("wall", &["decoder"]), ("reconstruct", &["decoder", "encoder"])]
    {
        let files = Draw::default().files(&format!(r#"{{"mode":"{mode}","model":"draw-mnist","seed":1}}"#));
        let found: Vec<String> = files.expect("known").into_iter().map(|file| file.name).collect();
        assert_eq!(found, names, "{mode}");
    }
}

#[test]
fn without_its_model_it_says_which() {
    let settings = r#"{"mode":"generate","model":"draw-2digits","seed":1}"#;
    let refused = Draw::default().start(settings, None, &ModelStore::default()).expect_err("no model");
    assert_eq!(
        (refused.kind(), refused.to_string().contains("draw-2digits/decoder")),
        ("missing-model", true)
    );
}

#[test]
fn the_loss_of_known_canvases() {
    let tensor = |values: &[f32]| Tensor::floats(&[values.len()], values).expect("a tensor");
    let cases = [
        (&[0.0, 0.0][..], &[0.0, 1.0][..], 2.0 * std::f32::consts::LN_2),
        (&[50.0, -50.0], &[1.0, 0.0], 0.0),
        (&[50.0, -50.0], &[0.0, 1.0], 100.0),
    ];
    for (canvas, x, nats) in cases {
        assert!((reconstruction_loss(&tensor(canvas), &tensor(x)) - nats).abs() < 1e-4);
    }
}
