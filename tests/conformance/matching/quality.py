#!/usr/bin/env python3
"""Measures how well POST /v1/match finds people by other spellings of their names, among many others.

    python3 quality.py BASE_URL KEY [--names 100000] [--half 0|1] [--show] [--loaded]

Each person of data/people.tsv is stored under one name and asked for by the others: plain, as they are written, and hard,
without the patronymic, with an initial for the given name, or with a typo. A fifth of the people are not stored: whoever is
a match for them is not they. The rest of the index are names of nobody here: strangers, and as many namesakes, who have the
surname of one of the people, or the given name. Quality below the goals ends it with status 1; times are only told. Whoever
changes the rules looks at the faults of one half of the people alone (--half 0 --show), and believes the other half. The
server should hold nothing else, and have no quotas. With --loaded, it holds the names already.
"""

import argparse
import csv
import hashlib
import itertools
import json
import random
import statistics
import sys
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from api import Api, Failure, Json  # noqa: E402

DATA = Path(__file__).resolve().parent / "data"
# Spellings of the region; the others are asked for as they are written, and only counted.
LANGUAGES = {"be", "en", "kk", "ky", "ru", "tg", "tg_latn", "uk", "uz"}
# Roughly, which letters spellings of one name confuse: of Cyrillic ones with Latin ones, and of consonants and initials with
# others.
CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєўқғңөұүһҳҷәӣӯ"
LATIN = dict(zip(CYRILLIC, "abvgdejziiklmnoprstufkssss.i.eyyeiieukgnouuhhjaiu", strict=True))
SOUNDS = (("dzh", "j"), ("dj", "j"), ("ks", "x"), ("ts", "s"), ("tz", "s"))
CLASSES = str.maketrans("qcxgwfzjdb", "ksskvvsstp", "aeiouyh")
INITIALS = str.maketrans("oiyjzgkqcxwu", "aeeeehhhhhvv")
PATRONYMICS = ("вич", "вна", "чна", "віч", "ўна", "ич", "vich", "vna", "witsch", "wna")
# Son of, daughter of: behind a name, or at its end.
DESCENT = ("улы", "ұлы", "уулу", "оглы", "кызы", "қызы", "ҡыҙы", "uly", "uulu", "ogly", "oglu", "kyzy", "qizi")
# Entities are slow to store, each with its history and a place in the feed: so many names are stored as one, names of several
# people. It makes nothing easier, for an entity is as like as the most alike of its names.
NAMES = 5
QUERIES = 100
# Of each name so many typos are tried, for there are few names of the region.
TYPOS = 5
# First, and among the first five.
GOALS = {
    "central_asia plain": (0.995, 0.999),
    "central_asia hard": (0.975, 0.995),
    "ru_ua_by plain": (0.94, 0.965),
}
RECALL, F1 = 0.93, 0.77
# How many plain queries may have somebody else for a match: a stranger or one of the people; and a namesake of whose other
# name a letter differs, whom no rule tells from a misprint.
FALSE_MATCHES, NAMESAKES = 0.003, 0.01


@dataclass
class Query:
    group: str
    person: str
    name: str


@dataclass
class Outcome:
    query: Query
    place: int | None
    is_match: bool
    other_match: str | None
    is_namesake: bool
    first: Json | None


def half_of(person: str) -> int:
    return hashlib.sha256(person.encode()).digest()[0] % 2


