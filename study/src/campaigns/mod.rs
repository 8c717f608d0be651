//! Coordinated campaigns: what accounts did together, and how much of it chance explains.
//!
//! The way from posts to evidence, each step in a file of its own:
//!
//! 1. **Actions** ([`traces`]): who passed on, posted, linked to or answered what, and when.
//! 2. **Candidates** ([`candidates`]): pairs of accounts that acted on the same objects within a
//!    window, in enough distinct posts to be worth a test.
//! 3. **Pairs** ([`pairs`]): how likely that is, were every post a little earlier or later
//!    ([`null`]). Traces are joined by taking, for each pair, the most surprising of all traces
//!    and of all traces together, its chance times as many as were tried (Bonferroni): one post
//!    has text, link and hashtag at once, so traces depend on each other in every way, and this
//!    holds whatever the dependence. The chance is that of so many co-actions given at least one,
//!    for the family over which false discoveries are held is that of all pairs with one.
//! 4. **Groups** ([`clusters`], [`members`]): what pairs hang together, who else acted with them,
//!    and whether the crowd did too.
//! 5. **Evidence** ([`findings`], [`evidence`]): accounts, objects, times, how many by chance.
//!
//! What takes longer than a minute is found by company ([`gatherings`], [`visits`]). Beside it
//! stand bursts of hashtags, and two ways to act together without sharing anything: texts of one
//! make and deletion in lockstep. What shares its posts with another group is told with that one.
//!
//! Automated accounts that pass on one feed do act together, and their evidence is as strong as
//! any. They are told apart by what is declared: accounts that the operator set apart, and
//! programs that are named in [`Parameters::feed_clients`]. Such groups are listed as explained,
//! beside the findings and not among them.

pub mod actions;
pub mod bursts;
pub mod candidates;
pub mod clusters;
pub mod coaction;
pub mod compat;
pub mod deletion;
pub mod evidence;
pub mod explanations;
pub mod findings;
pub mod gatherings;
pub mod images;
pub mod ledger;
pub mod members;
pub mod null;
pub mod pairs;
pub mod parameters;
#[cfg(test)]
mod planted;
pub mod screen;
pub mod significance;
pub mod similar;
pub mod stream;
pub mod templates;
pub mod traces;
pub mod visits;

pub use findings::{CampaignFinding, Campaigns};
pub use parameters::{BadParameter, Parameters};

use crate::dataset::Posts;
use crate::{Dataset, Stopped, Watch, step};
use bursts::Stretch;
use evidence::{Found, Teller};
use findings::{Basis, Explanation, GatheringSummary, Noise, Remark, TraceSummary};
use gatherings::{Companies, Company, GivenUp};
use ledger::Ledger;
use null::Null;
use screen::{Grouped, Screened, Significant};

