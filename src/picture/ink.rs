//! A drawing or a photo of a digit, prepared as MNIST's own digits were: LeCun et al., "Gradient-Based Learning
//! Applied to Document Recognition", 1998, section III-A.

use super::{Photo, PictureError, resized};

/// The longer side that a picture is first brought to: beyond it, the ink needs memory and gains nothing.
pub const LONGEST: usize = 2048;
/// A pixel carries ink above this share of the darkest ink's contrast to the paper.
const INK: f32 = 0.35;
/// Less contrast than this between ink and paper is no ink.
const CONTRAST: f32 = 0.08;

/// Bright ink on a dark ground [height, width], 0..1: the paper is what the border shows most, light or dark.
fn ink(photo: &Photo) -> Result<Vec<f32>, PictureError> {
    let grey = photo.grey();
    let (width, height) = (photo.width, photo.height);
    let on_border = |at: usize| {
        let (x, y) = (at % width, at / width);
        x == 0 || y == 0 || x + 1 == width || y + 1 == height
    };
    let mut border: Vec<f32> = (0..grey.len()).filter(|at| on_border(*at)).map(|at| grey[at]).collect();
    border.sort_by(f32::total_cmp);
    let paper = border[border.len() / 2];
    let light = paper > 0.5;
    let apart: Vec<f32> = grey.iter().map(|v| (if light { paper - v } else { v - paper }).max(0.0)).collect();
    let most = apart.iter().copied().fold(0.0, f32::max);
    if most < CONTRAST {
        return Err(PictureError::NoInk);
    }
    Ok(apart.iter().map(|v| v / most).collect())
}

/// The ink on a canvas of `side`×`side` pixels, each 0 or 1: the box around it is fitted into `fit` pixels, and its
/// centre of mass comes to lie in the middle (MNIST: 20 pixels of 28).
///
/// # Errors
/// [`PictureError::NoInk`] if the picture is blank.
pub fn on_canvas(photo: &Photo, side: usize, fit: usize) -> Result<Vec<f32>, PictureError> {
    let ink = ink(photo)?;
    let (width, height) = (photo.width, photo.height);
    let inked = || (0..ink.len()).filter(|at| ink[*at] > INK);
    let span = |place: &dyn Fn(usize) -> usize| {
        inked().map(place).fold((usize::MAX, 0), |(low, high), v| (low.min(v), high.max(v)))
    };
    let (left, right) = span(&|at| at % width);
    let (top, bottom) = span(&|at| at / width);
    let (box_width, box_height) = (right - left + 1, bottom - top + 1);
    debug_assert!(right < width && bottom < height);
    let rows = ink.chunks_exact(width).take(bottom + 1).skip(top);
    let cut: Vec<f32> = rows.flat_map(|row| &row[left..=right]).copied().collect();

    let longer = box_width.max(box_height);
    let fitted = |length: usize| ((length * fit + longer / 2) / longer).clamp(1, fit);
    let (small_width, small_height) = (fitted(box_width), fitted(box_height));
    let small = resized(&cut, (box_width, box_height), (small_width, small_height), 1);

    let mass: f32 = small.iter().sum();
    let centre = |place: &dyn Fn(usize) -> usize| {
        small.iter().enumerate().map(|(at, v)| v * (place(at) as f32 + 0.5)).sum::<f32>() / mass
    };
    let start = |centre: f32, length: usize| {
        let wanted = (side as f32 / 2.0 - centre).round().max(0.0) as usize;
        wanted.min(side - length)
    };
    let x0 = start(centre(&|at| at % small_width), small_width);
    let y0 = start(centre(&|at| at / small_width), small_height);
    let most = small.iter().copied().fold(0.0, f32::max);
    let mut canvas = vec![0.0; side * side];
    for (at, value) in small.iter().enumerate() {
        if value / most > INK {
            canvas[(y0 + at / small_width) * side + x0 + at % small_width] = 1.0;
        }
    }
    Ok(canvas)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `paper` with a rectangle of `ink` from (x0, y0) to before (x1, y1).
    fn drawn(size: (usize, usize), paper: u8, ink: u8, [x0, y0, x1, y1]: [usize; 4]) -> Photo {
        let inside = |at: usize| (x0..x1).contains(&(at % size.0)) && (y0..y1).contains(&(at / size.0));
        let rgb = (0..size.0 * size.1).flat_map(|at| [if inside(at) { ink } else { paper }; 3]).collect();
        Photo { width: size.0, height: size.1, rgb }
    }

    #[test]
    fn ink_is_fitted_and_centred_whatever_the_paper() {
        let cases = [
            ("chalk", drawn((280, 280), 0, 255, [20, 20, 40, 120])),
            ("pen", drawn((280, 280), 255, 0, [200, 100, 220, 200])),
            ("pencil on grey", drawn((100, 300), 180, 120, [10, 10, 20, 60])),
        ];
        for (what, photo) in cases {
            let canvas = on_canvas(&photo, 28, 20).expect("ink");
            let inked: Vec<usize> = (0..784).filter(|at| canvas[*at] == 1.0).collect();
            assert_eq!(inked.len(), 4 * 20, "{what}");
            assert_eq!((inked[0] % 28, inked[0] / 28), (12, 4), "{what}");
        }
    }

    #[test]
    fn a_blank_picture_has_no_ink() {
        for paper in [0, 128, 255] {
            let photo = drawn((30, 30), paper, paper, [0; 4]);
            assert_eq!(on_canvas(&photo, 28, 20), Err(PictureError::NoInk));
        }
    }

    #[test]
    fn a_dot_fills_the_box() {
        let photo = drawn((9, 9), 0, 255, [4, 4, 5, 5]);
        assert_eq!(on_canvas(&photo, 28, 20).expect("ink").iter().sum::<f32>(), 400.0);
    }

    #[test]
    fn one_pixel_is_paper() {
        let photo = Photo { width: 1, height: 1, rgb: vec![9, 9, 9] };
        assert_eq!(on_canvas(&photo, 28, 20), Err(PictureError::NoInk));
    }
}
