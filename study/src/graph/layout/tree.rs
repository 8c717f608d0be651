//! Squares within squares, so that far bodies count as one.

use super::Point;

/// How often squares are cut in four at most.
const DEPTH: u32 = 16;
/// Squares with so many bodies or fewer are not cut.
const SMALL: usize = 8;
/// A square counts as one body where it is this many times further away than it is wide, squared.
const FAR: f64 = 1.0;
/// Added to squared distances, so that bodies in one place do not push each other out of sight.
const SOFT: f64 = 0.01;

/// A square with its bodies.
struct Square {
    mass: f64,
    /// The middle of its mass.
    at: Point,
    /// Its width, squared; 0 where it counts as one body from wherever it is seen.
    width_squared: f64,
    /// The square that comes next where this one is not looked into; what is inside comes right
    /// behind it.
    next: u32,
    /// Its bodies, where it is not cut: a range of the sorted ones.
    bodies: std::ops::Range<u32>,
}

/// Bodies in the order of a curve that fills the plane, and the squares that hold them.
pub(super) struct Tree {
    order: Vec<u32>,
    /// The bodies in that order.
    at: Vec<Point>,
    mass: Vec<f64>,
    squares: Vec<Square>,
}

impl Tree {
    pub(super) fn of(at: &[Point], mass: &[f64]) -> Self {
        let (corner, width) = frame(at);
        let mut codes: Vec<(u32, u32)> =
            (0u32..).zip(at).map(|(body, point)| (code(point, corner, width), body)).collect();
        codes.sort_unstable();
        let of = |body: &u32| *body as usize;
        let order: Vec<u32> = codes.iter().map(|(_, body)| *body).collect();
        let mut tree = Self {
            at: order.iter().map(|body| at[of(body)]).collect(),
            mass: order.iter().map(|body| mass[of(body)]).collect(),
            order,
            squares: Vec::new(),
        };
        tree.add(&codes, 0, 0, width);
        tree
    }

    /// The bodies, near ones near each other.
    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }

    /// Adds the square that holds these bodies, which begin at that place of the order.
    fn add(&mut self, codes: &[(u32, u32)], first: usize, depth: u32, width: f64) {
        let bodies = first as u32..(first + codes.len()) as u32;
        let is_cut = codes.len() > SMALL && depth < DEPTH;
        let is_heap = codes.len() > SMALL && !is_cut;
        let (mass, at) = self.middle(first..first + codes.len());
        let own = self.squares.len();
        self.squares.push(Square {
            mass,
            at,
            width_squared: if is_heap { 0.0 } else { width * width },
            next: 0,
            bodies: if is_cut { 0..0 } else { bodies },
        });
        if is_cut {
            let shift = 2 * (DEPTH - 1 - depth);
            let mut first = first;
            for quarter in codes.chunk_by(|a, b| a.0 >> shift == b.0 >> shift) {
                self.add(quarter, first, depth + 1, width / 2.0);
                first += quarter.len();
            }
        }
        self.squares[own].next = self.squares.len() as u32;
    }

    fn middle(&self, bodies: std::ops::Range<usize>) -> (f64, Point) {
        let (mut mass, mut x, mut y) = (0.0, 0.0, 0.0);
        for (at, own) in self.at[bodies.clone()].iter().zip(&self.mass[bodies]) {
            mass += own;
            x += own * at[0];
            y += own * at[1];
        }
        (mass, [x / mass, y / mass])
    }

    /// How all bodies together push one of mass 1 that is there: each by its mass, divided by its
    /// distance. A body does not push what is in its own place.
    pub(super) fn push(&self, from: Point) -> Point {
        let mut push = [0.0; 2];
        let mut add = |at: Point, mass: f64, squared: f64| {
            let part = mass / (squared + SOFT);
            push[0] += (from[0] - at[0]) * part;
            push[1] += (from[1] - at[1]) * part;
        };
        let squared_to = |at: Point| (from[0] - at[0]).powi(2) + (from[1] - at[1]).powi(2);
        let mut at = 0;
        while let Some(square) = self.squares.get(at) {
            let squared = squared_to(square.at);
            if squared > square.width_squared * FAR || square.width_squared == 0.0 {
                add(square.at, square.mass, squared);
                at = square.next as usize;
                continue;
            }
            for body in square.bodies.start as usize..square.bodies.end as usize {
                add(self.at[body], self.mass[body], squared_to(self.at[body]));
            }
            at += 1;
        }
        push
    }
}

