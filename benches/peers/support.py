"""What the peers share: the folder of input, processor time, and lines of output."""

import json
import os
import pathlib
import statistics
import time
from importlib.metadata import version

FOLDER = pathlib.Path(os.environ["SEAWALL_BENCH_FOLDER"])


def cpu_seconds(work, at_least=0.3, runs=3):
    """Processor seconds of one call: the median of several runs of many calls."""
    begin = time.process_time()
    work()
    calls = max(1, round(at_least / max(time.process_time() - begin, 1e-6)))
    seconds = []
    for _ in range(runs):
        begin = time.process_time()
        for _ in range(calls):
            work()
        seconds.append((time.process_time() - begin) / calls)
    return statistics.median(seconds)


def named(*packages):
    """Packages with their versions, as the name of a peer."""
    return " + ".join(f"{package} {version(package)}" for package in packages)


def tell(bench, case, peer, value):
    """Prints the value of a peer in a case."""
    line = {"bench": bench, "case": case, "peer": peer, "peer_value": value}
    print(json.dumps(line, ensure_ascii=False), flush=True)
