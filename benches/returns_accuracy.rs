//! How well possible returns are found where the truth is known, and what each group of features
//! is worth.
//!
//! Worlds are simulated from seeds that no calibration was learnt from. With the argument
//! `calibrate FILE` the program instead learns the calibration that the study ships, from other
//! seeds, and writes it (`study/src/returns/calibration.json` was made so). With `large` it
//! measures processor time with a hundred thousand and a million accounts.

use benches::world::add_accounts;
use benches::{Failure, cpu, line};
use model::Timestamp;
use simulate::world::{Parameters as WorldParameters, SimActionKind, World};
use std::collections::BTreeMap;
use study::dataset::{ActionRow, Builder, FollowRow, PostRow, StudyAction};
use study::returns::{
    Calibration, Evaluation, Group, Outcome, Parameters, Returns, Truth, calibrate,
    days_to_detection, evaluate, known_pairs, run, shipped,
};
use study::stats::{Confidence, auc_weighted, wilson};
use study::{Dataset, Unwatched};

/// Worlds that the calibration is learnt from.
const LEARNT_FROM: [u64; 4] = [9_001, 9_002, 9_003, 9_004];
/// Worlds that it is measured on.
const MEASURED_ON: [u64; 4] = [1, 2, 3, 4];
const ACCOUNTS: u32 = 40_000;
const DAYS: u32 = 45;
/// A post a day for each account, but no more than this.
const POSTS_A_DAY: u32 = 200_000;
/// What an account says of itself. Who is careful changes all of it.
const PROFILE: [Group; 5] =
    [Group::Handle, Group::DisplayName, Group::Bio, Group::Avatar, Group::Links];
/// The first so many of them are enough to see what each group is worth.
const ABLATED: usize = 2;
/// Days of a new account's life after which it is looked at.
const LOOKED_AT: [f64; 6] = [1.0, 2.0, 4.0, 7.0, 14.0, 30.0];
/// Candidates that reviewers look at, for each hundred suspended accounts.
const BUDGET: u64 = 50;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["calibrate", file, ..] => learn(file),
        ["large", ..] => large(),
        _ => measure(),
    }
}

fn parameters() -> Parameters {
    // The worlds have a return for about every second suspended account; an operator would know
    // such a rate from reviews.
    Parameters { base_rate: 0.5, ..Parameters::default() }
}

/// Learns the calibration and writes it.
fn learn(file: &str) -> Result<(), Failure> {
    let mut pairs = Vec::new();
    for seed in LEARNT_FROM {
        let (dataset, truth) = world(seed, ACCOUNTS, DAYS)?;
        pairs.extend(known_pairs(&dataset, &parameters(), &truth, &mut Unwatched)?);
    }
    let made = format!(
        "Learnt on simulated worlds of seeds {LEARNT_FROM:?} with {ACCOUNTS} accounts and {DAYS} \
         days each, by `returns_accuracy calibrate`."
    );
    let learnt = calibrate(&pairs, &made)?;
    std::fs::write(file, serde_json::to_string_pretty(&learnt)? + "\n")?;
    print_tables(&learnt);
    Ok(())
}

fn print_tables(learnt: &Calibration) {
    for table in &learnt.tables {
        eprintln!("{:16} {:5.1?}", table.group.name(), table.log_ratios);
        eprintln!("{:16} {:5.0?}", "  returns", table.returns);
        eprintln!("{:16} {:5.0?}", "  others", table.others);
    }
    eprintln!("{:?}", learnt.last_step);
    for row in &learnt.reliability {
        eprintln!(
            "posterior {:.3} to {:.3}: {:9} pairs, expected {:.4}, returns {:.4}",
            row.from, row.to, row.pairs, row.expected, row.share.value
        );
    }
}

/// One simulated world as a study sees it, and its truth.
fn world(seed: u64, accounts: u32, days: u32) -> Result<(Dataset, Truth), Failure> {
    let start = Timestamp::parse("2026-03-02T00:00:00Z")?;
    let mut wanted = WorldParameters::new(seed, start, days, accounts);
    wanted.items_per_day = u64::from(accounts.min(POSTS_A_DAY));
    let world = World::new(wanted)?;
    let mut builder = Builder::new();
    let mut items = world.items();
    while let Some(item) = items.next() {
        let row = item.row();
        builder.post(&PostRow {
            id: row.id,
            account: row.account,
            at_us: row.at_us,
            text: row.text,
            language: row.language,
            repost_of: row.repost_of,
            in_reply_to: row.in_reply_to,
            links: &row.links,
            hashtags: &row.hashtags,
            images: &row.images,
            client: row.client,
            deleted_at_us: row.deleted_at_us,
        });
    }
    let ids: Vec<String> = (0..accounts).map(|number| world.account_id(number)).collect();
    add_accounts(&world, &mut builder);
    for follow in world.follows() {
        let (from, to) = (&ids[follow.from as usize], &ids[follow.to as usize]);
        builder.follow(&FollowRow { from, to, at_us: Some(follow.at_us) });
    }
    let mut dataset = builder.build();
    for action in world.actions() {
        let account = dataset.accounts.find(&ids[action.account as usize]);
        let action_of = match action.kind {
            SimActionKind::Suspend => StudyAction::Suspend,
            SimActionKind::Restore => StudyAction::Restore,
            SimActionKind::Remove => StudyAction::Remove,
        };
        if let Some(account) = account {
            dataset.actions.push(ActionRow { at_us: action.at_us, account, action: action_of });
        }
    }
    let truth = world.truth();
    let pairs = truth.accounts().filter_map(|account| {
        let of = account.returns_of?;
        Some((ids[of as usize].clone(), ids[account.account as usize].clone()))
    });
    let truth = Truth::new(pairs.collect::<Vec<_>>());
    Ok((dataset, truth))
}

