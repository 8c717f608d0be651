"""Peers of `pdq`: the reference's own code in pdqhash with Pillow, and faiss over all hashes."""

import io
import sys

import faiss
import numpy
import pdqhash
from PIL import Image

from support import FOLDER, cpu_seconds, named, tell

SIZES = [(512, "512 × 512"), (1920, "1920 × 1080")]
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
    search()


def search():
    faiss.omp_set_num_threads(1)
    read = lambda name: numpy.fromfile(FOLDER / name, dtype=numpy.uint8).reshape(-1, 32)
    index = faiss.IndexBinaryFlat(256)
    index.add(read("pdq-bank.bin"))
    queries = read("pdq-queries.bin")[:QUERIES]
    seconds = cpu_seconds(lambda: index.range_search(queries, RADIUS_BITS)) / QUERIES
    case = "search 1,000,000 hashes within 31 bits"
    tell("pdq", case, named("faiss-cpu") + " IndexBinaryFlat", seconds * 1e3)


main()
