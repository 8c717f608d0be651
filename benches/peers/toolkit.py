"""Peer of `campaigns`: the coordination network toolkit on the same posts, its workers included.

Its networks are compared with those that Seawall wrote down: all edges but those of an account with
itself, which the release counts by mistake. Links are handed over as a list, for its own reader of
CSV takes an empty field for a link. With SEAWALL_BENCH_LARGE it also does a million posts, which
takes an hour or so.
"""

import contextlib
import csv
import gc
import multiprocessing
import os
import resource
import sqlite3
import sys
import tempfile
import time

from coordination_network_toolkit import compute_networks as compute
from coordination_network_toolkit.preprocess import preprocess_data
from coordination_network_toolkit.similarity import get_similarity_fn_from_min_size

from support import FOLDER, named, tell

WINDOW_S = 60
LEAST_WEIGHT = 2
SIMILARITY = 0.8
PROCESSES = 2
COMPARED = 100_000


def similar(database, window, **options):
    compute.compute_co_similar_tweet(
        database, window, similarity_threshold=SIMILARITY,
        similarity_function=get_similarity_fn_from_min_size(1), **options)


NETWORKS = {
    "co_retweet": compute.compute_co_retweet_parallel,
    "co_tweet": compute.compute_co_tweet_network,
    "co_reply": compute.compute_co_reply_network,
    "co_link": compute.compute_co_link_network,
    "co_similar_tweet": similar,
}


def cpu_seconds(work):
    """Processor seconds of one call, with the processes that it starts and waits for."""
    def used():
        both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(one.ru_utime + one.ru_stime for one in both)
    before = used()
    with contextlib.redirect_stdout(sys.stderr):
        work()
    # What workers have used is known once they have ended; they do so by themselves, a bit later.
    gc.collect()
    while multiprocessing.active_children():
        time.sleep(0.05)
    return used() - before


def rows(size):
    with open(FOLDER / f"campaigns-{size}.csv", encoding="utf-8", newline="") as posts:
        reader = csv.reader(posts)
        next(reader)
        for row in reader:
            yield (*row[:-1], row[-1].split())


def compare(database, size, network):
    """Says how many edges are the same, of how many on either side."""
    query = f"select user_1, user_2, weight from {network}_network where user_1 != user_2"
    with contextlib.closing(sqlite3.connect(database)) as opened:
        theirs = set(opened.execute(query))
    with open(FOLDER / f"campaigns-{size}-{network}.csv", encoding="utf-8", newline="") as edges:
        ours = {(row["source"], row["target"], int(row["weight"])) for row in csv.DictReader(edges)}
    print(f"{network}: {len(theirs & ours)} edges are the same, of {len(theirs)} of the peer and "
          f"{len(ours)} of ours", file=sys.stderr)


def measure(size, folder):
    peer = named("coordination-network-toolkit")
    database = os.path.join(folder, f"{size}.db")
    options = {"min_edge_weight": LEAST_WEIGHT, "n_threads": PROCESSES}
    total = cpu_seconds(lambda: preprocess_data(database, rows(size)))
    tell("campaigns", f"{size} posts: ingest", peer, total)
    for network, work in NETWORKS.items():
        seconds = cpu_seconds(lambda: work(database, WINDOW_S, **options))
        total += seconds
        tell("campaigns", f"{size} posts: {network}, {WINDOW_S} s", peer, seconds)
        compare(database, size, network)
    tell("campaigns", f"{size} posts: ingest and the five networks", peer, total)
    if size == COMPARED:
        cpu_seconds(lambda: compute.compute_co_post_network(database, WINDOW_S, **options))
        compare(database, size, "co_post")


def main():
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        measure(COMPARED, folder)
        if os.environ.get("SEAWALL_BENCH_LARGE"):
            measure(1_000_000, folder)


main()