/// Why a study of campaigns gave no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It cannot be made as asked.
    #[error(transparent)]
    Parameters(#[from] BadParameter),
    /// It was stopped.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Looks for campaigns in a dataset.
///
/// # Errors
/// [`Error::Parameters`] where a parameter cannot be used, [`Error::Stopped`] where the watcher
/// stops it; what was done by then is kept with the watcher.
pub fn run(
    dataset: &Dataset,
    parameters: &Parameters,
    watch: &mut dyn Watch,
) -> Result<Campaigns, Error> {
    parameters.check()?;
    let is_fed = actions::fed(dataset, &parameters.feed_clients);
    let (fed, ledger) = ledgers(dataset, parameters, &is_fed, watch)?;
    let study = Study { dataset, parameters, ledger, is_fed, unit_us: unit_us(&dataset.posts) };
    let (windows, mut remarks) = study.usable_windows();
    let (narrow, wide): (Vec<u32>, Vec<u32>) =
        windows.into_iter().partition(|window_s| screen::is_narrow(parameters, *window_s));
    let (screened, pairs, groups) = study.co_actions(&study.ledger, "", &narrow, watch)?;
    let (_, _, fed_groups) = study.co_actions(&fed, "fed-", &narrow, watch)?;
    let bursts = bursts::find(&dataset.posts, &parameters.bursts, watch)?;
    let deleted = study.deleted(watch)?;
    let made = study.made(&bursts, watch)?;
    let gathered = study.gathered(&wide, watch)?;
    let noise = study.noise(&narrow, watch)?;
    remarks.extend(screened.iter().flat_map(|window| window.remarks.clone()));
    let gatherings = gathered.iter().map(summary_of_gatherings).collect();
    let lists = [&deleted, &made].into_iter().chain(&gathered);
    remarks.extend(lists.filter_map(remark_of_gatherings));
    let teller = Teller::new(dataset, &study.ledger, parameters);
    let companies = [
        (Basis::Deletion, vec![deleted]),
        (Basis::Template, vec![made]),
        (Basis::Gathering, gathered),
    ];
    let (findings, mut explained) = tell(&teller, &groups, companies);
    let teller_of_fed = Teller::new(dataset, &fed, parameters);
    explained.extend(fed_groups.iter().map(|group| told_as_fed(&teller_of_fed, group)));
    let most_bursts = bursts.iter().take(parameters.limits.bursts as usize);
    let limit = parameters.limits.findings as usize;
    let posts = &dataset.posts;
    Ok(Campaigns {
        parameters: parameters.clone(),
        posts: posts.len() as u64,
        accounts: dataset.accounts.len() as u64,
        first_us: posts.at_us.first().copied().unwrap_or(0),
        last_us: posts.at_us.last().copied().unwrap_or(0),
        notes: dataset.notes.clone(),
        remarks,
        traces: summaries(&study.ledger, &pairs),
        windows: screened.into_iter().map(|window| window.summary).collect(),
        gatherings,
        findings_total: findings.len() as u64,
        findings: findings.into_iter().take(limit).collect(),
        explained_total: explained.len() as u64,
        explained: explained.into_iter().take(limit).collect(),
        bursts_total: bursts.len() as u64,
        bursts: most_bursts.map(|burst| bursts::told(&teller, burst)).collect(),
        noise,
    })
}

/// The actions of posts by declared programs, and those of all others.
fn ledgers(
    dataset: &Dataset,
    parameters: &Parameters,
    is_fed: &[bool],
    watch: &mut dyn Watch,
) -> Result<(Ledger, Ledger), Stopped> {
    let rules = traces::TextRules::default();
    let (mut fed, mut others) = (Vec::new(), Vec::new());
    for (done, trace) in parameters.traces.iter().enumerate() {
        step(watch, "read_actions", done as u64, parameters.traces.len() as u64)?;
        let taken = actions::taken(dataset, *trace, &rules);
        if is_fed.contains(&true) {
            let (by_feed, by_others) = actions::split(&taken, is_fed);
            fed.push(by_feed);
            others.push(by_others);
        } else {
            others.push(taken);
        }
    }
    let (accounts, posts) = (dataset.accounts.len(), dataset.posts.len());
    Ok((Ledger::new(fed, accounts, posts), Ledger::new(others, accounts, posts)))
}

/// What every part of a study needs.
struct Study<'a> {
    dataset: &'a Dataset,
    parameters: &'a Parameters,
    ledger: Ledger,
    /// Which posts are by declared programs.
    is_fed: Vec<bool>,
    /// The unit in which nearly all times are whole, in microseconds, or 0.
    unit_us: i64,
}

/// What narrow windows gave: by window, the significant pairs, and the groups.
type CoActions = (Vec<Screened>, Vec<Significant>, Vec<Grouped>);

