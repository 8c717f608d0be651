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
