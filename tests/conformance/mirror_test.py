#!/usr/bin/env python3
"""Keeps a copy with mirror.py while writers.py works, kills the process of the copy and starts it again, and compares
the copy record for record with the lists. A second copy, begun when all is written, must be the same.

    python3 mirror_test.py BASE_URL KEY [--admin-key KEY] [--seconds 60] [--kills 2] [--seed N]
                           [--snapshot 'civicspace snapshot --data-dir DIR']

With --snapshot, the command makes a snapshot before the writing, so that the copy begins with it, and one amid the
writing, with which the second copy begins. Without, there must be one already. For a server that cannot do everything
there are `--only` (see writers.py) and `--no-snapshot`, with which the copies begin with the feed.
"""

import argparse
import contextlib
import json
import random
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from api import PLURALS, TYPES, Answer, Api, Failure, Json, differences, reduced

HERE = Path(__file__).resolve().parent
SHOWN = 10


class Copy:
    """A copy and the process that keeps it."""

    def __init__(self, base: str, file: Path, arguments: list[str]) -> None:
        self.file = file
        self.command = [sys.executable, str(HERE / "mirror.py"), base, str(file), *arguments]
        self.log = file.with_suffix(".log")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)

    def kill(self) -> None:
        if self.process:
            if self.process.poll() is not None:
                raise Failure(f"the mirror ended by itself with {self.process.returncode}:\n{self.told()}")
            self.process.kill()
            self.process.wait()
        self.process = None

    def told(self) -> str:
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    def catch_up(self) -> None:
        with self.log.open("ab") as log:
            ended = subprocess.run([*self.command, "--once"], stdout=log, stderr=log, timeout=300)
        if ended.returncode != 0:
            raise Failure(f"the mirror ended with {ended.returncode}:\n{self.told()}")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.file, timeout=60)) as db:
            return db.execute(query).fetchall()

    def state(self) -> Json:
        with contextlib.suppress(sqlite3.OperationalError):
            return dict(self.rows("SELECT key, value FROM state"))
        return {}

    def records(self) -> dict[str, Json]:
        records = {}
        for kind, id, version, text in self.rows("SELECT type, id, version, object FROM records"):
            record = json.loads(text)
            if (record["id"], record["version"]) != (id, version):
                raise Failure(f"the row {kind} {id} version {version} holds {text[:200]}")
            records[f"{kind} {id}"] = record
        return records


def lists(api: Api) -> dict[str, Json]:
    return {f"{TYPES[resource]} {record['id']}": reduced(record) for resource in TYPES for record in api.walk(resource)}


def compare(server: dict[str, Json], copy: dict[str, Json], name: str) -> None:
    found = [f"{id} is in the lists and not in {name}" for id in server.keys() - copy.keys()]
    found += [f"{id} is in {name} and not in the lists" for id in copy.keys() - server.keys()]
    for id in server.keys() & copy.keys():
        found += [f"{id} differs at {place}" for place in differences(server[id], copy[id])]
    if found:
        raise Failure(
            "\n  ".join(
                [f"{len(found)} differences between the lists (first) and {name} (second):", *sorted(found)[:SHOWN]]
            )
        )


def check_gone(api: Api, copy: Copy) -> tuple[int, int]:
    """What is gone from the copy answers why it is, and what was merged leads to what took its place."""
    gone = {id: row for id, *row in copy.rows("SELECT id, type, op, merged_into, reason, at FROM gone")}
    there = {id for (id,) in copy.rows("SELECT id FROM records")}

    def ask(id: str, kind: str) -> Answer:
        return api.ask("GET", f"/v1/{PLURALS[kind]}/{id}")

    for id, (kind, op, merged_into, reason, at) in gone.items():
        answer = ask(id, kind)
        if op == "delete":
            if answer.status != 410:
                raise Failure(f"{kind} {id} was deleted: {answer}")
            tombstone = answer.json()["tombstone"]
            if (tombstone["id"], tombstone["reason"], tombstone["deleted_at"]) != (id, reason, at):
                raise Failure(f"{kind} {id} was deleted at {at} for {reason}: {answer}")
            continue
        # Both lead to the end of the chain, even where what `id` was merged into was merged in its turn.
        end, steps = id, 0
        while end in gone and gone[end][1] == "merge":
            end, steps = gone[end][2], steps + 1
            if steps > len(gone):
                raise Failure(f"{kind} {id} was merged into itself")
        first, place = answer, id
        while answer.status == 308 and steps >= 0:
            body, place = answer.json(), answer.headers["Location"].rsplit("/", 1)[-1]
            if answer.headers["Cache-Control"] != "no-cache" or body["merged_into"] != place:
                raise Failure(f"a merged record names its survivor twice, and is not cached: {answer}")
            answer, steps = ask(place, kind), steps - 1
        if first.status != 308 or place != end or answer.status != (200 if end in there else 410):
            raise Failure(f"{kind} {id} was merged into {merged_into}, which leads to {end}: {first}, then {answer}")
    merged = sum(row[1] == "merge" for row in gone.values())
    return len(gone) - merged, merged


