//! Slides 24–27. Thin-plate splines, by which a spatial transformer bends a picture: Bookstein, "Principal Warps", IEEE PAMI 1989, and
//! Jaderberg et al., "Spatial Transformer Networks", NIPS 2015, appendix A.3.

use super::affine::{Place, places};

/// Control points in a row and a column.
pub const POINTS: usize = 4;
const COUNT: usize = POINTS * POINTS;
/// The control points' weights and an affine part.
const ORDER: usize = COUNT + 3;

/// The control points, a regular grid from edge to edge, row by row.
pub fn control_points() -> Vec<Place> {
    let along = |i: usize| 2.0 * i as f32 / (POINTS - 1) as f32 - 1.0;
    (0..COUNT).map(|at| [along(at % POINTS), along(at / POINTS)]).collect()
}

/// U(r) = r² log r², 0 where two points meet.
fn radial([ax, ay]: Place, [bx, by]: Place) -> f64 {
    let squared = f64::from((ax - bx).powi(2) + (ay - by).powi(2));
    if squared > 0.0 { squared * squared.ln() } else { 0.0 }
}

/// The matrix [side², 16] that takes where the control points lie to where the pixels of `side`×`side` lie: a thin-plate spline
/// is linear in its control points.
pub fn matrix(side: usize) -> Vec<[f32; COUNT]> {
    let points = control_points();
    let basis = |place: Place| {
        let mut row = [0.0; ORDER];
        for (slot, point) in row.iter_mut().zip(&points) {
            *slot = radial(place, *point);
        }
        row[COUNT..].copy_from_slice(&[1.0, f64::from(place[0]), f64::from(place[1])]);
        row
    };
    let mut system = [[0.0; ORDER]; ORDER];
    for (i, point) in points.iter().enumerate() {
        let row = basis(*point);
        system[i] = row;
        for (below, value) in system[COUNT..].iter_mut().zip(&row[COUNT..]) {
            below[i] = *value;
        }
    }
    let inverse = inverted(system);
    let row = |place: Place| {
        let basis = basis(place);
        std::array::from_fn(|j| (0..ORDER).map(|k| basis[k] * inverse[k][j]).sum::<f64>() as f32)
    };
    places(side).into_iter().map(row).collect()
}

/// Where each pixel looks when the control points look at `points` [16].
pub fn grid(matrix: &[[f32; COUNT]], points: &[Place]) -> Vec<Place> {
    let place = |row: &[f32; COUNT]| {
        let along = |axis: usize| row.iter().zip(points).map(|(weight, point)| weight * point[axis]).sum();
        [along(0), along(1)]
    };
    matrix.iter().map(place).collect()
}

/// The gradient by the control points [16], from that by the grid [side²].
pub fn grid_backward(matrix: &[[f32; COUNT]], d_grid: &[Place]) -> Vec<Place> {
    let mut d_points = vec![[0.0; 2]; COUNT];
    for (row, d) in matrix.iter().zip(d_grid) {
        for (slot, weight) in d_points.iter_mut().zip(row) {
            slot[0] += weight * d[0];
            slot[1] += weight * d[1];
        }
    }
    d_points
}

/// By Gauss and Jordan, with the largest pivot of each column.
fn inverted(mut left: [[f64; ORDER]; ORDER]) -> [[f64; ORDER]; ORDER] {
    let mut right = [[0.0; ORDER]; ORDER];
    for (i, row) in right.iter_mut().enumerate() {
        row[i] = 1.0;
    }
    for column in 0..ORDER {
        let better = |a: &usize, b: &usize| left[*a][column].abs().total_cmp(&left[*b][column].abs());
        let pivot = (column..ORDER).max_by(better).unwrap_or(column);
        left.swap(column, pivot);
        right.swap(column, pivot);
        let scale = 1.0 / left[column][column];
        left[column].iter_mut().chain(right[column].iter_mut()).for_each(|value| *value *= scale);
        for row in (0..ORDER).filter(|row| *row != column) {
            let factor = left[row][column];
            for k in 0..ORDER {
                left[row][k] -= factor * left[column][k];
                right[row][k] -= factor * right[column][k];
            }
        }
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attention::differences::{assert_close, differences, waves};
    use crate::attention::matrix::dot;

    fn assert_places(actual: &[Place], expected: &[Place]) {
        for (a, e) in actual.iter().zip(expected) {
            assert!((a[0] - e[0]).abs() < 1e-4 && (a[1] - e[1]).abs() < 1e-4, "{a:?}, not {e:?}");
        }
    }

    #[test]
    fn control_points_that_stay_leave_every_pixel_where_it_is() {
        assert_places(&grid(&matrix(7), &control_points()), &places(7));
    }

    #[test]
    fn an_affine_map_of_the_control_points_is_one_of_all_pixels() {
        let map = |[x, y]: Place| [0.5 * x - 0.2 * y + 0.1, 0.3 * x + 0.7 * y - 0.4];
        let points: Vec<Place> = control_points().into_iter().map(map).collect();
        let expected: Vec<Place> = places(9).into_iter().map(map).collect();
        assert_places(&grid(&matrix(9), &points), &expected);
    }

    #[test]
    fn a_bent_plate_passes_through_its_control_points() {
        // Pixels as small as these come near enough to the points.
        let side = 301;
        let points: Vec<Place> = control_points()
            .iter()
            .enumerate()
            .map(|(i, [x, y])| [x + 0.1 * (i as f32).sin(), y * 0.9])
            .collect();
        let grid = grid(&matrix(side), &points);
        for (point, expected) in control_points().iter().zip(&points) {
            let pixel =
                |v: f32| (((v + 1.0) * side as f32 / 2.0 - 0.5).round().max(0.0) as usize).min(side - 1);
            let found = grid[pixel(point[1]) * side + pixel(point[0])];
            assert!(
                (found[0] - expected[0]).abs() < 0.02 && (found[1] - expected[1]).abs() < 0.02,
                "{found:?} {expected:?}"
            );
        }
    }

    #[test]
    fn the_gradient_by_the_control_points_agrees_with_differences() {
        let matrix = matrix(5);
        let pairs = |flat: &[f32]| -> Vec<Place> { flat.chunks_exact(2).map(|p| [p[0], p[1]]).collect() };
        let (points, d_grid) = (waves(2 * COUNT, 0.4), waves(2 * 25, 1.9));
        let loss = |points: &[f32]| dot(grid(&matrix, &pairs(points)).as_flattened(), &d_grid);
        let found = grid_backward(&matrix, &pairs(&d_grid));
        assert_close(found.as_flattened(), &differences(&points, loss), 2e-3);
    }
}
