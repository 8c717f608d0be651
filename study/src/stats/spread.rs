//! How unevenly something is spread, and how far two spreads lie apart.

/// Gini's coefficient of counts: 0 where all are equal, nearly 1 where one has everything; 0 of
/// none. Negative values count as 0.
#[must_use]
pub fn gini(values: &[f64]) -> f64 {
    let mut sorted: Vec<f64> = values.iter().map(|value| value.max(0.0)).collect();
    sorted.sort_by(f64::total_cmp);
    let sum: f64 = sorted.iter().sum();
    if sum <= 0.0 {
        return 0.0;
    }
    let n = sorted.len() as f64;
    let weigh = |(at, value): (usize, &f64)| (2.0 * (at as f64 + 1.0) - n - 1.0) * value;
    sorted.iter().enumerate().map(weigh).sum::<f64>() / (n * sum)
}

/// The divergence of Jensen and Shannon between two columns of counts of the same things, in bits
/// from 0 (alike) to 1 (nothing in common); 0 where one column is empty (Lin, IEEE Trans. Inf.
/// Theory 37, 1991). The shorter column is taken to go on with zeros.
#[must_use]
pub fn jensen_shannon_bits(one: &[f64], other: &[f64]) -> f64 {
    let sums = (one.iter().sum::<f64>(), other.iter().sum::<f64>());
    if sums.0 <= 0.0 || sums.1 <= 0.0 {
        return 0.0;
    }
    let share = |column: &[f64], sum: f64, at: usize| column.get(at).map_or(0.0, |one| one / sum);
    let part = |share: f64, middle: f64| {
        if share > 0.0 { share * (share / middle).log2() } else { 0.0 }
    };
    let at = |at: usize| {
        let (p, q) = (share(one, sums.0, at), share(other, sums.1, at));
        let middle = f64::midpoint(p, q);
        f64::midpoint(part(p, middle), part(q, middle))
    };
    (0..one.len().max(other.len())).map(at).sum::<f64>().clamp(0.0, 1.0)
}

/// The square root of [`jensen_shannon_bits`], which is a distance (Endres and Schindelin, IEEE
/// Trans. Inf. Theory 49, 2003).
#[must_use]
pub fn jensen_shannon_distance(one: &[f64], other: &[f64]) -> f64 {
    jensen_shannon_bits(one, other).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn unevenness() {
        for (values, wanted) in [
            (&[][..], 0.0),
            (&[0.0, 0.0], 0.0),
            (&[3.0, 3.0, 3.0], 0.0),
            (&[0.0, 0.0, 0.0, 8.0], 0.75),
            (&[1.0, 3.0], 0.25),
            (&[3.0, 1.0, -5.0], 0.5),
        ] {
            assert!((gini(values) - wanted).abs() < 1e-12, "{values:?}: {}", gini(values));
        }
    }

    #[test]
    fn distances_are_those_of_scipy() {
        for (one, other, wanted) in [
            (&[1.0, 2.0, 3.0][..], &[3.0, 2.0, 1.0][..], 0.35470351519813204),
            (&[1.0, 0.0][..], &[0.0, 1.0][..], 1.0),
            (&[5.0, 5.0, 5.0, 1.0][..], &[5.0, 5.0, 5.0, 1.0][..], 0.0),
            (&[10.0, 1.0, 0.0, 4.0][..], &[2.0, 2.0, 2.0, 2.0][..], 0.4866698742183136),
        ] {
            let given = jensen_shannon_distance(one, other);
            assert!((given - wanted).abs() < 1e-9, "{one:?} {other:?}: {given}");
        }
        assert!(jensen_shannon_bits(&[], &[1.0]) == 0.0);
    }

    proptest! {
        #[test]
        fn it_is_a_distance(
            columns in prop::collection::vec((0.1_f64..9.0, 0.1_f64..9.0, 0.1_f64..9.0), 1..8),
        ) {
            let column = |pick: fn(&(f64, f64, f64)) -> f64| -> Vec<f64> {
                columns.iter().map(pick).collect()
            };
            let (a, b, c) = (column(|x| x.0), column(|x| x.1), column(|x| x.2));
            let d = jensen_shannon_distance;
            prop_assert!(d(&a, &b) <= d(&a, &c) + d(&c, &b) + 1e-9);
            prop_assert!((d(&a, &b) - d(&b, &a)).abs() < 1e-9 && d(&a, &a) < 1e-6);
        }
    }
}