/// The lower left corner and the width of a square around all points.
fn frame(at: &[Point]) -> (Point, f64) {
    let low = |axis: usize| at.iter().map(|point| point[axis]).fold(f64::MAX, f64::min);
    let high = |axis: usize| at.iter().map(|point| point[axis]).fold(f64::MIN, f64::max);
    let corner = [low(0), low(1)];
    let width = (high(0) - corner[0]).max(high(1) - corner[1]);
    (corner, width.max(f64::MIN_POSITIVE))
}

/// The place of a point on the curve (Morton 1966): the bits of its two coordinates in turn.
fn code(point: &Point, corner: Point, width: f64) -> u32 {
    let cells = f64::from(1u32 << DEPTH);
    let cell = |axis: usize| {
        let cell = (point[axis] - corner[axis]) / width * cells;
        spread(cell.min(cells - 1.0) as u32)
    };
    cell(0) | cell(1) << 1
}

/// The lower 16 bits, each with a 0 before it.
fn spread(bits: u32) -> u32 {
    [(8, 0x00FF_00FF), (4, 0x0F0F_0F0F), (2, 0x3333_3333), (1, 0x5555_5555)]
        .into_iter()
        .fold(bits, |bits, (shift, mask)| (bits | bits << shift) & mask)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn coordinates_are_woven() {
        for (bits, wanted) in [(0, 0), (0b1, 0b1), (0b101, 0b1_0001), (0xFFFF, 0x5555_5555)] {
            assert_eq!(spread(bits), wanted, "{bits:b}");
        }
        let corners = [[0.0, 0.0], [4.0, 0.0], [0.0, 4.0], [4.0, 4.0]];
        let codes = corners.map(|corner| code(&corner, [0.0, 0.0], 4.0));
        assert_eq!(codes, [0, 0x5555_5555, 0xAAAA_AAAA, 0xFFFF_FFFF]);
    }

    #[test]
    fn bodies_in_one_place_do_not_push() {
        let at = vec![[2.0, 3.0]; 40];
        let tree = Tree::of(&at, &[1.0; 40]);
        assert_eq!(tree.push([2.0, 3.0]), [0.0, 0.0]);
        assert_eq!(tree.order().len(), 40);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn pushes_are_nearly_those_of_all_pairs(
            at in prop::collection::vec(prop::array::uniform2(-9.0..9.0), 1..120),
        ) {
            let mass: Vec<f64> = (0..at.len()).map(|body| 1.0 + (body % 3) as f64).collect();
            let tree = Tree::of(&at, &mass);
            let (mut all_off, mut all_size) = (0.0, 0.0);
            for from in &at {
                let mut wanted = [0.0, 0.0];
                let mut size = 0.0;
                for (other, mass) in at.iter().zip(&mass) {
                    let (x, y) = (from[0] - other[0], from[1] - other[1]);
                    let part = mass / (x * x + y * y + SOFT);
                    wanted = [wanted[0] + x * part, wanted[1] + y * part];
                    size += x.hypot(y) * part;
                }
                let [x, y] = tree.push(*from);
                let off = (x - wanted[0]).hypot(y - wanted[1]);
                // A cell may be as wide as it is far, so one body may be off by more than most.
                prop_assert!(off <= 0.3 * size, "{off} of {size}");
                (all_off, all_size) = (all_off + off, all_size + size);
            }
            prop_assert!(all_off <= 0.1 * all_size, "{all_off} of {all_size} in all");
            let mut order = tree.order().to_vec();
            order.sort_unstable();
            prop_assert_eq!(order, (0..at.len() as u32).collect::<Vec<_>>());
        }
    }
}