def check_reset(base: str, copy: Copy) -> None:
    """A server that has not come as far as the copy is another one: the copy says so and changes nothing."""
    other = Copy(base, copy.file.with_name("ahead.sqlite"), [])
    with (
        contextlib.closing(sqlite3.connect(copy.file)) as source,
        contextlib.closing(sqlite3.connect(other.file)) as target,
    ):
        source.backup(target)
        target.execute("UPDATE state SET value = value + 1000000 WHERE key = 'since'")
        target.commit()
    ended = subprocess.run([*other.command, "--once"], capture_output=True, text=True, timeout=60)
    if ended.returncode != 1 or "reset" not in ended.stderr:
        raise Failure(f"a copy that is ahead of the server ended with {ended.returncode}: {ended.stderr}")


def snapshot(command: str) -> None:
    ended = subprocess.run(shlex.split(command), capture_output=True, text=True, timeout=300)
    if ended.returncode != 0:
        raise Failure(f"{command} ended with {ended.returncode}: {ended.stderr[-2000:]}")


def test(options: argparse.Namespace, folder: Path) -> None:
    rng = random.Random(options.seed)
    api = Api(options.base)
    begin = ["--no-snapshot"] if options.no_snapshot else []
    started = time.monotonic()
    if options.snapshot:
        snapshot(options.snapshot)
    if not begin and not api.get("/v1/snapshots")["data"]:
        raise Failure("there is no snapshot to begin with: run `civicspace snapshot`, or give it as --snapshot")
    copy = Copy(options.base, folder / "copy.sqlite", begin)
    command = [sys.executable, str(HERE / "writers.py"), options.base, options.key, "--seconds", str(options.seconds)]
    command += ["--seed", str(options.seed)]
    command += ["--admin-key", options.admin_key] if options.admin_key else []
    command += ["--only", options.only] if options.only else []
    told = folder / "writers.log"
    with told.open("wb") as log:
        writers = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        copy.start()
        # One kill in each stretch of the time, so that each process has work before and after.
        stretch = options.seconds / (options.kills + 1)
        moments = [(stretch * (i + rng.uniform(0.6, 1.4)), "kill") for i in range(options.kills)]
        # And one soon after the start, amid the snapshot.
        moments.append((rng.uniform(0.1, 0.5), "kill"))
        moments += [(options.seconds / 2, "snapshot")] if options.snapshot else []
        writing = time.monotonic()
        seen = []
        for moment, what in sorted(moments):
            time.sleep(max(0, writing + moment - time.monotonic()))
            if what == "snapshot":
                snapshot(options.snapshot)
                continue
            copy.kill()
            seen.append(copy.state().get("since"))
            copy.start()
        if writers.wait(timeout=options.seconds + 300) != 0:
            raise Failure(f"the writers ended with {writers.returncode}:\n{told.read_text()[-4000:]}")
        copy.kill()
    finally:
        for process in (writers, copy.process):
            if process and process.poll() is None:
                process.kill()
                process.wait()
    copy.catch_up()
    anew = Copy(options.base, folder / "anew.sqlite", begin)
    anew.catch_up()
    if options.break_copy:
        with contextlib.closing(sqlite3.connect(copy.file)) as db:
            db.executescript(options.break_copy)
    server = lists(api)
    compare(server, copy.records(), "the copy")
    compare(server, anew.records(), "the copy that was begun at the end")
    deleted, merged = check_gone(api, copy)
    check_gone(api, anew)
    check_reset(options.base, copy)
    state = copy.state()
    source = f"snapshot {state['snapshot']}" if state["snapshot"] else "the feed"
    print(told.read_text(), end="")
    print(f"equal: {len(server)} records; {deleted} deleted and {merged} merged ids answer as the copy says")
    print(f"{state['changes']} changes applied after {source}, killed at {seen}, now at {state['since']}")
    print(f"{time.monotonic() - started:.0f} s, seed {options.seed}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", metavar="BASE_URL")
    parser.add_argument("key", metavar="KEY", help="of an editor")
    parser.add_argument("--admin-key", help="of an admin, for unmerge")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    snapshots = parser.add_mutually_exclusive_group()
    snapshots.add_argument("--snapshot", metavar="COMMAND", help="what makes a snapshot")
    snapshots.add_argument("--no-snapshot", action="store_true", help="the copies begin with the feed")
    parser.add_argument("--only", help="what the writers do")
    parser.add_argument(
        "--break-copy", metavar="SQL", help="run on the copy before it is compared, to see that the test can fail"
    )
    options = parser.parse_args()
    # So that what was started is ended, and the folder removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="civicspace-mirror-"))
    try:
        test(options, folder)
    except Failure as failure:
        sys.exit(f"mirror_test (seed {options.seed}): {failure}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
