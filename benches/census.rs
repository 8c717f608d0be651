//! How fast and how right a census is: a network of 1.9 million accounts from end to end, intervals
//! against a planted truth, labels saved by drawing by score, and separation on labelled graphs.

#[path = "../study/tests/support/graphs.rs"]
#[allow(clippy::unwrap_used, dead_code, reason = "a support of tests, of which a part is used")]
mod graphs;

use benches::{Failure, cpu, line};
use study::census::{
    Answer, Census, Code, Coding, Expected, Method, Parameters, Plan, Pseudonyms, SampleDraw,
    Shares, Standing, StratumCount, draw, estimate, run, share_of_strata,
};
use study::dataset::{Builder, PostRow, Profile, ProfileRow};
use study::stats::{Confidence, Draws, auc_value, normal_quantile, sample};
use study::{Dataset, Unwatched};

const ACCOUNTS: u32 = 1_900_000;
/// Members are the first accounts.
const MEMBERS: u32 = 45_600;
const SEEDS: u32 = 500;
const FOLLOWS: u64 = 15;
const POSTS: u32 = 1_000_000;
/// Repetitions by which the coverage of an interval is known to half a hundredth.
const REPEATS: u64 = 2_000;
/// Draws of seeds on labelled graphs.
const SEED_DRAWS: u64 = 20;

fn main() -> Result<(), Failure> {
    let dataset = network();
    eprintln!("{} follows, {} posts", dataset.follows.from.len(), dataset.posts.len());
    let census = end_to_end(&dataset)?;
    intervals(&dataset, census)?;
    labelled_graphs()
}

/// A network with a planted membership: each follows about fifteen others, a member every second
/// time another member, everybody else mostly those whom many follow.
fn network() -> Dataset {
    let mut draws = Draws::new(1, 0);
    let mut builder = Builder::new();
    for account in 0..ACCOUNTS {
        let followers = Some(draws.below(2_000));
        let profile = Profile { followers, ..Profile::default() };
        builder.profile(ProfileRow { id: &account.to_string(), profile });
    }
    let some = |draws: &mut Draws| draws.below(ACCOUNTS.into()).to_string();
    for post in 0..POSTS {
        let (id, account) = (post.to_string(), some(&mut draws));
        let before = post.checked_sub(1 + draws.below(1_000) as u32).map(|post| post.to_string());
        let (repost_of, in_reply_to) = match draws.below(4) {
            0 => (before.as_deref(), None),
            1 => (None, before.as_deref()),
            _ => (None, None),
        };
        let at_us = i64::from(post) * 600_000;
        let text = &id;
        builder.post(&PostRow {
            id: &id,
            account: &account,
            at_us,
            text,
            repost_of,
            in_reply_to,
            ..PostRow::default()
        });
    }
    let mut dataset = builder.build();
    let follows = &mut dataset.follows;
    let mut own = Vec::new();
    for account in 0..ACCOUNTS {
        own.clear();
        own.extend((0..1 + draws.below(2 * FOLLOWS + 2)).map(|_| followed(account, &mut draws)));
        own.sort_unstable();
        own.dedup();
        for to in own.iter().filter(|to| **to != account) {
            follows.from.push(account);
            follows.to.push(*to);
            follows.at_us.push(i64::MIN);
        }
    }
    dataset
}

fn followed(account: u32, draws: &mut Draws) -> u32 {
    if account < MEMBERS && draws.below(2) == 0 {
        return draws.below(MEMBERS.into()) as u32;
    }
    // The last account is followed by some hundred thousand.
    let popular = draws.unit().powi(3) * f64::from(ACCOUNTS);
    ACCOUNTS - 1 - popular as u32
}

