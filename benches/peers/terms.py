"""Peer of `check`: the same posts and terms with NFKC, case folding and pyahocorasick.

It does the same from line to line: JSON, folding, terms as whole words, a verdict as JSON. It knows
no spelling variants, links, pictures or rules; a post with a term asks for review.
"""

import json
import sys

from folded import automaton, fold, is_inside
from support import FOLDER, cpu_seconds, named, tell

CASES = [
    "35 terms",
    "10,000 terms",
    "100,000 terms",
    "100,000 terms, common words too",
]


def judge(lines, terms, output):
    found = 0
    for line in lines:
        item = json.loads(line)
        text = fold(item["text"])
        matches = []
        for end, (length, term) in terms.iter(text):
            start = end - length + 1
            if not is_inside(text, start - 1) and not is_inside(text, end + 1):
                matches.append({"entry": term, "start": start, "end": end + 1})
        if matches:
            found += 1
            row = {"item": item["id"], "verdict": "review", "matches": matches}
            output.write(json.dumps(row, ensure_ascii=False) + "\n")
    return found


def main():
    peer = named("pyahocorasick")
    lines = (FOLDER / "posts.jsonl").read_text(encoding="utf-8").splitlines()
    with open("/dev/null", "w", encoding="utf-8") as output:
        for case in CASES:
            bank = FOLDER / (case.replace(",", "-").replace(" ", "-") + ".csv")
            terms = automaton(bank)
            found = judge(lines, terms, output)
            print(f"{case}: {found} posts with a term", file=sys.stderr)
            seconds = cpu_seconds(lambda: judge(lines, terms, output), at_least=0.5)
            tell("check", case, peer, len(lines) / seconds)


main()