impl Study<'_> {
    /// The windows that times are fine enough for.
    fn usable_windows(&self) -> (Vec<u32>, Vec<Remark>) {
        let unit_s = (self.unit_us / 1_000_000) as u32;
        let (usable, too_fine): (Vec<u32>, Vec<u32>) =
            self.parameters.windows_s.iter().partition(|window_s| **window_s >= unit_s);
        let remark = |window_s: u32| Remark::WindowTooFine { window_s, unit_s };
        (usable, too_fine.into_iter().map(remark).collect())
    }

    /// What accounts did together within seconds or a minute. Parts are kept under names that begin
    /// with `part`.
    fn co_actions(
        &self,
        ledger: &Ledger,
        part: &str,
        windows_s: &[u32],
        watch: &mut dyn Watch,
    ) -> Result<CoActions, Stopped> {
        let (parameters, unit_us) = (self.parameters, self.unit_us);
        let mut screened = Vec::new();
        for window_s in windows_s {
            let work = |watch: &mut dyn Watch| {
                screen::screen(ledger, parameters, *window_s, unit_us, watch)
            };
            screened.push(kept(watch, &format!("{part}pairs-{window_s}"), work)?);
        }
        let pairs = screen::significant(&mut screened, parameters.false_discovery);
        let work = |watch: &mut dyn Watch| {
            screen::groups(ledger, parameters, &self.nulls(windows_s), &pairs, watch)
        };
        let groups = kept(watch, &format!("{part}pair-groups"), work)?;
        Ok((screened, pairs, groups))
    }

    fn nulls(&self, windows_s: &[u32]) -> Vec<Null> {
        let null = |window_s: &u32| screen::null_of(self.parameters, *window_s, self.unit_us);
        windows_s.iter().map(null).collect()
    }

    /// Companies of accounts that delete at once.
    fn deleted(&self, watch: &mut dyn Watch) -> Result<Companies, Stopped> {
        let (parameters, posts) = (self.parameters, &self.dataset.posts);
        let rules = self.rules(parameters.deletion.window_s);
        kept(watch, "deletion", |watch| {
            let (least, level) = (parameters.min_objects, parameters.false_discovery);
            let rows = deletion::find(posts, &parameters.deletion, least, level);
            let rows = self.by_people(rows);
            gatherings::of_posts(posts, &[rows], &rules, watch)
        })
    }

    /// Companies of accounts that post texts of one make.
    fn made(&self, bursts: &[Stretch], watch: &mut dyn Watch) -> Result<Companies, Stopped> {
        let (parameters, posts) = (self.parameters, &self.dataset.posts);
        let rules = self.rules(parameters.templates.window_s);
        kept(watch, "templates", |watch| {
            let level = parameters.false_discovery;
            let (lists, word_pairs) =
                templates::find(posts, bursts, &parameters.templates, level, watch)?;
            let lists: Vec<_> = lists.into_iter().map(|list| self.by_people(list)).collect();
            let mut found = gatherings::of_posts(posts, &lists, &rules, watch)?;
            found.given_up.word_pairs = word_pairs;
            Ok(found)
        })
    }

    /// Those of some posts that are not by declared programs.
    fn by_people(&self, mut rows: Vec<u32>) -> Vec<u32> {
        rows.retain(|row| !self.is_fed[*row as usize]);
        rows
    }

    /// Companies of accounts that come together on the same objects.
    fn gathered(
        &self,
        windows_s: &[u32],
        watch: &mut dyn Watch,
    ) -> Result<Vec<Companies>, Stopped> {
        let mut all = Vec::new();
        for window_s in windows_s {
            let rules = self.rules(*window_s);
            let work = |watch: &mut dyn Watch| {
                gatherings::on_objects(&self.ledger, &self.dataset.posts, &rules, watch)
            };
            all.push(kept(watch, &format!("gatherings-{window_s}"), work)?);
        }
        Ok(all)
    }

    fn rules(&self, window_s: u32) -> gatherings::Rules {
        let parameters = self.parameters;
        gatherings::Rules {
            window_s,
            min_objects: parameters.min_objects as usize,
            min_accounts: parameters.min_accounts as usize,
            false_discovery: parameters.false_discovery,
            min_lift: parameters.member_lift(),
            caps: gatherings::Caps::default(),
        }
    }

    /// What narrow windows give on copies whose posts are all moved by chance.
    fn noise(&self, windows_s: &[u32], watch: &mut dyn Watch) -> Result<Vec<Noise>, Stopped> {
        let parameters = self.parameters;
        let jitter_us = i64::from(parameters.jitter_s) * 1_000_000;
        let mut all = Vec::new();
        for repeat in 0..parameters.noise_repeats {
            let work = |watch: &mut dyn Watch| {
                let moved = self.ledger.moved(jitter_us, parameters.seed, repeat);
                let mut screened = Vec::new();
                for window_s in windows_s {
                    screened.push(screen::screen(&moved, parameters, *window_s, 0, watch)?);
                }
                let pairs = screen::significant(&mut screened, parameters.false_discovery);
                let null = |window_s: &u32| screen::null_of(parameters, *window_s, 0);
                let nulls: Vec<Null> = windows_s.iter().map(null).collect();
                let groups = screen::groups(&moved, parameters, &nulls, &pairs, watch)?;
                let accounts = groups.iter().map(|group| group.members.len() as u64).sum();
                Ok(Noise { pairs: pairs.len() as u64, groups: groups.len() as u64, accounts })
            };
            all.push(kept(watch, &format!("noise-{repeat}"), work)?);
        }
        Ok(all)
    }
}

