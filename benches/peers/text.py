"""Peer of `text`: the same text and terms with NFKC, case folding and pyahocorasick.

It knows whole words and their places in the folded text; no spelling variants, no disguises and no
places in the original.
"""

from folded import automaton, fold, is_inside
from support import FOLDER, cpu_seconds, named, tell

CASES = ["1,000 terms", "10,000 terms", "100,000 terms"]


def search(lines, terms):
    found = 0
    for line in lines:
        text = fold(line)
        for end, (length, _) in terms.iter(text):
            if not is_inside(text, end - length) and not is_inside(text, end + 1):
                found += 1
    return found


def main():
    peer = named("pyahocorasick")
    text = (FOLDER / "ordinary.txt").read_text(encoding="utf-8")
    lines = text.split("\n")
    size = len(text.encode("utf-8")) / 1e6
    for case in CASES:
        bank = FOLDER / ("text-" + case.replace(",", "-").replace(" ", "-") + ".csv")
        terms = automaton(bank)
        tell("text", case, peer, size / cpu_seconds(lambda: search(lines, terms), runs=1))


main()
