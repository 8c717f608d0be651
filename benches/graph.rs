//! How long questions about a large graph take, and how much memory it needs.
//!
//! The graphs are R-MAT ones (Chakrabarti, Zhan and Faloutsos 2004), which have the skewed degrees
//! of follow graphs. Making them is not measured. Ours is built from a file of edges in the order
//! of chance, with duplicates and loops; the peers read another file of the same edges, each once
//! and sorted, which is the easier part.

use benches::{Failure, cpu, input, line, numbers};
use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::Path;
use study::Unwatched;
use study::graph::{
    Along, Graph, Grouping, Grown, Near, NodeSet, Push, Walk, communities, cores, hops, ranks,
};

const BENCH: &str = "graph";

/// A graph to make: 2 to the power of `scale` nodes, and so many edges.
struct Size {
    name: &'static str,
    file: &'static str,
    scale: u32,
    edges: u64,
}

const LARGE: Size = Size { name: "30 M edges", file: "graph-30", scale: 21, edges: 30_000_000 };
const SMALL: Size = Size { name: "3 M edges", file: "graph-3", scale: 18, edges: 3_000_000 };
/// What a whole graph may take.
const LIMIT_BYTES: u64 = 600_000_000;
const MEMBERS: usize = 50_000;
const SEEDS: usize = 500;
/// Edges are added so many at a time, and so often.
const ADDED: usize = 10_000;
const TIMES: usize = 20;

fn main() -> Result<(), Failure> {
    let folder = input::folder()?;
    let large = build(&folder, &LARGE)?;
    questions(&folder, &large)?;
    line::measured(BENCH, "30 M edges: peak memory", peak_bytes()? / 1e6, "MB");
    group(&large, &LARGE)?;
    line::measured(BENCH, "30 M edges: peak memory with Leiden", peak_bytes()? / 1e6, "MB");
    drop(large);
    group(&build(&folder, &SMALL)?, &SMALL)
}

/// Makes the edges and builds their graph, and writes it for the peers.
fn build(folder: &Path, size: &Size) -> Result<Graph, Failure> {
    let raw = folder.join(format!("{}-raw.bin", size.file));
    let mut next = numbers(7);
    write(&raw, (0..size.edges).map(|_| edge(size.scale, &mut next)))?;
    let nodes = 1 << size.scale;
    let (built_s, graph) =
        cpu::timed(|| Graph::build(nodes, LIMIT_BYTES, || Edges::of(&raw), &mut Unwatched))?;
    let graph = graph?;
    line::measured(BENCH, &format!("{}: build", size.name), built_s, "CPU s");
    eprintln!("{} nodes, {} edges, {:?} dropped", nodes, graph.edges(), graph.dropped());
    write(&folder.join(format!("{}.bin", size.file)), graph.each_edge())?;
    std::fs::remove_file(raw)?;
    Ok(graph)
}

fn questions(folder: &Path, graph: &Graph) -> Result<(), Failure> {
    let linked: Vec<u32> =
        (0..graph.nodes()).filter(|node| graph.degree(*node, Along::Both) > 0).collect();
    let some = |count: usize| -> Vec<u32> {
        linked.iter().copied().step_by(linked.len() / count).take(count).collect()
    };
    let (members, seeds) = (some(MEMBERS), some(SEEDS));
    write_numbers(&folder.join("graph-members.bin"), &members)?;
    write_numbers(&folder.join("graph-seeds.bin"), &seeds)?;
    eprintln!("{} nodes have edges", linked.len());
    let set = NodeSet::of(graph.nodes(), members)?;
    let (s, within) = cpu::timed(|| graph.within(&set))?;
    tell("in-network degree of 50,000 members", s, "CPU s");
    let sum = |counts: &[u32]| counts.iter().map(|count| u64::from(*count)).sum::<u64>();
    let within = within?;
    eprintln!("{} edges from members, {} to", sum(&within.in_from_set), sum(&within.out_to_set));
    let (s, found) = cpu::timed(|| ranks(graph, &seeds, Walk::default(), &mut Unwatched))?;
    tell("personalised PageRank, 500 seeds", s, "CPU s");
    let found = found?;
    eprintln!("{} rounds, the last changed {:.1e}", found.rounds, found.change);
    let bytes: Vec<u8> = found.rank.iter().flat_map(|rank| rank.to_le_bytes()).collect();
    std::fs::write(folder.join("graph-ranks.bin"), bytes)?;
    near(graph, &seeds)?;
    let (s, core) = cpu::timed(|| cores(graph, None, &mut Unwatched))?;
    tell("core numbers", s, "CPU s");
    eprintln!("the tightest core is {:?}", core?.iter().max());
    let (s, found) = cpu::timed(|| hops(graph, &seeds, Along::Out, 3, &mut Unwatched))?;
    tell("3 hops from 500 seeds", s, "CPU s");
    eprintln!("{:?} nodes at each distance", found?.found);
    Ok(())
}