/// Findings and explained groups, each strongest first. A company half of whose posts are the
/// evidence of a group that is known, for what it did within seconds or in an earlier list, is the
/// same: its accounts go with that one, unless there is an ordinary explanation of its coming.
fn tell(
    teller: &Teller<'_>,
    groups: &[Grouped],
    companies: [(Basis, Vec<Companies>); 3],
) -> (Vec<CampaignFinding>, Vec<CampaignFinding>) {
    let mut known: Vec<Found> =
        groups.iter().map(|group| co_action(teller.ledger, group)).collect();
    for (basis, lists) in companies {
        for company in gatherings::by_size(lists) {
            let found = gathering(teller.dataset, basis, &company);
            match found.same_among(&known) {
                Some(place) if teller.explained(&found).is_none() => {
                    known[place].join(found, &teller.dataset.posts);
                }
                Some(_) => {}
                None => known.push(found),
            }
        }
    }
    for found in &mut known {
        let read = explanations::read_by_others(teller.dataset, teller.ledger, found);
        found.leave_out(&read, &teller.dataset.posts);
    }
    known.retain(|found| found.members.len() >= teller.parameters.min_accounts as usize);
    let mut told: Vec<CampaignFinding> = known.iter().map(|found| teller.tell(found)).collect();
    told.sort_by(|a, b| {
        b.strength.total_cmp(&a.strength).then_with(|| a.first_us.cmp(&b.first_us))
    });
    told.into_iter().partition(|finding| finding.explanation.is_none())
}

/// Tells a group whose posts were all made by declared programs.
fn told_as_fed(teller: &Teller<'_>, group: &Grouped) -> CampaignFinding {
    let found = co_action(teller.ledger, group);
    let client = explanations::one_client(teller.dataset, &found.posts);
    let client = client.map_or("", |(client, _)| client).to_owned();
    let explanation = Some(Explanation::FeedClient { client });
    CampaignFinding { explanation, ..teller.tell(&found) }
}

fn co_action(ledger: &Ledger, group: &Grouped) -> Found {
    let (objects, posts) = evidence::together(ledger, &group.members);
    Found {
        basis: Basis::CoAction,
        members: group.members.clone(),
        visitors: Vec::new(),
        pairs: group.pairs.iter().map(|of| (of.pair, of.level)).collect(),
        posts,
        objects,
        occasions: Vec::new(),
    }
}

fn gathering(dataset: &Dataset, basis: Basis, company: &Company) -> Found {
    let (objects, posts) = evidence::gathered(&dataset.posts, company);
    let occasions = company.gatherings.iter().map(|of| (of.from_us, of.to_us)).collect();
    let (members, visitors) = (company.members.clone(), company.visitors.clone());
    Found { basis, members, visitors, pairs: Vec::new(), posts, objects, occasions }
}

fn summary_of_gatherings(found: &Companies) -> GatheringSummary {
    GatheringSummary {
        window_s: found.window_s,
        gatherings: found.gatherings,
        companies: found.companies.len() as u64,
    }
}

/// What was too much to be compared, where anything was.
fn remark_of_gatherings(found: &Companies) -> Option<Remark> {
    let window_s = found.window_s;
    let GivenUp { crowds, objects, busy, groups, word_pairs } = found.given_up;
    let remark = Remark::GatheringsCapped { window_s, crowds, objects, busy, groups, word_pairs };
    (found.given_up != GivenUp::default()).then_some(remark)
}

/// A part that was kept, or else is done now and kept.
fn kept<T: serde::Serialize + serde::de::DeserializeOwned>(
    watch: &mut dyn Watch,
    part: &str,
    work: impl FnOnce(&mut dyn Watch) -> Result<T, Stopped>,
) -> Result<T, Stopped> {
    let before = watch.kept(part).and_then(|json| serde_json::from_str(&json).ok());
    if let Some(before) = before {
        return Ok(before);
    }
    let done = work(watch)?;
    let json = serde_json::to_string(&done).expect("numbers and words can be written");
    watch.keep(part, &json);
    Ok(done)
}

/// The unit in which nearly all times are whole: a minute, a second, or none.
fn unit_us(posts: &Posts) -> i64 {
    let whole = |unit: i64| {
        let whole = posts.at_us.iter().filter(|at| **at % unit == 0).count();
        whole * 10 >= posts.len() * 9
    };
    [60_000_000, 1_000_000].into_iter().find(|unit| whole(*unit)).unwrap_or(0)
}

