#!/usr/bin/env python3
"""Several editors write at once, and get in each other's way: they create, change, withdraw, restore, publish, merge
and load records that refer to one another. Whatever the contract does not allow as an answer ends it with status 1.

    python3 writers.py BASE_URL KEY --seconds 60 [--admin-key KEY] [--threads 6] [--seed N] [--only create,patch,delete]

The writers of one seed choose alike; what they meet depends on how they meet each other. They change and withdraw what
they find: give them a server of their own. The quotas of the server slow them down: 0 turns these off.
"""

import argparse
import collections
import json
import random
import sys
import threading
import time
from dataclasses import dataclass, field

from api import TYPES, Answer, Api, Failure, Json

# How often each is done, in a hundred. `unmerge` needs an admin's key.
OPERATIONS = {
    "create": 26,
    "patch": 30,
    "stale": 3,
    "read": 6,
    "delete": 10,
    "restore": 5,
    "publish": 6,
    "merge": 6,
    "unmerge": 3,
    "batch": 4,
    "atomic": 1,
}
# What each may be answered, and with which problems: the others write as well, and may have been quicker.
ALLOWED: dict[str, dict[int, set[str]]] = {
    "create": {201: set(), 422: {"invalid-content"}},
    "read": {200: set(), 308: set(), 410: {"gone"}},
    "patch": {200: set(), 409: {"merged"}, 412: {"precondition-failed"}, 422: {"invalid-content"}},
    "stale": {409: {"merged"}, 412: {"precondition-failed"}},
    "delete": {204: set(), 409: {"merged", "referenced"}, 412: {"precondition-failed"}},
    "merge": {200: set(), 409: set(), 410: {"gone"}, 422: set()},
    "unmerge": {200: set(), 409: set(), 422: set()},
    "batch": {200: set()},
    "atomic": {200: set(), 422: {"invalid-content"}},
}
ALLOWED["resend"] = ALLOWED["batch"]
ALLOWED["restore"] = ALLOWED["publish"] = ALLOWED["patch"]
DATASET = "central-asia"
# A version that no record has.
OUTDATED = 999_999
STORED = {"200", "201", "204", "created", "updated"}
# Faults that another writer may cause: what is referred to was withdrawn or merged meanwhile.
RACES = {"unavailable_reference"}

WORDS = "митинг суд обыск rally raid «Kaktus» Өзгөрүш Жаңы жол Şymkent naïve 集会 أخبار 🙂 e\u0301tude".split()
COUNTRIES = ["KG", "KZ", "TJ", "UZ", "TM"]
PERIODS = [
    ("2024-03-14", "2024-03-14", "day"),
    ("2024-03-01", "2024-03-31", "month"),
    ("2023-01-01", "2023-12-31", "year"),
    ("2024-02-26", "2024-03-03", "week"),
    (None, None, "unknown"),
]
TOGETHER = [{"start_date", "end_date", "date_precision"}, {"published_on", "published_precision"}]


@dataclass
class Known:
    """A record, as far as the writers know: another may have changed it since."""

    resource: str
    id: str
    version: int
    state: str
    kind: str = ""
    external_id: str | None = None

    @property
    def path(self) -> str:
        return f"/v1/{self.resource}/{self.id}"


# A line of a batch, and the record that it changes, if it does.
Line = tuple[Json, Known | None]


@dataclass
class World:
    """What all writers share."""

    tag: str
    records: dict[str, list[Known]] = field(default_factory=lambda: {resource: [] for resource in TYPES})
    counts: collections.Counter[tuple[str, str]] = field(default_factory=collections.Counter)
    failures: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    number: int = 0

    def next(self) -> int:
        with self.lock:
            self.number += 1
            return self.number

    def add(self, record: Known) -> None:
        with self.lock:
            self.records[record.resource].append(record)

    def count(self, operation: str, outcome: str) -> None:
        with self.lock:
            self.counts[operation, outcome] += 1

    def pick(
        self, rng: random.Random, state: str, resource: str | None = None, kind: str | None = None
    ) -> Known | None:
        """A record in a state; mostly a young one, so that the writers meet."""
        for _ in range(30):
            known = self.records[resource or rng.choice(list(TYPES))]
            if known:
                record = rng.choice(known[-100:] if rng.random() < 0.6 else known)
                if record.state == state and kind in (None, record.kind):
                    return record
        return None


