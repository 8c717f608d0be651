"""Peers of `graph`: igraph and scipy on the same edges, each in a process of its own.

The graphs were cleaned before: no duplicates, no loops. Leiden gets every edge as undirected, a
mutual one twice, as Seawall counts it.
"""

import multiprocessing
import resource
import sys
import time

import igraph
import numpy
import scipy.sparse

from support import FOLDER, named, tell

LARGE = ("30 M edges", "graph-30.bin", 1 << 21)
SMALL = ("3 M edges", "graph-3.bin", 1 << 18)
HOME = 0.15
TOLERANCE = 1e-6


def numbers(name, kind=numpy.uint32):
    return numpy.fromfile(FOLDER / name, dtype=kind)


def timed(work):
    begin = time.process_time()
    given = work()
    return time.process_time() - begin, given


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def tell_peak(peer, case):
    tell("graph", case, peer, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6)


def off(ranks):
    """By how much ranks differ from ours together."""
    return numpy.abs(numpy.asarray(ranks) - numbers("graph-ranks.bin", numpy.float32)).sum()


def with_scipy():
    peer = named("scipy")
    name, file, nodes = LARGE

    def build():
        edges = numbers(file).reshape(-1, 2)
        ones = numpy.ones(len(edges), dtype=numpy.float32)
        outs = scipy.sparse.csr_array((ones, (edges[:, 0], edges[:, 1])), shape=(nodes, nodes))
        return outs, outs.T.tocsr()

    seconds, (outs, ins) = timed(build)
    tell("graph", f"{name}: build", peer, seconds)
    members, seeds = numbers("graph-members.bin"), numbers("graph-seeds.bin")

    def within():
        rows = lambda matrix: numpy.bincount(matrix[members].indices, minlength=nodes)
        return rows(outs), rows(ins)

    seconds, (of, to) = timed(within)
    tell("graph", f"{name}: in-network degree of 50,000 members", peer, seconds)
    say(f"scipy: {of.sum()} edges from members, {to.sum()} to")

    def rank():
        start = numpy.zeros(nodes, dtype=numpy.float32)
        start[seeds] = 1 / len(seeds)
        degree = outs.sum(axis=1)
        part = numpy.where(degree > 0, 1 / numpy.maximum(degree, 1), 0).astype(numpy.float32)
        ranks, change, rounds = start, 1, 0
        while change >= TOLERANCE:
            stranded = ranks[degree == 0].sum()
            moved = ins @ (ranks * part)
            after = (1 - HOME) * moved + (HOME + (1 - HOME) * stranded) * start
            change, ranks, rounds = numpy.abs(after - ranks).sum(), after, rounds + 1
        return ranks, rounds

    seconds, (ranks, rounds) = timed(rank)
    tell("graph", f"{name}: personalised PageRank, 500 seeds", peer, seconds)
    say(f"scipy: {rounds} rounds, {off(ranks):.1e} from ours")
    tell_peak(peer, f"{name}: peak memory")


def with_igraph():
    peer = named("igraph")
    name, file, nodes = LARGE
    edges = numbers(file).reshape(-1, 2)
    seconds, graph = timed(lambda: igraph.Graph(n=nodes, edges=edges, directed=True))
    tell("graph", f"{name}: build", peer, seconds)
    members, seeds = numbers("graph-members.bin"), numbers("graph-seeds.bin")

    def within():
        def rows(mode):
            lists = (graph.neighbors(member, mode=mode) for member in members)
            return numpy.bincount(numpy.concatenate(list(lists)).astype(int), minlength=nodes)

        return rows("out"), rows("in")

    seconds, (of, to) = timed(within)
    tell("graph", f"{name}: in-network degree of 50,000 members", peer, seconds)
    say(f"igraph: {of.sum()} edges from members, {to.sum()} to")
    rank = lambda: graph.personalized_pagerank(damping=1 - HOME, reset_vertices=seeds.tolist())
    seconds, ranks = timed(rank)
    tell("graph", f"{name}: personalised PageRank, 500 seeds", peer, seconds)
    say(f"igraph: {off(ranks):.1e} from ours")
    seconds, core = timed(lambda: graph.coreness(mode="all"))
    tell("graph", f"{name}: core numbers", peer, seconds)
    say(f"igraph: the tightest core is {max(core)}, where mutual edges count twice")
    tell_peak(peer, f"{name}: peak memory")


def leiden(name, file, nodes):
    peer = named("igraph")
    edges = numbers(file).reshape(-1, 2)
    graph = igraph.Graph(n=nodes, edges=edges, directed=False)
    work = lambda: graph.community_leiden(objective_function="modularity", n_iterations=2)
    seconds, found = timed(work)
    tell("graph", f"{name}: Leiden, 2 rounds", peer, seconds)
    modularity = graph.modularity(found.membership)
    tell("graph", f"{name}: modularity reached", peer, modularity)
    say(f"igraph: {len(found)} communities")
    if name == LARGE[0]:
        tell_peak(peer, f"{name}: peak memory with Leiden")


def main():
    apart = multiprocessing.get_context("spawn")
    for work, given in [(with_scipy, ()), (with_igraph, ()), (leiden, SMALL), (leiden, LARGE)]:
        process = apart.Process(target=work, args=given)
        process.start()
        process.join()
        if process.exitcode != 0:
            say(f"{work.__name__}: ended with {process.exitcode}; its values are left out")


if __name__ == "__main__":
    main()