fn summaries(ledger: &Ledger, pairs: &[Significant]) -> Vec<TraceSummary> {
    let of = |actions: &traces::Actions| {
        let own = pairs.iter().filter(|of| of.pair.trace == Some(actions.trace));
        TraceSummary {
            trace: actions.trace,
            actions: actions.len() as u64,
            objects: actions.objects() as u64,
            significant: own.count() as u64,
        }
    };
    ledger.traces().iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::planted::{Planted, planted};
    use super::*;
    use crate::{Go, Unwatched};
    use std::collections::{BTreeMap, BTreeSet};

    fn parameters() -> Parameters {
        Parameters {
            windows_s: vec![10, 60],
            feed_clients: vec!["feedbot".into()],
            ..Parameters::default()
        }
    }

    fn listed(findings: &[CampaignFinding]) -> BTreeSet<&str> {
        let accounts = findings.iter().flat_map(|finding| &finding.accounts);
        accounts.map(|account| account.account.as_str()).collect()
    }

    fn share(of: &[String], listed: &BTreeSet<&str>) -> f64 {
        of.iter().filter(|name| listed.contains(name.as_str())).count() as f64 / of.len() as f64
    }

    #[test]
    fn finds_what_was_planted_and_leaves_the_crowds_alone() {
        let Planted { dataset, campaigns, controls } = planted(1, 5_000, 3);
        let found = run(&dataset, &parameters(), &mut Unwatched).unwrap();
        let findings = listed(&found.findings);
        for (name, accounts) in &campaigns {
            assert!(share(accounts, &findings) >= 0.95, "{name}: {}", share(accounts, &findings));
        }
        for (name, accounts) in &controls {
            assert!(share(accounts, &findings) <= 0.01, "{name}: {}", share(accounts, &findings));
        }
        let planted: BTreeSet<&str> = campaigns.values().flatten().map(String::as_str).collect();
        let others = findings.difference(&planted).count();
        assert!(others * 20 <= findings.len(), "{others} others among {}", findings.len());
        assert_eq!(found.noise, [Noise { pairs: 0, groups: 0, accounts: 0 }]);
        assert_eq!(share(&controls["feed"], &listed(&found.explained)), 1.0);
        for finding in &found.findings {
            let kinds: BTreeSet<&str> =
                finding.accounts.iter().map(|of| of.account.split('-').next().unwrap()).collect();
            assert_eq!(kinds.len(), 1, "one finding for one campaign: {kinds:?}");
        }
    }

    /// Keeps parts, and stops after so many calls.
    #[derive(Default)]
    struct Keeper {
        parts: BTreeMap<String, String>,
        left: u64,
        kept: Vec<String>,
    }

    impl Watch for Keeper {
        fn progress(&mut self, _: &'static str, _: u64, _: u64) -> Go {
            self.left = self.left.saturating_sub(1);
            if self.left == 0 { Go::Stop } else { Go::On }
        }

        fn kept(&mut self, part: &str) -> Option<String> {
            self.parts.get(part).cloned()
        }

        fn keep(&mut self, part: &str, json: &str) {
            self.kept.push(part.to_owned());
            self.parts.insert(part.to_owned(), json.to_owned());
        }
    }

    #[test]
    fn goes_on_after_a_stop_and_comes_to_the_same() {
        let Planted { dataset, .. } = planted(2, 500, 2);
        let whole = run(&dataset, &parameters(), &mut Unwatched).unwrap();
        let mut keeper = Keeper { left: 60, ..Keeper::default() };
        let mut stops = 0;
        let resumed = loop {
            match run(&dataset, &parameters(), &mut keeper) {
                Ok(found) => break found,
                Err(error) => assert_eq!(error, Error::Stopped(Stopped)),
            }
            stops += 1;
            keeper.left = 60 + 20 * stops;
        };
        assert!(stops >= 2, "{stops}");
        assert_eq!(resumed, whole);
        let once: BTreeSet<&String> = keeper.kept.iter().collect();
        assert_eq!(once.len(), keeper.kept.len(), "no part is made twice");
        // What was kept is what is told: one part that was changed changes the result.
        keeper.left = u64::MAX;
        let noise = r#"{"pairs":7,"groups":2,"accounts":9}"#;
        keeper.parts.insert("noise-0".to_owned(), noise.to_owned());
        let told = run(&dataset, &parameters(), &mut keeper).unwrap();
        assert_eq!(told.noise, [Noise { pairs: 7, groups: 2, accounts: 9 }]);
        assert_eq!(told.findings, whole.findings);
        let json = serde_json::to_string(&whole).unwrap();
        assert_eq!(serde_json::from_str::<Campaigns>(&json).unwrap(), whole);
    }

    #[test]
    fn nothing_gives_nothing() {
        let found = run(&Dataset::default(), &Parameters::default(), &mut Unwatched).unwrap();
        assert_eq!((found.posts, found.findings_total, found.bursts_total), (0, 0, 0));
    }

    #[test]
    fn bad_parameters_are_refused_before_anything_is_done() {
        let parameters = Parameters { min_lift: 0.0, ..Parameters::default() };
        let error = run(&Dataset::default(), &parameters, &mut Unwatched).unwrap_err();
        assert_eq!(error.to_string(), "the parameter `min_lift` is 0; it must be from 1 to 1000");
    }
}
