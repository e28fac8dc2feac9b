//! Slides 6–7, 10–13, 28–29. Additive scores: Bahdanau, Cho and Bengio, "Neural Machine Translation by Jointly Learning to Align and
//! Translate", ICLR 2015, appendix A.1.2; Xu et al., "Show, Attend and Tell", ICML 2015, eq. 4, score the places of a picture
//! the same way, and so do the answerer of questions and the recogniser of actions that ship here.
//!
//! ```text
//! e_ij = vᵀ tanh(W s_{i−1} + U h_j)
//! ```
//!
//! s_{i−1} [S] is the decoder's state, h_j [H] the annotation vector of source word or place j of L, A the width of the hidden
//! layer. W [A, S], U [A, H] and v [A] are learned. Scores have no unit; [`super::soft::softmax`] makes weights of them.

use super::matrix::{product, sum, transposed};

/// The gradient of a loss by what [`scores`] takes.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreGradient {
    /// By W s_{i−1} [A].
    pub query: Vec<f32>,
    /// By each U h_j [L, A].
    pub keys: Vec<f32>,
    /// By v [A].
    pub v: Vec<f32>,
}

/// x Mᵀ: what a linear layer M [out, in] makes of each of the vectors `x` [N, in] → [N, out]. Of the state it makes the query
/// W s_{i−1}, of all annotation vectors the keys U h_j, which are the same at every step and so are made once.
pub fn projected(matrix: &[f32], x: &[f32], inputs: usize) -> Vec<f32> {
    product(x, &transposed(matrix, inputs), inputs)
}

/// The gradients by the matrix [out, in] and by x [N, in], from that by what was projected [N, out].
pub fn projected_backward(matrix: &[f32], x: &[f32], inputs: usize, d: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let outputs = matrix.len() / inputs;
    (product(&transposed(d, outputs), x, x.len() / inputs), product(d, matrix, outputs))
}

/// e_j = vᵀ tanh(query + key_j), one score a place [L], of a query [A], keys [L, A] and v [A].
pub fn scores(query: &[f32], keys: &[f32], v: &[f32]) -> Vec<f32> {
    let one = |key: &[f32]| query.iter().zip(key).zip(v).map(|((q, k), v)| v * (q + k).tanh()).sum();
    keys.chunks_exact(v.len()).map(one).collect()
}

/// The gradients from that by the scores [L]; tanh′ = 1 − tanh².
pub fn scores_backward(query: &[f32], keys: &[f32], v: &[f32], d_scores: &[f32]) -> ScoreGradient {
    let mut gradient = ScoreGradient { query: vec![0.0; v.len()], keys: Vec::new(), v: vec![0.0; v.len()] };
    for (key, d) in keys.chunks_exact(v.len()).zip(d_scores) {
        let raised: Vec<f32> = query.iter().zip(key).map(|(q, k)| (q + k).tanh()).collect();
        let d_sum: Vec<f32> = raised.iter().zip(v).map(|(t, v)| d * v * (1.0 - t * t)).collect();
        gradient.query = sum(&gradient.query, &d_sum);
        for (slot, t) in gradient.v.iter_mut().zip(&raised) {
            *slot += d * t;
        }
        gradient.keys.extend(d_sum);
    }
    gradient
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attention::differences::{assert_close, differences, waves};
    use crate::attention::matrix::dot;

    const STATE: usize = 3;
    const ANNOTATION: usize = 2;
    const WIDTH: usize = 4;
    const PLACES: usize = 5;

    #[test]
    fn known_scores() {
        let keys = [0.0, 0.0, 1.0, -1.0];
        let found = scores(&[0.5, 0.5], &keys, &[2.0, 1.0]);
        let expected = [3.0 * 0.5_f32.tanh(), 2.0 * 1.5_f32.tanh() - 0.5_f32.tanh()];
        assert_close(&found, &expected, 1e-6);
        assert_eq!(projected(&[1.0, 0.0, 0.0, 2.0], &[3.0, 4.0, 5.0, 6.0], 2), [3.0, 8.0, 5.0, 12.0]);
    }

    #[test]
    fn gradients_of_the_whole_score_agree_with_differences() {
        let (w, u, v) = (waves(WIDTH * STATE, 0.1), waves(WIDTH * ANNOTATION, 0.8), waves(WIDTH, 1.7));
        let (s, h) = (waves(STATE, 0.4), waves(PLACES * ANNOTATION, 2.2));
        let d_scores = waves(PLACES, 1.1);
        let loss = |w: &[f32], u: &[f32], v: &[f32], s: &[f32], h: &[f32]| {
            dot(&scores(&projected(w, s, STATE), &projected(u, h, ANNOTATION), v), &d_scores)
        };
        let (query, keys) = (projected(&w, &s, STATE), projected(&u, &h, ANNOTATION));
        let d = scores_backward(&query, &keys, &v, &d_scores);
        let (d_w, d_s) = projected_backward(&w, &s, STATE, &d.query);
        let (d_u, d_h) = projected_backward(&u, &h, ANNOTATION, &d.keys);
        assert_close(&d_w, &differences(&w, |w| loss(w, &u, &v, &s, &h)), 1e-3);
        assert_close(&d_u, &differences(&u, |u| loss(&w, u, &v, &s, &h)), 1e-3);
        assert_close(&d.v, &differences(&v, |v| loss(&w, &u, v, &s, &h)), 1e-3);
        assert_close(&d_s, &differences(&s, |s| loss(&w, &u, &v, s, &h)), 1e-3);
        assert_close(&d_h, &differences(&h, |h| loss(&w, &u, &v, &s, h)), 1e-3);
    }
}