/// From the dataset to the estimate.
fn end_to_end(dataset: &Dataset) -> Result<Census, Failure> {
    let case = "1.9 M accounts";
    let parameters = parameters((0..SEEDS).map(|seed| seed.to_string()).collect());
    let names = Pseudonyms::keyed(&[1; 32]);
    let (seconds, census) = cpu::timed(|| run(dataset, &parameters, &names, &mut Unwatched))?;
    let census = census?;
    line::measured("census", &format!("{case}: run"), seconds, "CPU s");
    let plan = Plan { accounts: 3_000, ..Plan::default() };
    let (drawing, sample) = cpu::timed(|| draw(&census, dataset, &names, plan))?;
    let sample = sample?;
    line::measured("census", &format!("{case}: draw 3,000"), drawing, "CPU s");
    let asked: Vec<&str> = sample.items.iter().map(|item| item.account.as_str()).collect();
    let (seconds, accounts) = cpu::timed(|| names.accounts(dataset, &asked))?;
    line::measured("census", &format!("{case}: find 3,000 again"), seconds, "CPU s");
    let is_member = |account: &Option<u32>| account.is_some_and(|account| account < MEMBERS);
    let coding = coded(&sample, &accounts.iter().map(is_member).collect::<Vec<_>>());
    let (seconds, given) = cpu::timed(|| estimate(&sample, &coding, Confidence::P95))?;
    let given = given?;
    line::measured("census", &format!("{case}: estimate"), seconds, "CPU s");
    let area = separation(&census, |account| account < MEMBERS)?;
    line::measured("census", &format!("{case}: separation"), area, "area");
    let resident = cpu::resident_bytes("self")? as f64;
    line::measured("census", &format!("{case}: memory, dataset included"), resident / 1e6, "MB");
    eprintln!(
        "{} accounts reached; members {:?}; {:?}; cuts {:?}",
        census.frontier.accounts, given.members.wilson, given.standing, census.cuts
    );
    Ok(census)
}

fn parameters(seeds: Vec<String>) -> Parameters {
    let mut parameters = Parameters::new("a benchmark", "planted data", "was planted", 1, seeds);
    parameters.reach.levels = 6;
    parameters.reach.ties_at_most = 1_000_000;
    parameters
}

/// Two coders who make no error.
fn coded(sample: &SampleDraw, members: &[bool]) -> Coding {
    let codes = sample.items.iter().zip(members).flat_map(|(item, is_member)| {
        let answer = if *is_member { Answer::Member } else { Answer::NotMember };
        ["one", "two"].map(|coder| Code {
            account: item.account.clone(),
            coder: coder.into(),
            answer,
            at_us: 0,
        })
    });
    Coding { codes: codes.collect(), adjudications: Vec::new() }
}

/// The separation over the whole frame.
fn separation(census: &Census, is_member: impl Fn(u32) -> bool) -> Result<f64, Failure> {
    let scores: Vec<f64> = census.frame.score.iter().map(|score| f64::from(*score)).collect();
    let members: Vec<bool> = census.frame.account.iter().map(|one| is_member(*one)).collect();
    Ok(auc_value(&scores, &members)?)
}

/// Coverage of both intervals and their width, over repeated draws from the frame of a census whose
/// scores are drawn anew, normal in both groups, as far apart as the separation says.
fn intervals(dataset: &Dataset, mut census: Census) -> Result<(), Failure> {
    let simple = Plan { method: Method::Simple, accounts: 3_000, ..Plan::default() };
    for separation in [0.9, 0.95] {
        let members = rescored(dataset, &mut census, separation);
        let expected = Expected { separation: 0.9, ..Expected::default() };
        let plan = |accounts| Plan { accounts, expected, ..Plan::default() };
        let mut widths = Vec::new();
        for (name, plan) in [
            ("simple 3,000", simple),
            ("by score 3,000", plan(3_000)),
            ("by score 1,500", plan(1_500)),
            ("by score 800", plan(800)),
        ] {
            let drawn = draw(&census, dataset, &Pseudonyms::ids(), plan)?;
            let case = format!("{name}, area {separation}");
            widths.push(repeated(&case, &drawn, &members)?);
        }
        // The width of an interval falls with the root of the number of codings.
        let share = (widths[1] / widths[0]).powi(2);
        let case = format!("codings by score for the width of simple ones, area {separation}");
        line::measured("census", &case, share, "of theirs");
    }
    Ok(())
}