class Writer:
    def __init__(self, world: World, base: str, key: str, admin_key: str | None, seed: str) -> None:
        self.world, self.rng = world, random.Random(seed)
        self.api = Api(base, key)
        self.admin = Api(base, admin_key) if admin_key else None

    # What is written.

    def text(self) -> str:
        return " ".join(self.rng.choices(WORDS, k=self.rng.randint(2, 8))) + f" {self.world.next()}"

    def some(self, resource: str, most: int, state: str = "published", kind: str | None = None) -> list[Json]:
        """References to different records, by id or by external id."""
        found: dict[str, Json] = {}
        for _ in range(self.rng.randint(0, most)):
            if record := self.world.pick(self.rng, state, resource, kind):
                by_external_id = record.external_id and self.rng.random() < 0.3
                external = {"dataset": DATASET, "external_id": record.external_id}
                found[record.id] = external if by_external_id else {"id": record.id}
        return list(found.values())

    def one(self, resource: str) -> Json | None:
        return next(iter(self.some(resource, 1)), None)

    def entity(self) -> Json:
        rng = self.rng
        return {
            "kind": rng.choice(["person", "person", "organization", "media", "public_body"]),
            "name": self.text(),
            "aliases": [
                {"name": self.text(), "language": rng.choice(["ru", "ky", "kk-Cyrl", None])}
                for _ in range(rng.randint(0, 3))
            ],
            "description": rng.choice(["", 'Line\nbreaks\tand “quotes” \\ "plain".', self.text()]),
            "country": rng.choice([*COUNTRIES, None]),
            "identifiers": [{"scheme": "other", "value": self.text()}] if rng.random() < 0.3 else [],
            "relations": [
                {
                    "relation": rng.choice(["member_of", "leads", "ally_of"]),
                    "entity": entity,
                    "start_date": rng.choice([None, "2010-10-10"]),
                    "end_date": None,
                    "article": self.one("articles"),
                }
                for entity in self.some("entities", 2)
            ],
        }

    def article(self) -> Json:
        rng = self.rng
        start, _, precision = rng.choice(PERIODS)
        return {
            "title": self.text(),
            "url": rng.choice([None, f"https://example.org/{self.world.next()}?q=%D0%B0&x=1"]),
            "publisher": self.one("entities"),
            "authors": [self.text() for _ in range(rng.randint(0, 2))],
            "language": rng.choice(["en", "ru", "ky"]),
            "published_on": start,
            "published_precision": precision,
            "summary": self.text(),
            "body": rng.choice([None, "The whole text, which nobody else sees. " + self.text()]),
            "mentions": [{"entity": entity, "count": rng.randint(1, 9)} for entity in self.some("entities", 4)],
        }

    def incident(self) -> Json:
        rng = self.rng
        start, end, precision = rng.choice(PERIODS)
        figures = [
            {
                "measure": "detained",
                "low": rng.choice([None, 0, 101, 12.5]),
                "high": None,
                "wording": self.text(),
                "approximate": rng.random() < 0.5,
                "places": ["Almaty", "Nur-Sultan"][: rng.randint(0, 2)],
                "claimant_class": "police",
                "claimant": claimant,
                "article": self.one("articles"),
            }
            for claimant in [*self.some("entities", 2), None]
        ]
        figures.append({"measure": "amount", "low": 1e6, "high": 1500000.25, "unit": "KGS", "claimant_class": "court"})
        record: Json = {
            "title": self.text(),
            "summary": self.text(),
            "kind": rng.choice(["assembly.protest", "liberty.detention", "pressure.raid", "expression.blocking"]),
            "start_date": start,
            "end_date": end,
            "date_precision": precision,
            "date_wording": rng.choice([None, self.text()]),
            "location": {
                "country": "KG",
                "admin1": None,
                "place": "Bishkek",
                "lat": round(rng.uniform(42, 43), rng.randint(0, 9)),
                "lon": 74.59,
                "precision": "settlement",
            },
            "participants": [
                {
                    "entity": entity,
                    "label": None,
                    "role": rng.choice(["target", "organizer"]),
                    "note": self.text(),
                    "article": self.one("articles"),
                }
                for entity in self.some("entities", 4)
            ]
            + [{"label": self.text(), "role": "participant"}],
            "figures": rng.sample(figures, rng.randint(0, len(figures))),
            "legal_steps": [
                {
                    "entity": person,
                    "step": "sentenced",
                    "date": "2024-04-01",
                    "date_precision": "month",
                    "authority": self.one("entities"),
                    "charge": self.text(),
                    "penalty": {"kind": "imprisonment", "amount": 11.5, "unit": "year", "suspended": False},
                }
                for person in self.some("entities", 2, kind="person")
            ],
            "sources": [
                {"article": article, "role": rng.choice(["primary", "corroborating"])}
                for article in self.some("articles", 3)
            ],
            "relations": [
                {"relation": rng.choice(["follows", "part_of"]), "incident": incident}
                for incident in self.some("incidents", 2)
            ],
            "verification": rng.choice(["unreviewed", "corroborated"]),
            "coding": {"method": "human", "codebook": "1.0", "note": None},
        }
        if rng.random() < 0.3:
            record |= {"effect": "neutral", "freedoms": ["expression"]}
        return record

    def content(self, resource: str) -> Json:
        return {"articles": self.article, "entities": self.entity, "incidents": self.incident}[resource]()

    def patch_of(self, record: Known) -> Json:
        """Some members anew, at least one of them with a text that was never there."""
        content = self.content(record.resource)
        text = "name" if record.resource == "entities" else "title"
        for name in ("kind", "id"):
            content.pop(name, None)
        names = {text, *self.rng.sample(sorted(content), 3)}
        for group in TOGETHER:
            names |= group & content.keys() if names & group else set()
        # A record must not refer to itself.
        return {
            name: content[name]
            for name in names
            if record.id not in json.dumps(content[name]) and self.differs(record, content[name])
        }

    @staticmethod
    def differs(record: Known, value: object) -> bool:
        return record.external_id is None or record.external_id not in json.dumps(value)

    # What is answered.

    def judge(self, operation: str, answer: Answer) -> Answer:
        self.world.count(operation, str(answer.status))
        problem = answer.problem()
        if answer.status == 404 and problem == "unknown-path":
            raise Failure(f"this server has no {answer.request.split(' {')[0]}: leave `{operation}` out with --only")
        allowed = ALLOWED[operation]
        if answer.status not in allowed or (allowed[answer.status] and problem not in allowed[answer.status]):
            raise Failure(f"{operation} may not be answered like this: {answer}")
        if answer.status == 422 and operation not in ("merge", "unmerge", "atomic"):
            self.only_races(operation, answer.json(), str(answer))
        return answer

    @staticmethod
    def only_races(operation: str, problem: Json, context: str) -> None:
        faults = problem["errors"]
        if not faults or any(fault["code"] not in RACES for fault in faults):
            raise Failure(f"{operation} sent nothing wrong: {context}")

    def learn(self, record: Known, answer: Answer) -> None:
        body = answer.json()
        if body["id"] != record.id:
            raise Failure(f"the answer is another record than {record.id}: {answer}")
        record.version, record.state = body["version"], body["state"]

    def read_again(self, record: Known) -> None:
        """Learns what the others made of a record."""
        answer = self.judge("read", self.api.ask("GET", record.path))
        if answer.status == 200:
            self.learn(record, answer)
        elif answer.status == 308:
            record.state = "merged"
        else:
            versions = self.api.get(f"{record.path}/revisions?limit=200")["data"]
            record.version, record.state = max(version["version"] for version in versions), "retracted"

    # What is done. Each answers whether there was something to do it to.

    def create(self) -> bool:
        resource = self.rng.choice(list(TYPES))
        body = self.content(resource)
        if self.rng.random() < 0.25:
            body["state"] = "draft"
        if self.rng.random() < 0.5:
            body["external_id"] = f"{self.world.tag}-{self.world.next()}"
        name = f"{self.world.tag}-request-{self.world.next()}"
        answer = self.judge("create", self.api.ask("POST", f"/v1/{resource}", body, Idempotency_Key=name))
        if answer.status == 201:
            made = answer.json()
            if answer.headers["Location"] != f"/v1/{resource}/{made['id']}" or made["version"] != 1:
                raise Failure(f"a new record has its place and version 1: {answer}")
            self.world.add(Known(resource, made["id"], 1, made["state"], made.get("kind", ""), made["external_id"]))
        return True

    def change(self, operation: str, record: Known, patch: Json) -> None:
        """Changes a record; whoever was too late reads again and tries once more."""
        for _ in range(5):
            version = record.version
            answer = self.judge(
                operation,
                self.api.ask("PATCH", record.path, patch, If_Match=f'"{version}"', Change_Reason="coding_error"),
            )
            if answer.status == 200:
                self.learn(record, answer)
                # Another may have published it already; then there is nothing to change.
                if record.version != version + 1 and (operation, record.version) != ("publish", version):
                    raise Failure(f"a change of version {version} makes version {version + 1}: {answer}")
            if answer.status in (409, 412):
                self.read_again(record)
            if (
                answer.status != 412
                or record.state == "merged"
                or (record.state == "retracted" and operation != "restore")
            ):
                return

    def patch(self) -> bool:
        record = self.world.pick(self.rng, self.rng.choice(["published", "published", "draft"]))
        if record:
            self.change("patch", record, self.patch_of(record))
        return record is not None

    def stale(self) -> bool:
        record = self.world.pick(self.rng, "published")
        if record is None or record.version < 2:
            return False
        self.judge(
            "stale", self.api.ask("PATCH", record.path, self.patch_of(record), If_Match=f'"{record.version - 1}"')
        )
        return True

    def read(self) -> bool:
        record = self.world.pick(self.rng, "published")
        if record:
            self.read_again(record)
        return record is not None

    def delete(self) -> bool:
        record = self.world.pick(self.rng, self.rng.choice(["published", "published", "draft"]))
        if record is None:
            return False
        headers = {"If_Match": f'"{record.version}"'} if self.rng.random() < 0.5 else {}
        answer = self.judge("delete", self.api.ask("DELETE", record.path, Change_Reason="out_of_scope", **headers))
        if answer.status != 409 or answer.problem() == "merged":
            self.read_again(record)
        return True

    def restore(self) -> bool:
        record = self.world.pick(self.rng, "retracted")
        if record:
            self.change("restore", record, {"state": "published"} | self.patch_of(record))
        return record is not None

    def publish(self) -> bool:
        record = self.world.pick(self.rng, "draft")
        if record:
            self.change("publish", record, {"state": "published"})
        return record is not None

    def merge(self) -> bool:
        record = self.world.pick(self.rng, "published")
        into = record and self.world.pick(
            self.rng, "published", record.resource, record.kind if record.resource == "entities" else None
        )
        if record is None or into is None or record.id == into.id:
            return False
        body = {"into": into.id, "reason": "duplicate"}
        answer = self.judge("merge", self.api.ask("POST", f"{record.path}/merge", body))
        if answer.status == 200:
            self.learn(into, answer)
            record.state = "merged"
        else:
            self.read_again(record)
            self.read_again(into)
        return True

    def unmerge(self) -> bool:
        record = self.world.pick(self.rng, "merged")
        if record is None or self.admin is None:
            return False
        self.judge("unmerge", self.admin.ask("POST", f"{record.path}/unmerge", {}))
        self.read_again(record)
        return True

    def batch(self) -> bool:
        return self.load("batch")

    def atomic(self) -> bool:
        return self.load("atomic")

    def load(self, operation: str) -> bool:
        """New records, some referring to an earlier line, changes of records, and a line with an outdated guard."""
        resource = self.rng.choice(list(TYPES))
        lines: list[Line] = []
        for _ in range(self.rng.randint(5, 40)):
            record = self.world.pick(self.rng, "published", resource) if self.rng.random() < 0.4 else None
            if record and record.external_id and record not in [target for _, target in lines]:
                line = self.patch_of(record) | {"external_id": record.external_id}
                if self.rng.random() < 0.5:
                    line["version"] = record.version
            else:
                record, line = None, self.content(resource) | {"external_id": f"{self.world.tag}-{self.world.next()}"}
                earlier = [earlier["external_id"] for earlier, target in lines if target is None]
                if resource == "entities" and earlier:
                    reference = {"dataset": DATASET, "external_id": earlier[0]}
                    line["relations"] = [{"relation": "affiliated_with", "entity": reference}]
            lines.append(({"dataset": DATASET} | line, record))
        outdated = self.world.pick(self.rng, "published", resource) if operation == "batch" else None
        if outdated and outdated.external_id and outdated not in [target for _, target in lines]:
            lines.append(({"dataset": DATASET, "external_id": outdated.external_id, "version": OUTDATED}, outdated))
        made = self.send_lines(operation, resource, lines)
        if made and operation == "batch" and self.rng.random() < 0.3:
            self.send_lines("resend", resource, made)
        return True

    def send_lines(self, operation: str, resource: str, lines: list[Line]) -> list[Line]:
        """Sends a batch, judges the answers, and answers the lines that made a record, each with that record."""
        body = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line, _ in lines).encode()
        path = f"/v1/{resource}/batch" + ("?atomic=true" if operation == "atomic" else "")
        answer = self.judge(operation, self.api.ask("POST", path, body))
        if answer.status != 200:
            return []
        results = answer.lines()
        if [result["line"] for result in results] != list(range(1, len(lines) + 1)):
            raise Failure(f"there is one answer a line, in order, {len(lines)} in all: {answer}")
        made: list[Line] = []
        failed: set[str] = set()
        for (line, target), result in zip(lines, results, strict=True):
            outcome = result["result"]
            self.world.count(f"{operation} line", outcome)
            told = (
                f"POST {path} with {json.dumps(line, ensure_ascii=False)} -> {json.dumps(result, ensure_ascii=False)}"
            )
            if outcome == "error":
                problem = result["problem"]
                if operation == "atomic" or problem["status"] not in (409, 410, 412, 422):
                    raise Failure(f"a line of this operation ({operation}) may not fail like this: {told}")
                if problem["status"] == 422 and not any(name in json.dumps(line) for name in failed):
                    self.only_races(operation, problem, told)
                failed.add(line["external_id"])
            elif line.get("version") == OUTDATED:
                raise Failure(f"the guard does not hold: {told}")
            elif target is None and outcome == "created":
                known = Known(resource, result["id"], result["version"], "published", line.get("kind", ""))
                known.external_id = line["external_id"]
                made.append((line, known))
                self.world.add(known)
            elif target and operation != "resend" and outcome == "updated":
                target.version = result["version"]
            # What is sent again changes nothing, unless another writer changed it meanwhile: version 2 is of that one.
            elif target and operation == "resend" and (outcome == "unchanged" or result["version"] > 2):
                target.version = result["version"]
            else:
                raise Failure(f"a line of this operation ({operation}) does not do this: {told}")
        return made

    def run(self, operations: dict[str, int], until: float) -> None:
        try:
            while time.monotonic() < until and not self.world.failures:
                operation = self.rng.choices(list(operations), list(operations.values()))[0]
                getattr(self, operation)()
        except Exception as error:  # A thread that ends without a word would be taken for one that is content.
            self.world.failures.append(str(error) if isinstance(error, Failure) else f"{type(error).__name__}: {error}")
            if not isinstance(error, Failure):
                raise


