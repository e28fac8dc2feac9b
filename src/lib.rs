//! Glimpse: the attention models of a lecture, live in the browser.
//!
//! # The rooms, in reading order
//!
//! - [`attention`]: the lecture's mathematics, value and gradient, on plain slices; `shaders/` holds what also runs on the GPU.
//! - [`model`]: an ONNX file becomes something that runs, with named inputs and outputs, on the CPU or the GPU.
//! - [`picture`]: pixels in and out: decode, orientation, resize, normalise, colour map, heatmap.
//! - [`exhibits`]: one file a system of the lecture: what goes in, one step, what comes out.
//! - `web` (only in WebAssembly): what the page may ask for; the only place that knows JavaScript.
//!
//! Data has one way through: input → [`exhibits::Exhibit::start`] → step, step, step → [`exhibits::Frame`] → the page.
//! Calls go one way too: web → exhibits → model, picture → attention.
//!
//! # The lecture in the code
//!
//! Where each slide of *Attention Models* stands. A function is read in `src/attention/`, an exhibit in `src/exhibits/`, a model's card
//! in `models/`. A dash says that there is none. `tests/lecture.rs` checks every name, and that no slide is missing.
//!
//! | slides | what they teach | functions | exhibits | models |
//! |---|---|---|---|---|
//! | 1–5 | what leads up to the first system: no system | — | — | — |
//! | 6–7 | alignment in translation: a score for every source word | [`additive::scores`](attention::additive::scores), [`additive::projected`](attention::additive::projected) | `translate` | `translate-attention` |
//! | 6–7 | weights from the scores, the context vector; a fixed vector in their place | [`soft::softmax`](attention::soft::softmax), [`soft::context`](attention::soft::context) | `translate` | `translate-attention`, `translate-fixed` |
//! | 8–9 | captions without attention: the picture is seen once | — | `captions` | `caption-encoder`, `caption-none` |
//! | 10–18 | soft attention to the places of a picture | [`additive::scores`](attention::additive::scores), [`soft::attend`](attention::soft::attend), [`soft::entropy_bits`](attention::soft::entropy_bits) | `captions` | `caption-encoder`, `caption-soft` |
//! | 10–18 | how much of the picture a word needs (β), and every place looked at once | [`soft::gate`](attention::soft::gate), [`soft::doubly_stochastic`](attention::soft::doubly_stochastic) | `captions` | `caption-soft`, `caption-hard`, `caption-semantic` |
//! | 14–19 | hard attention: one place a word, drawn | [`hard::place`](attention::hard::place), [`hard::gumbel_noise`](attention::hard::gumbel_noise), [`hard::one_hot`](attention::hard::one_hot) | `captions` | `caption-hard` |
//! | 17–19 | soft against hard: what has a gradient, temperature | [`soft::attend_backward`](attention::soft::attend_backward), [`soft::context_backward`](attention::soft::context_backward), [`soft::tempered`](attention::soft::tempered) | `soft-lab` | — |
//! | 18–19 | REINFORCE, its baseline and its variance | [`reinforce::estimate`](attention::reinforce::estimate), [`reinforce::categorical_score`](attention::reinforce::categorical_score), [`reinforce::gaussian_score`](attention::reinforce::gaussian_score), [`reinforce::mean_baseline`](attention::reinforce::mean_baseline), [`reinforce::best_baseline`](attention::reinforce::best_baseline), [`reinforce::categorical_variance`](attention::reinforce::categorical_variance) | `crop-lab`, `captions` | `caption-hard`, `ram-cluttered` |
//! | 19–21, 31 | glimpses of a cluttered digit: retina and location | [`glimpse::retina`](attention::glimpse::retina), [`glimpse::crop`](attention::glimpse::crop), [`glimpse::location`](attention::glimpse::location) | `glimpses` | `ram-cluttered` |
//! | 19–21, 31 | the same digit read through DRAW's window | [`draw_window::read`](attention::draw_window::read) | `glimpses` | `draw-read-cluttered` |
//! | 20–21 | DRAW: a grid of Gaussian filters that reads and writes | [`draw_window::window`](attention::draw_window::window), [`draw_window::filterbank`](attention::draw_window::filterbank), [`draw_window::read`](attention::draw_window::read), [`draw_window::write`](attention::draw_window::write) | `draw` | `draw-mnist`, `draw-2digits`, `draw-mnist-noattention` |
//! | 22 | handwriting: a window that moves over the text | [`graves_window::advanced`](attention::graves_window::advanced), [`graves_window::phi`](attention::graves_window::phi), [`graves_window::is_past`](attention::graves_window::is_past) | `handwriting` | `handwriting`, `handwriting-none` |
//! | 23–25 | crops: hard, Gaussian, bilinear | [`affine::nearest`](attention::affine::nearest), [`affine::sample_backward`](attention::affine::sample_backward), [`draw_window::read_backward`](attention::draw_window::read_backward), [`reinforce::estimate`](attention::reinforce::estimate) | `crop-lab` | — |
//! | 24–27 | spatial transformers: θ, the sampling grid, bilinear sampling | [`affine::grid`](attention::affine::grid), [`affine::sample`](attention::affine::sample), [`affine::grid_backward`](attention::affine::grid_backward) | `spatial` | `stn-mnist` |
//! | 24–27 | thin-plate splines in place of affine maps | [`spline::matrix`](attention::spline::matrix), [`spline::grid`](attention::spline::grid), [`spline::grid_backward`](attention::spline::grid_backward) | `spatial` | `stn-mnist` |
//! | 24–27 | birds, named by windows on their parts | [`affine::grid`](attention::affine::grid), [`affine::sample_within`](attention::affine::sample_within) | `birds` | `stn-birds`, `dense-encoder` |
//! | 28 | questions about a picture: a look at every word of the question | [`additive::scores`](attention::additive::scores), [`soft::attend`](attention::soft::attend) | `questions` | `vqa`, `vqa-pooled`, `vqa-blind` |
//! | 29 | actions: a soft look at every frame of a clip | [`additive::scores`](attention::additive::scores), [`soft::attend`](attention::soft::attend) | `actions` | `action`, `action-mean` |
//! | 29 | salient objects: looks that refine a map | [`affine::grid`](attention::affine::grid), [`refine::laid_back`](attention::refine::laid_back), [`refine::fade`](attention::refine::fade) | `saliency` | `saliency`, `dense-encoder` |
//! | 30 | attention to scale: a softmax over scales at every pixel | [`scale::weights`](attention::scale::weights), [`scale::blend`](attention::scale::blend), [`scale::average`](attention::scale::average), [`scale::greatest`](attention::scale::greatest) | `scales` | `scale`, `dense-encoder` |
//! | 30 | semantic attention: words detected in the picture are attended to | [`semantic::attend`](attention::semantic::attend), [`semantic::mixed`](attention::semantic::mixed) | `captions` | `caption-semantic` |
//! | 31 | where to go on: any ONNX file, its layers and every softmax in it; the second core in `src/onnx` runs it | — | `your-model` | `vit-digits`, `cloze` |

pub mod attention;
pub mod exhibits;
pub mod model;
pub mod picture;
#[cfg(any(test, feature = "shader_check"))]
mod shader_check;
#[cfg(any(target_arch = "wasm32", test))]
mod web;
