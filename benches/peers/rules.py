"""Peers of `rules`: the same rules on the same posts with two engines of the same language.

Rules are compiled before; each event hands its fields over once and evaluates every rule. Neither
engine explains a verdict or merges labels, as Seawall does in the time that it is measured in.
"""

import json
import re
import sys

import cel
import celpy

from support import FOLDER, cpu_seconds, named, tell

# Seawall's own reading of a signal that may be missing. For peers it is not missing: it is handed
# over with the value that the rules read in its place.
OR_VALUE = re.compile(r"(\w+)\.(\w+)\.orValue\(([^()]*)\)")


def plain(rule):
    return OR_VALUE.sub(r"\1.\2", rule)


def filled(contexts, rules):
    for group, name, value in {found for rule in rules for found in OR_VALUE.findall(rule)}:
        for context in contexts:
            context[group].setdefault(name, json.loads(value))


def bindings(rules, contexts):
    programs = [cel.compile(rule) for rule in rules]

    def evaluate():
        fired = 0
        for context in contexts:
            handed = cel.Context(context)
            fired += sum(program.execute(handed) is True for program in programs)
        return fired

    return evaluate


def python(rules, contexts):
    environment = celpy.Environment(runner_class=celpy.CompiledRunner)
    programs = [environment.program(environment.compile(rule)) for rule in rules]

    def evaluate():
        fired = 0
        for context in contexts:
            handed = {name: celpy.json_to_cel(value) for name, value in context.items()}
            fired += sum(bool(program.evaluate(handed)) for program in programs)
        return fired

    return evaluate


def main():
    shared = json.loads((FOLDER / "rules.json").read_text(encoding="utf-8"))
    filled(shared["contexts"], [rule for case in shared["cases"] for rule in case["rules"]])
    engines = [
        (named("common-expression-language"), bindings, 50),
        (named("cel-python"), python, 10),
    ]
    for peer, engine, posts in engines:
        every = len(shared["contexts"]) // posts
        contexts = shared["contexts"][::every][:posts]
        for case in shared["cases"]:
            try:
                evaluate = engine([plain(rule) for rule in case["rules"]], contexts)
                fired = evaluate() / len(contexts)
            except Exception as problem:
                print(f"{peer}, {case['case']}: not run: {problem}", file=sys.stderr)
                continue
            print(f"{peer}, {case['case']}: {fired:.2f} rules fire on a post", file=sys.stderr)
            seconds = cpu_seconds(evaluate)
            tell("rules", case["case"], peer, len(contexts) / seconds)


main()