fn measure() -> Result<(), Failure> {
    let worlds: Result<Vec<(Dataset, Truth)>, Failure> =
        MEASURED_ON.iter().map(|seed| world(*seed, ACCOUNTS, DAYS)).collect();
    let worlds = worlds?;
    let whole = Sum::of(&worlds, &parameters())?;
    whole.print("all groups");
    whole.print_reliability();
    Sum::of(&worlds, &Parameters::default())?.print("base rate 0.1");
    let only = |groups: &[Group]| Parameters { groups: groups.to_vec(), ..parameters() };
    Sum::of(&worlds, &only(&PROFILE))?.print("profiles alone");
    let rest: Vec<Group> =
        Group::ALL.into_iter().filter(|group| !PROFILE.contains(group)).collect();
    Sum::of(&worlds, &only(&rest))?.print("without profiles");
    days(&worlds)?;
    worth(&worlds)
}

/// What several worlds gave together.
#[derive(Default)]
struct Sum {
    evaluations: Vec<Evaluation>,
    expected_false: f64,
    cpu_s: f64,
}

impl Sum {
    fn of(worlds: &[(Dataset, Truth)], parameters: &Parameters) -> Result<Self, Failure> {
        let mut sum = Self::default();
        for (dataset, truth) in worlds {
            let (cpu_s, returns) = cpu::timed(|| run(dataset, parameters, &mut Unwatched))?;
            let returns = returns?;
            let budget = returns.coverage.suspended * BUDGET / 100;
            sum.evaluations.push(evaluate(&returns, truth, budget));
            sum.expected_false += returns.control.expected_false;
            sum.cpu_s += cpu_s;
        }
        Ok(sum)
    }

    fn count(&self, of: impl Fn(&Evaluation) -> u64) -> u64 {
        self.evaluations.iter().map(of).sum()
    }

    /// A mean over the returns of all worlds.
    fn mean(&self, of: impl Fn(&Evaluation) -> f64) -> f64 {
        let all = self.evaluations.iter();
        let sum: f64 = all.map(|one| of(one) * one.returns as f64).sum();
        sum / self.count(|one| one.returns).max(1) as f64
    }

    fn print(&self, case: &str) {
        let say = |what: &str, value: f64, unit: &str| {
            line::measured("returns_accuracy", &format!("{case}: {what}"), value, unit);
        };
        say("returns", self.count(|one| one.returns) as f64, "accounts");
        say("first of the list", self.mean(|one| one.recall_at_1.value), "recall");
        say("first 5", self.mean(|one| one.recall_at_5.value), "recall");
        say("first 10", self.mean(|one| one.recall_at_10.value), "recall");
        say("possible links", self.mean(|one| one.linked.value), "recall");
        say("mean reciprocal rank", self.mean(|one| one.mean_reciprocal_rank), "1/rank");
        say("pairs", self.mean(|one| one.auc_pairs), "AUC");
        let accounts = self.mean(|one| one.auc_accounts.map_or(0.5, |auc| auc.value));
        say("accounts", accounts, "AUC");
        let (looked_at, hits) =
            (self.count(|one| one.budget.looked_at), self.count(|one| one.budget.returns));
        say("reviewed within the budget", looked_at as f64, "candidates");
        say("precision within the budget", hits as f64 / looked_at.max(1) as f64, "share");
        let (benign, linked) = (self.count(|one| one.benign), self.count(|one| one.benign_linked));
        say("benign new accounts", benign as f64, "accounts");
        let per = wilson(linked, benign.max(1), Confidence::P95).map(|share| share.scaled(1e4));
        if let Ok(per) = per {
            say("false links", per.value, "for 10,000 benign new accounts");
            say("false links, upper 95 % limit", per.high, "for 10,000 benign new accounts");
        }
        let expected = self.expected_false * 1e4 / benign.max(1) as f64;
        say("false links expected by the study", expected, "for 10,000 benign new accounts");
        say(
            "returns linked to another suspended account",
            self.count(|one| one.crossed) as f64,
            "links",
        );
        say("time of all runs", self.cpu_s, "CPU s");
    }