def prepare(world: World, writer: Writer, count: int) -> None:
    """What the server has, and some records more, so that there is something to refer to."""
    for resource in TYPES:
        for record in writer.api.walk(resource):
            if record["dataset"] == DATASET:
                known = Known(
                    resource,
                    record["id"],
                    record["version"],
                    "published",
                    record.get("kind", ""),
                    record["external_id"],
                )
                world.add(known)
    for _ in range(count):
        writer.create()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", metavar="BASE_URL")
    parser.add_argument("key", metavar="KEY", help="of an editor")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--admin-key", help="of an admin, for unmerge")
    parser.add_argument("--threads", type=int, default=6)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--only", help=f"some of {','.join(OPERATIONS)}")
    options = parser.parse_args()
    chosen = (
        options.only.split(",")
        if options.only
        else [name for name in OPERATIONS if name != "unmerge" or options.admin_key]
    )
    if unknown := set(chosen) - OPERATIONS.keys():
        parser.error(f"--only takes {', '.join(OPERATIONS)}, and not {', '.join(sorted(unknown))}")
    if "unmerge" in chosen and not options.admin_key:
        parser.error("unmerge needs --admin-key")
    operations: dict[str, int] = {name: OPERATIONS[name] for name in chosen}
    world = World(tag=f"w{time.time_ns():x}")
    started = time.monotonic()

    def new(name: object) -> Writer:
        return Writer(world, options.base, options.key, options.admin_key, f"{options.seed} {name}")

    try:
        prepare(world, new("first"), 30)
    except Failure as error:
        sys.exit(f"writers: {error}")
    until = time.monotonic() + options.seconds
    threads = [threading.Thread(target=new(i).run, args=(operations, until)) for i in range(options.threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - started
    for (operation, outcome), count in sorted(world.counts.items()):
        print(f"{operation:>12} {outcome:>9} {count:6}")
    succeeded = {operation for operation, outcome in world.counts if outcome in ("200", "201", "204")}
    for operation in operations:
        if operation != "stale" and operation not in succeeded and options.seconds >= 20:
            world.failures.append(f"{operation} never succeeded")
    stored = sum(
        count
        for (operation, outcome), count in world.counts.items()
        if operation not in ("read", "batch", "atomic", "resend") and outcome in STORED
    )
    print(f"seed {options.seed}, {stored} writes in {seconds:.1f} s")
    for failure in world.failures:
        print(f"writers: {failure}", file=sys.stderr)
    sys.exit(1 if world.failures else 0)


if __name__ == "__main__":
    main()
