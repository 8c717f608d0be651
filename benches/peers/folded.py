"""Terms with NFKC, case folding and pyahocorasick, as peers of more than one benchmark find them."""

import csv
import unicodedata

import ahocorasick


def fold(text):
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def automaton(bank):
    found = ahocorasick.Automaton()
    with open(bank, encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            term = fold(row["value"])
            found.add_word(term, (len(term), row["value"]))
    found.make_automaton()
    return found


def is_inside(text, at):
    """Whether a letter stands there, so that a term beside it is no whole word."""
    return 0 <= at < len(text) and (text[at].isalnum() or unicodedata.combining(text[at]) > 0)