    fn print_reliability(&self) {
        let mut rows: BTreeMap<String, (f64, f64, f64)> = BTreeMap::new();
        for row in self.evaluations.iter().flat_map(|one| &one.reliability) {
            let sum = rows.entry(format!("{:.3} to {:.3}", row.from, row.to)).or_default();
            sum.0 += row.pairs as f64;
            sum.1 += row.pairs as f64 * row.expected;
            sum.2 += row.returns as f64;
        }
        for (range, (pairs, expected, returns)) in rows {
            let say = |what: &str, value: f64, unit: &str| {
                let case = format!("candidates of posterior {range}: {what}");
                line::measured("returns_accuracy", &case, value, unit);
            };
            say("how many", pairs, "candidates");
            say("expected", expected / pairs, "share of returns");
            say("found", returns / pairs, "share of returns");
        }
    }
}

/// In how many days a return becomes a possible link.
fn days(worlds: &[(Dataset, Truth)]) -> Result<(), Failure> {
    let mut linked = vec![0.0; LOOKED_AT.len()];
    for (dataset, truth) in &worlds[..ABLATED] {
        let run = |first_days: &f64| {
            run(dataset, &Parameters { first_days: *first_days, ..parameters() }, &mut Unwatched)
        };
        let runs: Result<Vec<Returns>, _> = LOOKED_AT.iter().map(run).collect();
        let found = days_to_detection(&runs?, truth);
        for (share, day) in linked.iter_mut().zip(LOOKED_AT) {
            let until = found.steps.iter().take_while(|step| step.time <= day).last();
            *share += until.map_or(0.0, |step| 1.0 - step.surviving.value) / ABLATED as f64;
        }
    }
    for (share, day) in linked.iter().zip(LOOKED_AT) {
        let case = format!("possible link within {day} days");
        line::measured("returns_accuracy", &case, *share, "share of returns");
    }
    Ok(())
}

/// What each group is worth: by itself among all pairs, and by what is lost without it.
fn worth(worlds: &[(Dataset, Truth)]) -> Result<(), Failure> {
    let worlds = &worlds[..ABLATED];
    let mut pairs = Vec::new();
    for (dataset, truth) in worlds {
        pairs.extend(known_pairs(dataset, &parameters(), truth, &mut Unwatched)?);
    }
    let calibration = shipped();
    let belongs: Vec<bool> = pairs.iter().map(|pair| pair.outcome == Outcome::Return).collect();
    let weights: Vec<f64> = pairs.iter().map(|pair| pair.stands_for).collect();
    let with = Sum::of(worlds, &parameters())?;
    for (at, group) in Group::ALL.into_iter().enumerate() {
        let ratio = |nats: Option<f64>| nats.map_or(0.0, |nats| calibration.log_ratio(group, nats));
        let scores: Vec<f64> = pairs.iter().map(|pair| ratio(pair.nats[at])).collect();
        let alone = auc_weighted(&scores, &belongs, &weights)?;
        let groups = Group::ALL.into_iter().filter(|other| *other != group).collect();
        let without = Sum::of(worlds, &Parameters { groups, ..parameters() })?;
        let lost = |of: fn(&Evaluation) -> f64| with.mean(of) - without.mean(of);
        let say = |what: &str, value: f64, unit: &str| {
            line::measured("returns_accuracy", &format!("{}: {what}", group.name()), value, unit);
        };
        say("alone", alone, "AUC over all pairs");
        say("lost without it, first 10", lost(|one| one.recall_at_10.value), "recall");
        say("lost without it, possible links", lost(|one| one.linked.value), "recall");
        say("lost without it", lost(|one| one.mean_reciprocal_rank), "1/rank");
    }
    Ok(())
}

/// Processor time at a hundred thousand and a million accounts.
fn large() -> Result<(), Failure> {
    for (accounts, days) in [(100_000, 45), (1_000_000, 30)] {
        let (dataset, truth) = world(77, accounts, days)?;
        let before = cpu::resident_bytes("self")?;
        let (cpu_s, returns) = cpu::timed(|| run(&dataset, &parameters(), &mut Unwatched))?;
        let returns = returns?;
        let found = evaluate(&returns, &truth, 100);
        let say = |what: &str, value: f64, unit: &str| {
            line::measured(
                "returns_accuracy",
                &format!("{accounts} accounts: {what}"),
                value,
                unit,
            );
        };
        say("time", cpu_s, "CPU s");
        say("memory of the dataset", before as f64 / 1e6, "MB");
        say("memory after the study", cpu::resident_bytes("self")? as f64 / 1e6, "MB");
        say("posts", dataset.posts.len() as f64, "posts");
        say("suspended", returns.coverage.suspended as f64, "accounts");
        say("new", returns.coverage.new_accounts as f64, "accounts");
        say("compared", returns.coverage.compared as f64, "pairs");
        say("first 10", found.recall_at_10.value, "recall");
        say("possible links", found.linked.value, "recall");
        let per = found.false_links_per_10_000.value;
        say("false links", per, "for 10,000 benign new accounts");
    }
    Ok(())
}