fn tell(case: &str, value: f64, unit: &str) {
    line::measured(BENCH, &format!("{}: {case}", LARGE.name), value, unit);
}

/// Ranks near seeds, kept up as edges come.
fn near(graph: &Graph, seeds: &[u32]) -> Result<(), Failure> {
    let mut grown = Grown::new(graph);
    let (s, near) = cpu::timed(|| Near::of(&grown, seeds, Push::default(), &mut Unwatched))?;
    tell("push from 500 seeds", s, "CPU s");
    let mut near = near?;
    let count = near.ranked().count();
    eprintln!("{count} nodes have a rank, {:.3} of 1 is not settled", near.left());
    let one = &seeds[SEEDS / 2..=SEEDS / 2];
    let (s, alone) = cpu::timed(|| Near::of(&grown, one, Push::default(), &mut Unwatched))?;
    tell("push from one seed", s, "CPU s");
    eprintln!("{:.3} of 1 is not settled", alone?.left());
    let mut next = numbers(99);
    let batches: Vec<Vec<(u32, u32)>> =
        (0..TIMES).map(|_| (0..ADDED).map(|_| edge(LARGE.scale, &mut next)).collect()).collect();
    let (s, caught_up) = cpu::timed(|| {
        batches.iter().try_for_each(|batch| {
            grown.add(batch)?;
            near.catch_up(&grown, &mut Unwatched)
        })
    })?;
    caught_up?;
    tell("10,000 edges added, push kept up", s / TIMES as f64 * 1e3, "CPU ms");
    eprintln!("{} edges were new, {:.3} of 1 is not settled", grown.added().len(), near.left());
    Ok(())
}

fn group(graph: &Graph, size: &Size) -> Result<(), Failure> {
    let (s, found) = cpu::timed(|| communities(graph, Grouping::default(), &mut Unwatched))?;
    let found = found?;
    line::measured(BENCH, &format!("{}: Leiden, 2 rounds", size.name), s, "CPU s");
    let case = format!("{}: modularity reached", size.name);
    line::measured(BENCH, &case, found.modularity, "share");
    eprintln!("{} communities", found.sizes.len());
    Ok(())
}

/// An edge of an R-MAT graph: at each level one of four quarters of the matrix, with the usual
/// chances of .57, .19, .19 and .05, in 65,536ths.
fn edge(scale: u32, next: &mut impl FnMut() -> u64) -> (u32, u32) {
    let mut bits = 0;
    (0..scale).fold((0, 0), |(from, to), level| {
        bits = if level % 4 == 0 { next() } else { bits >> 16 };
        let (down, right) = match bits & 0xFFFF {
            ..37_355 => (0, 0),
            37_355..49_807 => (0, 1),
            49_807..62_259 => (1, 0),
            _ => (1, 1),
        };
        (from * 2 + down, to * 2 + right)
    })
}

fn write(file: &Path, edges: impl Iterator<Item = (u32, u32)>) -> Result<(), Failure> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(file)?);
    for (from, to) in edges {
        out.write_all(&(u64::from(to) << 32 | u64::from(from)).to_le_bytes())?;
    }
    Ok(out.flush()?)
}

fn write_numbers(file: &Path, numbers: &[u32]) -> Result<(), Failure> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    Ok(std::fs::write(file, bytes)?)
}

/// The edges in a file, 8 bytes each.
struct Edges {
    file: File,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
}

impl Edges {
    fn of(file: &Path) -> Self {
        let file = File::open(file).expect("the file was just written");
        Self { file, buffer: vec![0; 1 << 20], at: 0, end: 0 }
    }
}

impl Iterator for Edges {
    type Item = (u32, u32);

    fn next(&mut self) -> Option<(u32, u32)> {
        if self.at == self.end {
            self.at = 0;
            self.end = self.file.read(&mut self.buffer).expect("the file can be read");
        }
        let bytes = self.buffer[self.at..self.end].first_chunk()?;
        self.at += bytes.len();
        let edge = u64::from_le_bytes(*bytes);
        Some((edge as u32, (edge >> 32) as u32))
    }
}

/// The most memory that this program has held so far.
fn peak_bytes() -> Result<f64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kib: f64 = kib.ok_or("/proc/self/status tells no peak of memory")?.trim().parse()?;
    Ok(kib * 1024.0)
}
