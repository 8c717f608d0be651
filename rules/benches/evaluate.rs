//! How many items a core judges in a second, by the number of rules.
#![allow(missing_docs, reason = "a benchmark has no interface")]

mod mixed;

use divan::{Bencher, counter::ItemsCount};
use rules::{compile, evaluate};

fn main() {
    divan::main();
}

#[divan::bench(args = [1, 10, 50, 200])]
fn mixed_rules(bencher: Bencher, count: usize) {
    let rules = compile(&[mixed::mixed_rules(count)], mixed::SIGNALS).expect("the rules compile");
    let (item, signals, judged) = (mixed::post(), mixed::post_signals(), mixed::judged());
    bencher
        .counter(ItemsCount::new(1_usize))
        .bench_local(|| evaluate(&rules, divan::black_box(&item), &signals, &judged));
}

#[divan::bench(args = [50, 200])]
fn compiling(bencher: Bencher, count: usize) {
    let file = [mixed::mixed_rules(count)];
    bencher
        .counter(ItemsCount::new(count))
        .bench_local(|| compile(&file, mixed::SIGNALS).expect("the rules compile"));
}
