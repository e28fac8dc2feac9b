//! A pen's path as points: the mixture from which the next is drawn, and strokes of a hand as such points.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal, StandardUniform};

/// The unit of offsets, in x-heights; as far apart are two points of a stroke that the network learnt from.
pub const SPACING: f32 = 0.3;

/// The pen's offset from the point before, in units of 0.3 x-height with y up, and whether the stroke ends here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub dx: f32,
    pub dy: f32,
    pub end: bool,
}

/// What the network expects of the next point (Graves 2013, eq. 18-22): M bivariate Gaussians and a Bernoulli.
pub struct Mixture<'a> {
    /// The chance that the stroke ends.
    pub end: f32,
    /// [M], all of them one together.
    pub pi: &'a [f32],
    /// [2M], first the x's, then the y's.
    pub mu: &'a [f32],
    /// [2M], likewise.
    pub sigma: &'a [f32],
    /// [M], correlations.
    pub rho: &'a [f32],
}

impl Mixture<'_> {
    /// Whether there are as many numbers of each kind as there must be, and any at all.
    pub fn is_whole(&self) -> bool {
        let count = self.pi.len();
        count > 0
            && self.rho.len() == count
            && [self.mu, self.sigma].iter().all(|both| both.len() == 2 * count)
    }

    /// Draws the next point. The mixture must be whole.
    pub fn draw(&self, chance: &mut ChaCha8Rng) -> Point {
        let count = self.pi.len();
        let share: f32 = StandardUniform.sample(chance);
        let mut left = share * self.pi.iter().sum::<f32>();
        let passed = |pi: &&f32| {
            left -= **pi;
            left >= 0.0
        };
        let component = self.pi.iter().take_while(passed).count().min(count - 1);
        let (a, b): (f32, f32) = (StandardNormal.sample(chance), StandardNormal.sample(chance));
        let rho = self.rho[component];
        let along = rho * a + (1.0 - rho * rho).max(0.0).sqrt() * b;
        let lifts: f32 = StandardUniform.sample(chance);
        Point {
            dx: self.mu[component] + self.sigma[component] * a,
            dy: self.mu[count + component] + self.sigma[count + component] * along,
            end: lifts < self.end,
        }
    }

    /// −log p of a point (eq. 26), in nats.
    pub fn nats(&self, point: &Point) -> f32 {
        let count = self.pi.len();
        let one = |k: usize| {
            let (s_x, s_y, rho) = (self.sigma[k], self.sigma[count + k], self.rho[k]);
            let (x, y) = ((point.dx - self.mu[k]) / s_x, (point.dy - self.mu[count + k]) / s_y);
            let rest = 1.0 - rho * rho;
            let log = -(x * x + y * y - 2.0 * rho * x * y) / (2.0 * rest);
            self.pi[k].ln() + log - (std::f32::consts::TAU * s_x * s_y * rest.sqrt()).ln()
        };
        let logs: Vec<f32> = (0..count).map(one).collect();
        let most = logs.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let pen = if point.end { self.end } else { 1.0 - self.end };
        -most - logs.iter().map(|log| (log - most).exp()).sum::<f32>().ln() - pen.max(1e-30).ln()
    }
}

/// Strokes of a hand, [x, y] in x-heights with y up from the baseline, as the points that the network knows: equal
/// steps along each stroke, its last point kept; `None` if there are more than `most`. Strokes without a point, and numbers that are
/// none, are left out.
pub fn points(strokes: &[Vec<[f32; 2]>], most: usize) -> Option<Vec<Point>> {
    let mut made = Vec::new();
    let mut pen = [0.0f32; 2];
    for stroke in strokes {
        let path = walked(stroke, most - made.len())?;
        let Some(last) = path.len().checked_sub(1) else { continue };
        for (i, place) in path.into_iter().enumerate() {
            let unit = |axis: usize| (place[axis] - pen[axis]) / SPACING;
            made.push(Point { dx: unit(0), dy: unit(1), end: i == last });
            pen = place;
        }
    }
    Some(made)
}