def read_people() -> dict[str, list[tuple[str, str, str]]]:
    """Group, language and label of each name, by person. Of people of one name, in whatever script, whom a name alone does not
    tell apart, the first is taken."""
    people: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    with (DATA / "people.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            people[row["wikidata_id"]].append((row["group"], row["language"], row["label"]))
    taken: set[tuple[str, str]] = set()
    for person, labels in list(people.items()):
        names = {(sketch(split[0]), sketch(split[1])) for _, _, label in labels if (split := parts(label))}
        if names & taken:
            del people[person]
        taken |= names
    return people


def read_pairs() -> list[tuple[str, str, bool]]:
    with (DATA / "pairs.csv").open(encoding="utf-8", newline="") as file:
        return [(row["name1"], row["name2"], row["is_match"] == "true") for row in csv.DictReader(file)]


def is_patronymic(word: str) -> bool:
    return word.lower().endswith(PATRONYMICS + DESCENT)


def parts(label: str) -> tuple[str, str, bool] | None:
    """Given name, surname, and whether there is a patronymic."""
    words = label.replace(",", " ").split()
    if words[-1].lower() in DESCENT:
        words.pop()
        words[-1] += "vich" if len(words) > 2 else ""
    if len(words) < 2:
        return None
    if len(words) == 3 and is_patronymic(words[2]):
        return words[1], words[0], True
    if "," in label:
        return words[1], words[0], len(words) > 2
    return words[0], words[-1], len(words) > 2


def typo(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    match chance.randrange(3):
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case _:
            return word[:at] + word[(at + 2) % len(word)].lower() + word[at:]


def hard(label: str, chance: random.Random) -> Iterator[str]:
    split = parts(label)
    if not split:
        return
    given, surname, has_patronymic = split
    if has_patronymic:
        yield f"{given} {surname}"
    yield f"{given[0]}. {surname}"
    if len(surname) > 4:
        for _ in range(TYPOS):
            yield f"{given} {typo(surname, chance)}"


def is_split(label: str, labels: Iterable[str]) -> bool:
    """Whether what is taken for the surname in a label is no given name or patronymic in the others."""
    if not (own := parts(label)):
        return False
    surnames = {sketch(split[1]) for other in labels if other != label and (split := parts(other))}
    words = {sketch(word.strip(",")) for other in labels if other != label for word in other.split()}
    return sketch(own[1]) in surnames or sketch(own[1]) not in words


def plan(people: dict[str, list[tuple[str, str, str]]]) -> tuple[dict[str, str], list[Query]]:
    """The name that each person is stored under, and what is asked."""
    known: dict[str, str] = {}
    queries: list[Query] = []
    for person, names in people.items():
        chance = random.Random(person)
        labels = {language: label for _, language, label in names}
        prefers = ["ru", "en"] if chance.random() < 0.5 else ["en", "ru"]
        known[person] = next((labels[language] for language in prefers if language in labels), names[0][2])
        for group, language, label in names:
            if label == known[person] or len(label.split()) < 2:
                continue
            plain = "plain" if language in LANGUAGES or group == "central_asia" else "in other languages"
            queries.append(Query(f"{group} {plain}", person, label))
            if language in LANGUAGES:
                if is_split(label, labels.values()):
                    queries.extend(Query(f"{group} hard", person, name) for name in hard(label, chance))
    return known, queries


def is_absent(person: str) -> bool:
    """Whether a person is not stored."""
    return hashlib.sha256(person.encode()).digest()[1] % 5 == 0


def is_cyrillic(word: str) -> bool:
    return word[0] > "\u0400"


def sketch(word: str) -> str:
    """What spellings of a word share, whatever the rules of the server: its consonants, in few classes."""
    spelt = "".join(LATIN.get(letter, letter) for letter in word.lower())
    plain = "".join(letter for letter in unicodedata.normalize("NFD", spelt) if "a" <= letter <= "z")
    for spelling, sound in SOUNDS:
        plain = plain.replace(spelling, sound)
    consonants = plain.translate(CLASSES)
    return "".join(letter for letter, _ in itertools.groupby(consonants))


def initial(word: str) -> str:
    """What an initial of a word may be an initial of, too: one of a few classes."""
    first = unicodedata.normalize("NFD", word.lower())[0]
    return LATIN.get(first, first)[:1].translate(INITIALS)


def distractors(people: dict[str, list[tuple[str, str, str]]], most: int) -> tuple[list[str], list[str]]:
    """Names of nobody here: strangers, and namesakes. Of these every second has the surname of somebody and every second the
    given name, and none is a spelling of both: no rule could tell that from the other."""
    names = [(language, split) for labels in people.values() for _, language, label in labels if (split := parts(label))]
    known = sorted({split for language, split in names if language in {"en", "ru"}})
    by_surname: dict[str, set[str]] = defaultdict(set)
    for _, (given, surname, _) in names:
        by_surname[sketch(surname)] |= {initial(given), sketch(given)}
    lines = (DATA / "words.tsv").read_text(encoding="utf-8").splitlines()
    words = [(latin, cyrillic) for latin, cyrillic in (line.split("\t") for line in lines) if len(cyrillic) > 2]
    by_script = [[given for given, _, _ in known if is_cyrillic(given) == script] for script in (0, 1)]
    chance = random.Random(1)
    found: tuple[set[str], set[str]] = (set(), set())
    number = 0
    while number < most:
        given, surname, _ = chance.choice(known)
        script = is_cyrillic(given)
        other = chance.choice(words)[script].capitalize()
        match number % 4:
            case 0:
                given = chance.choice([other, chance.choice(by_script[script])])
            case 1:
                surname = other
            case _:
                given, surname = chance.choice(words)[script].capitalize(), other
        if {initial(given), sketch(given)} & by_surname.get(sketch(surname), set()):
            continue
        found[number % 4 < 2].add(f"{given} {surname}")
        number = len(found[0]) + len(found[1])
    strangers, namesakes = (sorted(names) for names in found)
    chance.shuffle(strangers)
    chance.shuffle(namesakes)
    return strangers, namesakes


def load(api: Api, known: dict[str, str], others: dict[str, list[str]], pairs: list[tuple[str, str, bool]]) -> None:
    """Stores the names."""
    lines: list[Json] = [{"external_id": f"person-{person}", "name": name} for person, name in known.items() if not is_absent(person)]
    for number, (_, name, _) in enumerate(pairs):
        identifier = {"scheme": "wikidata", "value": f"Q{10**8 + number}"}
        lines.append({"external_id": f"pair-{number}", "name": name, "identifiers": [identifier]})
    for kind, names in others.items():
        for start in range(0, len(names), NAMES):
            name, *aliases = names[start : start + NAMES]
            members = {"external_id": f"{kind}-{start}", "name": name}
            lines.append(members | {"aliases": [{"name": alias, "language": None} for alias in aliases]})
    for start in range(0, len(lines), 500):
        batch = [json.dumps({"kind": "person", "dataset": "central-asia"} | line) for line in lines[start : start + 500]]
        answer = api.ask("POST", "/v1/entities/batch", "\n".join(batch).encode())
        wrong = [line for line in answer.lines() if line["result"] == "error"] if answer.status == 200 else [answer]
        if wrong:
            raise Failure(f"a batch is refused: {wrong[0]}")


def match(api: Api, queries: list[Json], **members: object) -> list[list[Json]]:
    """The candidates of each query."""
    found: list[list[Json]] = []
    for start in range(0, len(queries), QUERIES):
        named = {f"{number:04}": query for number, query in enumerate(queries[start : start + QUERIES])}
        answer = api.ask("POST", "/v1/match", {"queries": named, **members})
        if answer.status != 200:
            raise Failure(str(answer))
        found.extend(result["candidates"] for _, result in sorted(answer.json()["results"].items()))
    return found


def judge(query: Query, candidates: list[Json], ids: dict[str, str], ours: dict[str, str]) -> Outcome:
    candidates = [candidate for candidate in candidates if candidate["entity"]["id"] in ours]
    own = ids.get(query.person)
    place = next((place for place, candidate in enumerate(candidates) if candidate["entity"]["id"] == own), None)
    others = [candidate for candidate in candidates if candidate["entity"]["id"] != own and candidate["match"]]
    return Outcome(
        query,
        place,
        place is not None and bool(candidates[place]["match"]),
        others[0]["features"]["matched_name"] if others else None,
        bool(others) and all(ours[candidate["entity"]["id"]].startswith("namesake-") for candidate in others),
        candidates[0] if candidates else None,
    )


def report(outcomes: list[Outcome], title: str) -> list[str]:
    """Tells the figures, and answers what is below its goal."""
    faults: list[str] = []
    print(f"\n{title}")
    asked = [outcome for outcome in outcomes if outcome.query.group.endswith("plain")]
    outcomes = [outcome for outcome in outcomes if not is_absent(outcome.query.person)]
    by_group: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_group[outcome.query.group].append(outcome)
    for group, each in sorted(by_group.items()):
        first = statistics.mean(outcome.place == 0 for outcome in each)
        five = statistics.mean(outcome.place is not None and outcome.place < 5 for outcome in each)
        print(f"  {group:32} {len(each):5} queries   R@1 {first:.3f}   R@5 {five:.3f}")
        if group in GOALS and (first < GOALS[group][0] or five < GOALS[group][1]):
            faults.append(f"{title}: {group}: {first:.3f}/{five:.3f} of {GOALS[group]}")
    plain = [outcome for outcome in outcomes if outcome.query.group.endswith("plain")]
    recall = statistics.mean(outcome.is_match for outcome in plain)
    print(f"  matches of {len(plain)} plain queries: recall {recall:.3f}")
    if recall < RECALL:
        faults.append(f"{title}: recall {recall:.3f} of {RECALL}")
    for kind, is_namesake, most in (("strangers or others", False, FALSE_MATCHES), ("namesakes", True, NAMESAKES)):
        wrong = [outcome for outcome in asked if outcome.other_match and outcome.is_namesake == is_namesake]
        share, absent = len(wrong) / len(asked), sum(is_absent(outcome.query.person) for outcome in wrong)
        print(f"  false matches of {len(asked)}, {kind}: {share:.4f}; {absent} of them for people who are not there")
        if share > most:
            faults.append(f"{title}: false matches, {kind}: {share:.4f} of {most}")
    return faults


def show(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.other_match or outcome.place != 0 and not is_absent(outcome.query.person):
            first = outcome.first and (outcome.first["features"]["matched_name"], outcome.first["score"])
            print(f"  {outcome.query.group}: {outcome.query.name}: at {outcome.place}; first {first}; also a match: {outcome.other_match}")


def f1_of_pairs(api: Api, pairs: list[tuple[str, str, bool]]) -> float:
    """The best F1 of the score of two names over all thresholds. An identifier makes the second a candidate for certain."""
    queries: list[Json] = []
    for number, (name, _, _) in enumerate(pairs):
        queries.append({"name": name, "identifiers": [{"scheme": "wikidata", "value": f"Q{10**8 + number}"}]})
    scores = []
    for candidates in match(api, queries, limit=50):
        scores.append(next(candidate["features"]["name"] for candidate in candidates if candidate["features"]["identifier"]))
    best = (0.0, 0.0)
    for hundredth in range(50, 100):
        taken = [score >= hundredth / 100 for score in scores]
        hits = sum(is_taken and is_match for is_taken, (_, _, is_match) in zip(taken, pairs, strict=True))
        best = max(best, (2 * hits / (sum(taken) + sum(is_match for _, _, is_match in pairs)), hundredth / 100))
    print(f"\nlabelled pairs: F1 {best[0]:.3f} at {best[1]:.2f}, of {len(pairs)}")
    return best[0]


def times(api: Api, queries: list[Query]) -> None:
    """How long one name takes."""
    took: list[float] = []
    for query in random.Random(2).sample(queries, 100):
        began = time.perf_counter()
        match(api, [{"name": query.name}])
        took.append((time.perf_counter() - began) * 1000)
    cuts = statistics.quantiles(took, n=20)
    print(f"\none name: p50 {statistics.median(took):.1f} ms, p95 {cuts[18]:.1f} ms")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("key")
    parser.add_argument("--names", type=int, default=100_000)
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--loaded", action="store_true")
    arguments = parser.parse_args()
    api = Api(arguments.base, arguments.key, timeout=600)
    people, pairs = read_people(), read_pairs()
    known, queries = plan(people)
    if not arguments.loaded:
        began = time.monotonic()
        strangers, namesakes = distractors(people, arguments.names)
        load(api, known, {"stranger": strangers, "namesake": namesakes}, pairs)
        print(f"{arguments.names} names and {len(known)} people are stored in {time.monotonic() - began:.0f} s")
    ids = {entity["id"]: entity["external_id"] or "" for entity in api.walk("entities")}
    listed = {external_id.removeprefix("person-"): id for id, external_id in ids.items()}
    # The seed dataset has some of these people, too.
    kinds = ("person-Q", "pair-", "stranger-", "namesake-")
    ours = {id: external_id for id, external_id in ids.items() if external_id.startswith(kinds)}
    began = time.monotonic()
    found = match(api, [{"name": query.name} for query in queries], limit=10)
    print(f"{len(queries)} queries in {time.monotonic() - began:.0f} s, {QUERIES} at once")
    outcomes = [judge(query, candidates, listed, ours) for query, candidates in zip(queries, found, strict=True)]
    faults: list[str] = []
    for half in (0, 1):
        if arguments.half in (None, half):
            own = [outcome for outcome in outcomes if half_of(outcome.query.person) == half]
            report(own, f"half {half} of the people")
            if arguments.show:
                show(own)
    faults.extend(report(outcomes, "all people"))
    if (f1 := f1_of_pairs(api, pairs)) < F1:
        faults.append(f"labelled pairs: F1 {f1:.3f} of {F1}")
    times(api, queries)
    for fault in faults:
        print(f"below the goal: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(failure, file=sys.stderr)
        sys.exit(1)
