/// Where one sample of the result comes from: the first source sample and the weights of it and its followers.
struct Tap {
    first: usize,
    weights: Vec<f32>,
}

/// A picture of `channels` interleaved values a pixel, from (width, height) `from` to `to`. Where it shrinks, each
/// pixel is the mean of the area it covers; where it grows, it is linear between pixel centres. Beside the result it takes the memory
/// of two of its rows, however high the picture is.
///
/// # Panics
/// If `values` is not as long as `from` and `channels` say, or `from` is empty.
pub fn resized<T: Copy + Into<f32>>(
    values: &[T],
    from: (usize, usize),
    to: (usize, usize),
    channels: usize,
) -> Vec<f32> {
    assert_eq!(values.len(), from.0 * from.1 * channels, "as many values as pixels");
    if from.0 < to.0 && from.1 > to.1 {
        // Fewer rows first: what is not there yet need not be summed.
        let lower = resized(values, from, (from.0, to.1), channels);
        return resized(&lower, (from.0, to.1), to, channels);
    }
    let columns = taps(from.0, to.0);
    let line = to.0 * channels;
    let mut narrow = [const { (usize::MAX, Vec::new()) }; 2];
    let mut out = vec![0.0; line * to.1];
    for (tap, sums) in taps(from.1, to.1).iter().zip(out.chunks_exact_mut(line.max(1))) {
        for (at, weight) in (tap.first..).zip(&tap.weights) {
            // The row below the last may be wanted again: two are kept.
            let (held, row) = &mut narrow[at % 2];
            if *held != at {
                *held = at;
                narrowed(&values[at * from.0 * channels..][..from.0 * channels], &columns, channels, row);
            }
            for (sum, value) in sums.iter_mut().zip(row.iter()) {
                *sum += weight * value;
            }
        }
    }
    out
}

/// One row as wide as there are taps.
fn narrowed<T: Copy + Into<f32>>(row: &[T], columns: &[Tap], channels: usize, to: &mut Vec<f32>) {
    to.clear();
    for tap in columns {
        for channel in 0..channels {
            let pixels = row[tap.first * channels + channel..].iter().step_by(channels);
            to.push(tap.weights.iter().zip(pixels).map(|(w, v)| w * (*v).into()).sum::<f32>());
        }
    }
}

fn taps(from: usize, to: usize) -> Vec<Tap> {
    let scale = from as f64 / to as f64;
    let area = |i: usize| {
        let (low, high) = (i as f64 * scale, (i + 1) as f64 * scale);
        let first = (low as usize).min(from - 1);
        let last = (high.ceil() as usize).clamp(first + 1, from);
        let covered = |j: usize| high.min((j + 1) as f64) - low.max(j as f64);
        Tap { first, weights: (first..last).map(|j| (covered(j) / scale) as f32).collect() }
    };
    let linear = |i: usize| {
        let place = ((i as f64 + 0.5) * scale - 0.5).clamp(0.0, (from - 1) as f64);
        let first = (place as usize).min(from.saturating_sub(2));
        let part = (place - first as f64) as f32;
        Tap { first, weights: if from == 1 { vec![1.0] } else { vec![1.0 - part, part] } }
    };
    (0..to).map(|i| if scale >= 1.0 { area(i) } else { linear(i) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_pictures() {
        type Case = (&'static str, &'static [f32], (usize, usize), (usize, usize), &'static [f32]);
        let cases: [Case; 6] = [
            ("the same", &[1.0, 2.0, 3.0, 4.0], (2, 2), (2, 2), &[1.0, 2.0, 3.0, 4.0]),
            ("half", &[1.0, 3.0, 5.0, 7.0], (4, 1), (2, 1), &[2.0, 6.0]),
            ("two thirds", &[3.0, 6.0, 9.0], (3, 1), (2, 1), &[4.0, 8.0]),
            ("twice", &[0.0, 4.0], (2, 1), (4, 1), &[0.0, 1.0, 3.0, 4.0]),
            ("one pixel grows", &[5.0], (1, 1), (2, 2), &[5.0; 4]),
            ("wider and lower", &[0.0, 2.0, 4.0, 6.0], (1, 4), (2, 2), &[1.0, 1.0, 5.0, 5.0]),
        ];
        for (what, values, from, to, expected) in cases {
            let out = resized(values, from, to, 1);
            assert_eq!(out.len(), expected.len(), "{what}");
            assert!(out.iter().zip(expected).all(|(a, e)| (a - e).abs() < 1e-5), "{what}: {out:?}");
        }
    }

    #[test]
    fn channels_stay_apart() {
        assert_eq!(resized(&[0.0, 10.0, 2.0, 30.0], (2, 1), (1, 1), 2), [1.0, 20.0]);
    }

    #[test]
    fn a_flat_picture_stays_flat_at_any_size() {
        for to in [1, 2, 3, 5, 7, 11, 64] {
            let out = resized(&[0.7; 35], (5, 7), (to, to), 1);
            assert!(out.iter().all(|v| (v - 0.7).abs() < 1e-5), "{to}");
        }
    }

    #[test]
    fn a_picture_of_one_column_is_read_row_by_row() {
        let values: Vec<u8> = (0..1_000_000u32).map(|row| (row / 250_000) as u8).collect();
        let out = resized(&values, (1, 1_000_000), (2, 4), 1);
        assert!(out.iter().enumerate().all(|(i, v)| (v - (i / 2) as f32).abs() < 0.01), "{out:?}");
    }
}
