"""Peers of `pdq`: the reference's own code in pdqhash with Pillow; faiss over all hashes, and the
index of the `threatexchange` package, which is what its matching service searches with."""

import io
import sys
import time

import faiss
import numpy
import pdqhash
from PIL import Image
from threatexchange.signal_type.pdq.pdq_index import PDQIndex

from support import FOLDER, cpu_seconds, named, tell

SIZES = [(512, "512 × 512"), (1920, "1920 × 1080"), (4032, "4032 × 3024")]
BANKS = [(1_000_000, "1,000,000"), (10_000_000, "10,000,000")]
SPREADS = [("Even", "even"), ("Clustered", "clustered")]
# Most hashes that the package's index is built of here: ten times as many take two minutes and
# more memory than many machines have.
INDEXED = 1_000_000
# faiss finds what is nearer than its radius; Seawall what is at most 31 bits away.
RADIUS_BITS = 32
QUERIES = 20


def pixels(file):
    return numpy.asarray(Image.open(io.BytesIO(file)).convert("RGB"))


def main():
    peer = named("pdqhash", "pillow")
    for width, size in SIZES:
        file = (FOLDER / f"photograph-{width}.jpg").read_bytes()
        picture = pixels(file)
        bits, quality = pdqhash.compute(picture)
        print(f"{size}: {numpy.packbits(bits).tobytes().hex()} of quality {quality}",
              file=sys.stderr)
        hashing = cpu_seconds(lambda: pdqhash.compute(picture))
        tell("pdq", f"hash {size}", peer, hashing * 1e3)
        both = cpu_seconds(lambda: pdqhash.compute(pixels(file)))
        tell("pdq", f"decode JPEG and hash {size}", peer, both * 1e3)
    for hashes, number in BANKS:
        for spread, word in SPREADS:
            search(hashes, spread, f"{number} {word} hashes")


def search(hashes, spread, name):
    faiss.omp_set_num_threads(1)
    read = lambda what: numpy.fromfile(
        FOLDER / f"pdq-{what}-{hashes}-{spread}.bin", dtype=numpy.uint8).reshape(-1, 32)
    bank, queries = read("bank"), read("queries")[:QUERIES]
    case = f"search {name} within 31 bits"
    flat = faiss.IndexBinaryFlat(256)
    flat.add(bank)
    seconds = cpu_seconds(lambda: flat.range_search(queries, RADIUS_BITS)) / QUERIES
    tell("pdq", case, named("faiss-cpu") + " IndexBinaryFlat", seconds * 1e3)
    if hashes <= INDEXED:
        texts = lambda rows: [row.tobytes().hex() for row in rows]
        indexed(texts(bank), texts(queries), name, case)


def indexed(bank, queries, name, case):
    peer = named("threatexchange") + " PDQIndex"
    begin = time.process_time()
    index = PDQIndex(zip(bank, range(len(bank))))
    tell("pdq", f"index {name}", peer, time.process_time() - begin)
    seconds = cpu_seconds(lambda: [index.query(query) for query in queries]) / QUERIES
    tell("pdq", case, peer, seconds * 1e3)


main()
