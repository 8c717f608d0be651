//! Lines of output: what was measured, and what a peer needs for the same.

use serde::Serialize;

/// One measured value.
#[derive(Debug, Serialize)]
struct Measured<'a> {
    bench: &'a str,
    case: &'a str,
    value: f64,
    unit: &'a str,
}

/// The value of a peer in the same case and unit.
#[derive(Debug, Serialize)]
struct OfPeer<'a> {
    bench: &'a str,
    case: &'a str,
    peer: &'a str,
    peer_value: f64,
}

/// Prints what was measured. A unit that ends in `/s` is better when it is higher, any other when
/// it is lower.
pub fn measured(bench: &str, case: &str, value: f64, unit: &str) {
    print(&Measured { bench, case, value, unit });
}

/// Prints the value of a peer that was published rather than measured here.
pub fn quoted(bench: &str, case: &str, peer: &str, peer_value: f64) {
    print(&OfPeer { bench, case, peer: &format!("{peer} (quoted)"), peer_value });
}

/// Prints the value of a peer that was measured in the same run.
pub fn beside(bench: &str, case: &str, peer: &str, peer_value: f64) {
    print(&OfPeer { bench, case, peer, peer_value });
}

fn print(line: &impl Serialize) {
    match serde_json::to_string(line) {
        Ok(text) => println!("{text}"),
        Err(error) => eprintln!("a line cannot be written: {error}"),
    }
}