/// Gives the frame new scores; says who is a member, by place in the frame.
fn rescored(dataset: &Dataset, census: &mut Census, separation: f64) -> Vec<bool> {
    let mut draws = Draws::new(2, 0);
    let apart = 2_f64.sqrt() * normal_quantile(separation);
    let mut normal = || normal_quantile(draws.unit().max(1e-300));
    let mut scored: Vec<(f32, u32)> = (SEEDS..ACCOUNTS)
        .map(|account| {
            let above = if account < MEMBERS { apart } else { 0.0 };
            ((normal() + above) as f32, account)
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let frame = &mut census.frame;
    frame.score = scored.iter().map(|one| one.0).collect();
    frame.account = scored.iter().map(|one| one.1).collect();
    frame.set_apart = vec![0; frame.account.len()];
    census.listed[0].account = dataset.accounts.text(frame.account[0]).to_owned();
    frame.account.iter().map(|account| *account < MEMBERS).collect()
}

/// Draws from the strata again and again; prints how often each interval holds the truth, and gives
/// the mean width of Wilson's.
fn repeated(case: &str, drawn: &SampleDraw, members: &[bool]) -> Result<f64, Failure> {
    let truth = members.iter().filter(|is| **is).count() as f64 / members.len() as f64;
    let (mut held, mut width) = ([0_u32; 2], 0.0);
    for repeat in 0..REPEATS {
        let mut draws = Draws::new(repeat, 9);
        let mut begin = 0;
        let mut strata = Vec::new();
        for stratum in &drawn.strata {
            let chosen = sample(stratum.size, stratum.drawn, &mut draws)?;
            let hits = chosen.into_iter().filter(|at| members[begin + *at as usize]);
            let (size, coded) = (stratum.size, stratum.drawn);
            strata.push(StratumCount { size, coded, members: hits.count() as u64 });
            begin += stratum.size as usize;
        }
        let Shares { wilson, clopper_pearson } = share_of_strata(&strata, Confidence::P95);
        for (held, figure) in held.iter_mut().zip([wilson, clopper_pearson]) {
            *held += u32::from(figure.low <= truth && truth <= figure.high);
        }
        width += wilson.width() * members.len() as f64 / REPEATS as f64;
    }
    for (name, held) in ["Wilson", "Clopper-Pearson"].iter().zip(held) {
        let share = 100.0 * f64::from(held) / REPEATS as f64;
        line::measured("census", &format!("coverage, {name}, {case}"), share, "%");
    }
    line::measured("census", &format!("width, {case}"), width, "accounts");
    Ok(width)
}

/// Separation from 2 % of one label's nodes, and whether the census stands.
fn labelled_graphs() -> Result<(), Failure> {
    for name in ["polblogs", "DE"] {
        let Some(graph) = graphs::load(name) else { continue };
        for label in [0, 1] {
            let (mut mean, mut sound) = (0.0, 0);
            for seed in 0..SEED_DRAWS {
                let census = run(
                    &graph.dataset,
                    &parameters(some_of(&graph, label, seed)?),
                    &Pseudonyms::ids(),
                    &mut Unwatched,
                )?;
                let is_member = |account: u32| graph.label(account) == label;
                mean += separation(&census, is_member)? / SEED_DRAWS as f64;
                let plan = Plan { accounts: 500, seed, ..Plan::default() };
                let drawn = draw(&census, &graph.dataset, &Pseudonyms::ids(), plan)?;
                let accounts =
                    drawn.items.iter().map(|item| graph.dataset.accounts.find(&item.account));
                let members: Vec<bool> = accounts.map(|one| one.is_some_and(is_member)).collect();
                let given = estimate(&drawn, &coded(&drawn, &members), Confidence::P95)?;
                sound += u32::from(matches!(given.standing, Standing::Sound { .. }));
            }
            line::measured("census", &format!("{name}, label {label}: separation"), mean, "area");
            let case = format!("{name}, label {label}: censuses that stand, of {SEED_DRAWS}");
            line::measured("census", &case, sound.into(), "censuses");
        }
    }
    Ok(())
}

/// Two of a hundred nodes of a label.
fn some_of(graph: &graphs::Labelled, label: u8, seed: u64) -> Result<Vec<String>, Failure> {
    let nodes = graph.nodes_of(label);
    let wanted = (nodes.len() as f64 * 0.02).round() as u64;
    let drawn = sample(nodes.len() as u64, wanted, &mut Draws::new(seed, 0))?;
    Ok(drawn.into_iter().map(|at| nodes[at as usize].to_string()).collect())
}