/// The places on a stroke a step apart, with its first and its last; `None` if there are more than `most`.
fn walked(stroke: &[[f32; 2]], most: usize) -> Option<Vec<[f32; 2]>> {
    let mut stroke = stroke.iter().copied().filter(|[x, y]| x.is_finite() && y.is_finite());
    let Some(mut at) = stroke.next() else { return Some(Vec::new()) };
    let mut path = vec![at];
    let mut left = SPACING;
    for next in stroke {
        loop {
            let [dx, dy] = [next[0] - at[0], next[1] - at[1]];
            let length = dx.hypot(dy);
            if length < left {
                left -= length;
                at = next;
                break;
            }
            let share = left / length;
            at = [at[0] + share * dx, at[1] + share * dy];
            path.push(at);
            left = SPACING;
            if path.len() > most {
                return None;
            }
        }
    }
    if path.last() != Some(&at) {
        path.push(at);
    }
    (path.len() <= most).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::rand_core::SeedableRng;

    const MIXTURE: Mixture = Mixture {
        end: 0.25,
        pi: &[0.7, 0.3],
        mu: &[1.0, -2.0, 0.5, 4.0],
        sigma: &[0.2, 0.5, 0.3, 0.1],
        rho: &[0.6, -0.4],
    };

    #[test]
    fn points_are_drawn_as_the_mixture_says() {
        let mut chance = ChaCha8Rng::seed_from_u64(3);
        let drawn: Vec<Point> = (0..20_000).map(|_| MIXTURE.draw(&mut chance)).collect();
        let mean = |of: fn(&Point) -> f32| drawn.iter().map(of).sum::<f32>() / drawn.len() as f32;
        let expected = [0.7 - 0.6, 0.7 * 0.5 + 0.3 * 4.0, 0.25];
        let found = [mean(|p| p.dx), mean(|p| p.dy), mean(|p| f32::from(p.end))];
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 0.05, "{found}, not {expected}");
        }
        let first: Vec<&Point> = drawn.iter().filter(|p| p.dy < 2.2).collect();
        let product = |p: &&Point| (p.dx - 1.0) * (p.dy - 0.5) / (0.2 * 0.3);
        let correlation = first.iter().map(product).sum::<f32>() / first.len() as f32;
        assert!((correlation - 0.6).abs() < 0.05, "{correlation}");
    }

    #[test]
    fn the_density_sums_to_one() {
        let (step, mut sum) = (0.05, 0.0);
        for i in -100..100 {
            for j in -60..140 {
                for end in [false, true] {
                    let point = Point { dx: i as f32 * step, dy: j as f32 * step, end };
                    sum += (-MIXTURE.nats(&point)).exp() * step * step;
                }
            }
        }
        assert!((sum - 1.0).abs() < 1e-2, "{sum}");
    }

    #[test]
    fn strokes_become_equal_steps() {
        let strokes = [vec![[0.3, 0.0], [0.3, 0.75]], vec![], vec![[0.9, 0.75]], vec![[f32::NAN, 0.0]]];
        let made = points(&strokes, 5).expect("five points");
        assert_eq!(points(&strokes, 4), None);
        assert_eq!(
            points(&[vec![[0.0, 0.0], [f32::MAX, f32::MAX]]], 600),
            None,
            "it does not walk all of that"
        );
        let expected =
            [(1.0, 0.0, false), (0.0, 1.0, false), (0.0, 1.0, false), (0.0, 0.5, true), (2.0, 0.0, true)];
        assert_eq!(made.len(), expected.len());
        for (point, (dx, dy, end)) in made.iter().zip(expected) {
            assert!((point.dx - dx).abs() < 1e-5 && (point.dy - dy).abs() < 1e-5, "{point:?}");
            assert_eq!(point.end, end);
        }
    }
}
