//! Which candidates are possible links, and how many of those are expected to be false.

use super::{Candidate, Control, Offer, Parameters, Searched};
use hashbrown::HashMap;

/// The odds that a new account is the return of one suspended account or other, by its id.
pub type Odds = HashMap<String, f64>;

/// The odds, after the evidence, of one pair alone.
pub fn odds(prior: f64, likelihood_ratio: f64) -> f64 {
    prior / (1.0 - prior) * likelihood_ratio
}

/// Gives every candidate its posterior, sets the ratio, and marks the possible links.
///
/// A new account is the return of at most one suspended account, so those that are like it compete:
/// the posterior of a pair is its odds over one plus the odds of all pairs of that new account.
/// One account that is like many of a network is therefore a likely return of none of them.
pub fn decide(
    searched: &mut [Searched],
    odds_of: &Odds,
    parameters: &Parameters,
    new_accounts: u64,
) -> Control {
    for one in searched.iter_mut() {
        for candidate in &mut one.candidates {
            let own = odds(one.prior, candidate.likelihood_ratio);
            let all = odds_of.get(&candidate.account).copied().unwrap_or(own).max(own);
            candidate.posterior = own / (1.0 + all);
        }
    }
    let control = control(searched, parameters, new_accounts);
    for candidate in searched.iter_mut().flat_map(|one| &mut one.candidates) {
        let offered = candidate.likelihood_ratio >= control.link_ratio
            && candidate.posterior >= control.link_posterior;
        candidate.offer = if offered { Offer::PossibleLink } else { Offer::Below };
    }
    control
}

/// The lowest posterior, from that of the parameters, at which few enough links are expected false.
fn control(searched: &[Searched], parameters: &Parameters, new_accounts: u64) -> Control {
    let Parameters { link_ratio, link_posterior, false_links_per_10_000, .. } = *parameters;
    let fit = |candidate: &&Candidate| {
        candidate.likelihood_ratio >= link_ratio && candidate.posterior >= link_posterior
    };
    let all = searched.iter().flat_map(|one| &one.candidates);
    let mut posteriors: Vec<f64> = all.filter(fit).map(|candidate| candidate.posterior).collect();
    posteriors.sort_by(|a, b| b.total_cmp(a));
    let accepted = false_links_per_10_000 * new_accounts as f64 / 10_000.0;
    let mut control = Control { link_ratio, link_posterior, ..Control::default() };
    for same in posteriors.chunk_by(|a, b| a == b) {
        let more = same.len() as f64 * (1.0 - same[0]);
        if control.expected_false + more > accepted {
            // Just above the first posterior that is one too many.
            control.link_posterior = same[0].next_up();
            break;
        }
        control.links += same.len() as u64;
        control.expected_false += more;
    }
    control.expected_false_per_10_000 =
        control.expected_false * 10_000.0 / new_accounts.max(1) as f64;
    control
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::returns::Standing;

    fn candidate(account: &str, likelihood_ratio: f64) -> Candidate {
        Candidate {
            rank: 1,
            account: account.to_owned(),
            handle: String::new(),
            created_at_us: None,
            standing: Standing::Open,
            score: likelihood_ratio.ln(),
            likelihood_ratio,
            posterior: 0.0,
            offer: Offer::Below,
            evidence: Vec::new(),
        }
    }

    fn searched(account: &str, candidates: Vec<Candidate>) -> Searched {
        Searched {
            account: account.to_owned(),
            handle: String::new(),
            suspended_at_us: 0,
            new_accounts: 1_000,
            compared: 10,
            prior: 0.001,
            candidates,
        }
    }

    fn odds_of(searched: &[Searched]) -> Odds {
        let mut all = Odds::new();
        for one in searched {
            for candidate in &one.candidates {
                *all.entry(candidate.account.clone()).or_default() +=
                    odds(one.prior, candidate.likelihood_ratio);
            }
        }
        all
    }

    fn check(accepted: f64, wanted: &[(&str, f64, Offer)]) -> Control {
        let mut all = [
            searched("a", vec![candidate("x", 999_000.0), candidate("y", 99_900.0)]),
            searched("b", vec![candidate("y", 99_900.0), candidate("z", 2_000.0)]),
        ];
        let parameters = Parameters {
            link_ratio: 10_000.0,
            link_posterior: 0.2,
            false_links_per_10_000: accepted,
            ..Parameters::default()
        };
        let odds = odds_of(&all);
        let control = decide(&mut all, &odds, &parameters, 10_000);
        let given: Vec<(&str, f64, Offer)> = all
            .iter()
            .flat_map(|one| &one.candidates)
            .map(|one| (one.account.as_str(), (one.posterior * 1e3).round() / 1e3, one.offer))
            .collect();
        assert_eq!(given, wanted);
        control
    }

    #[test]
    fn suspended_accounts_compete_and_false_links_are_bounded() {
        use Offer::{Below, PossibleLink};
        let y = 0.498;
        let many = check(
            5.0,
            &[
                ("x", 0.999, PossibleLink),
                ("y", y, PossibleLink),
                ("y", y, PossibleLink),
                ("z", 0.667, Below),
            ],
        );
        assert_eq!((many.links, many.link_posterior), (3, 0.2));
        assert!((many.expected_false - 1.006).abs() < 1e-3, "{many:?}");
        let few = check(
            0.5,
            &[("x", 0.999, PossibleLink), ("y", y, Below), ("y", y, Below), ("z", 0.667, Below)],
        );
        assert!(few.links == 1 && (few.link_posterior - y).abs() < 1e-3, "{few:?}");
        let none = check(
            0.000_1,
            &[("x", 0.999, Below), ("y", y, Below), ("y", y, Below), ("z", 0.667, Below)],
        );
        assert_eq!((none.links, none.expected_false), (0, 0.0));
    }
}
