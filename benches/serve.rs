//! What a server does on this machine: requests, batches, memory, start and size.
//!
//! The load generator runs on the same cores and takes its share of them; the processor time of
//! the server alone is told beside the rates.

use benches::load::{self, Load, Outcome};
use benches::server::{Installation, Server};
use benches::terms::{Choice, bank_csv, terms};
use benches::{Failure, cpu, input, line, median};
use bytes::Bytes;
use std::time::Duration;

const CONNECTIONS: usize = 16;
const CHECK_LASTS: Duration = Duration::from_secs(8);
const SUBMIT_CONNECTIONS: [usize; 2] = [1, 4];
const SUBMIT_LASTS: Duration = Duration::from_secs(4);
const BATCH: usize = 100;
const STARTS: usize = 10;
const BENCH: &str = "serve";

fn main() -> Result<(), Failure> {
    let binary = input::binary()?;
    let bytes = std::fs::metadata(&binary)?.len();
    line::measured(BENCH, "size of the program", bytes as f64 / 1e6, "MB");
    let installation = Installation::make(&binary, &input::folder()?)?;
    for (bank, csv) in simulate::banks() {
        installation.import(&bank, &csv)?;
    }
    installation.promote(simulate::rules())?;
    let keys: Result<Vec<String>, Failure> =
        (0..CONNECTIONS).map(|number| installation.key(&format!("bench {number}"))).collect();
    let (keys, posts) = (keys?, input::posts()?);
    starts(&installation, "demo banks")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    {
        let server = installation.start()?;
        memory(&server, "demo banks")?;
        runtime.block_on(check(&server, &keys, &posts, "demo banks"))?;
        for connections in SUBMIT_CONNECTIONS {
            runtime.block_on(submit(&server, &keys[..connections], &posts))?;
        }
    }
    installation.import("terms", &bank_csv(&terms(100_000, Choice::Rare)?))?;
    starts(&installation, "100,000 terms")?;
    let server = installation.start()?;
    memory(&server, "100,000 terms")?;
    runtime.block_on(check(&server, &keys, &posts, "100,000 terms"))
}

fn starts(installation: &Installation, banks: &str) -> Result<(), Failure> {
    let times: Result<Vec<f64>, Failure> =
        (0..STARTS).map(|_| Ok(installation.start()?.ready.as_secs_f64() * 1e3)).collect();
    line::measured(BENCH, &format!("start to ready, {banks}"), median(times?), "ms");
    Ok(())
}

fn memory(server: &Server, banks: &str) -> Result<(), Failure> {
    // What happens once after the start is over by then.
    std::thread::sleep(Duration::from_secs(1));
    let bytes = cpu::resident_bytes(&server.process())?;
    line::measured(BENCH, &format!("memory at rest, {banks}"), bytes as f64 / 1e6, "MB");
    Ok(())
}

async fn check(
    server: &Server,
    keys: &[String],
    posts: &[String],
    banks: &str,
) -> Result<(), Failure> {
    let bodies: Vec<Bytes> = posts.iter().cloned().map(Bytes::from).collect();
    let load = Load { address: &server.address, path: "/v1/check", keys, lasting: CHECK_LASTS };
    let before = cpu::used(&server.process())?.own_s;
    let outcome = load::run(&load, move |number| bodies[number % bodies.len()].clone()).await?;
    let used = cpu::used(&server.process())?.own_s - before;
    let case = |what: &str| format!("check, {banks}: {what}");
    let requests = outcome.latencies_ms.len() as f64;
    line::measured(BENCH, &case("requests"), outcome.per_second(), "requests/s");
    line::measured(BENCH, &case("median latency"), outcome.latency_ms(0.5), "ms");
    line::measured(BENCH, &case("99 % latency"), outcome.latency_ms(0.99), "ms");
    line::measured(BENCH, &case("server"), used * 1e3 / requests, "CPU ms/request");
    Ok(())
}

async fn submit(server: &Server, keys: &[String], posts: &[String]) -> Result<(), Failure> {
    let split = posts.iter().map(|post| around_id(post)).collect::<Result<Vec<_>, Failure>>()?;
    let connections = keys.len();
    let load = Load { address: &server.address, path: "/v1/items", keys, lasting: SUBMIT_LASTS };
    let before = cpu::used(&server.process())?.own_s;
    let outcome: Outcome =
        load::run(&load, move |number| batch(&split, connections, number)).await?;
    let used = cpu::used(&server.process())?.own_s - before;
    let items = (outcome.latencies_ms.len() * BATCH) as f64;
    let case = |what: &str| format!("batches of 100, {connections} at a time: {what}");
    line::measured(BENCH, &case("durable items"), outcome.per_second() * BATCH as f64, "items/s");
    line::measured(BENCH, &case("median latency"), outcome.latency_ms(0.5), "ms");
    line::measured(BENCH, &case("99 % latency"), outcome.latency_ms(0.99), "ms");
    line::measured(BENCH, &case("server"), used * 1e3 / items, "CPU ms/item");
    Ok(())
}

/// What stands before and after the id of a post, so that each that is sent has an id of its own.
fn around_id(post: &str) -> Result<(String, String), Failure> {
    let mut value: serde_json::Value = serde_json::from_str(post)?;
    value["id"] = "ID-OF-THE-POST".into();
    let text = value.to_string();
    let (before, after) = text.split_once("ID-OF-THE-POST").ok_or("a post has no id")?;
    Ok((before.to_owned(), after.to_owned()))
}

/// The batch of a number; its ids tell it from those of the run with other connections.
fn batch(posts: &[(String, String)], run: usize, number: usize) -> Bytes {
    let mut text = String::from("[");
    for place in 0..BATCH {
        let (before, after) = &posts[(number * BATCH + place) % posts.len()];
        let comma = if place == 0 { "" } else { "," };
        text.push_str(&format!("{comma}{before}b{run}-{number}-{place}{after}"));
    }
    text.push(']');
    Bytes::from(text)
}
