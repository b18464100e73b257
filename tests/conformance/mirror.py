#!/usr/bin/env python3
"""Keeps a copy of a civicspace API in a SQLite file. Needs Python 3.11 or newer and nothing else.

    python3 mirror.py http://127.0.0.1:8080 civicspace.sqlite              follows until it is stopped
    python3 mirror.py http://127.0.0.1:8080 civicspace.sqlite --once       catches up and ends, for cron

A new file begins with the newest snapshot; after that only what changed is read. The process may be killed at any moment
and started again: what an answer brings and the place to go on from are stored in one transaction.

    records  type, id, version, object   every published record as JSON; other records in it are {"id": ...} alone
    gone     type, id, op, merged_into, reason, at   what was deleted, or merged into another record, and why
    state    key, value                  `since` is the number of the last change that was applied

    sqlite3 civicspace.sqlite "SELECT object ->> 'title' FROM records WHERE type = 'incident'
                               AND object ->> 'start_date' >= '2024-01-01'"

Exit status: 0; 1 if the copy cannot go on, with the reason on standard error; 2 for wrong usage.
"""

import argparse
import contextlib
import gzip
import hashlib
import http.client
import json
import random
import shutil
import sqlite3
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Callable, TypeVar
from urllib.parse import urlencode, urljoin

TYPES = {"articles": "article", "entities": "entity", "incidents": "incident"}
SCHEMA = """
CREATE TABLE IF NOT EXISTS records (type TEXT NOT NULL, id TEXT PRIMARY KEY, version INTEGER NOT NULL, object TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS gone (type TEXT NOT NULL, id TEXT PRIMARY KEY, op TEXT NOT NULL, merged_into TEXT, reason TEXT NOT NULL,
    at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
"""
OUT_OF_REACH = (urllib.error.URLError, ConnectionError, TimeoutError, http.client.HTTPException, EOFError)
Result = TypeVar("Result")


class Stop(Exception):
    """The copy cannot go on, and why."""


class Server:
    def __init__(self, base: str, give_up_after: float) -> None:
        self.base, self.give_up_after = base.rstrip("/") + "/", give_up_after

    def open(self, path: str, headers: dict[str, str]) -> Any:
        url = urljoin(self.base, path.removeprefix("/") if path.startswith("/v1/") else path)
        request = urllib.request.Request(url, headers={"User-Agent": "civicspace-mirror/1", **headers})
        return urllib.request.urlopen(request, timeout=90)

    def json(self, path: str) -> Any:
        def read() -> Any:
            with self.open(path, {"Accept-Encoding": "gzip"}) as answer:
                body = answer.read()
                return json.loads(gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body)

        return self.patiently(read)

    def patiently(self, attempt: Callable[[], Result]) -> Result:
        """Tries again while the server is out of reach or asks for a pause."""
        started, pause = time.monotonic(), 0.5
        while True:
            wait = pause * random.uniform(0.5, 1)
            try:
                return attempt()
            except urllib.error.HTTPError as error:
                if error.code not in (429, 502, 503, 504):
                    raise
                reason, asked = f"the server answers {error.code}", error.headers["Retry-After"] or ""
                wait = float(asked) if asked.isdecimal() else wait
            except OUT_OF_REACH as error:
                reason = f"the server is out of reach ({error})"
            if time.monotonic() - started + wait > self.give_up_after:
                raise Stop(f"{reason}; given up")
            print(f"{reason}; trying again in {wait:.1f} s", file=sys.stderr)
            time.sleep(wait)
            pause = min(pause * 2, 60)


def store(db: sqlite3.Connection, kind: str, record: dict[str, Any]) -> None:
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    db.execute("REPLACE INTO records VALUES (?, ?, ?, ?)", (kind, record["id"], record["version"], text))


def state(db: sqlite3.Connection, key: str) -> Any:
    row = db.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
    return row and row[0]


def begin(server: Server, db: sqlite3.Connection, file: Path, datasets: str, with_snapshot: bool) -> None:
    """Fills a new copy from the newest snapshot. Without one, the feed tells everything from its beginning."""
    values: dict[str, Any] = {"dataset": datasets, "since": 0, "changes": 0, "snapshot": None}
    parts: list[tuple[Path, dict[str, Any]]] = []
    for _ in range(10 if with_snapshot else 0):
        snapshots = server.json("/v1/snapshots")["data"]
        if not snapshots:
            break
        snapshot = max(snapshots, key=lambda snapshot: snapshot["as_of_seq"])
        wanted = [part for part in snapshot["files"] if part["name"].endswith(".ndjson.gz") and part["resource"] in TYPES]
        if {part["resource"] for part in wanted} != set(TYPES):
            raise Stop(f"snapshot {snapshot['id']} lacks one of {', '.join(TYPES)} as .ndjson.gz")
        try:
            parts = [(download(server, part, file), part) for part in wanted]
        except urllib.error.HTTPError as error:
            if error.code not in (404, 410):
                raise
            print(f"snapshot {snapshot['id']} was withdrawn ({error.code}); asking for the next", file=sys.stderr)
            time.sleep(1)
            continue
        values |= {"since": snapshot["as_of_seq"], "snapshot": snapshot["id"]}
        break
    else:
        if with_snapshot:
            raise Stop("every snapshot was withdrawn while it was read; try again later")
    with db:
        for path, part in parts:
            rows = 0
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                for rows, line in enumerate(lines, 1):
                    record = json.loads(line)
                    if not datasets or record["dataset"] in datasets.split(","):
                        store(db, TYPES[part["resource"]], record)
            if rows != part["rows"]:
                raise Stop(f"{part['name']} has {rows} rows, and should have {part['rows']}")
        db.executemany("INSERT INTO state VALUES (?, ?)", values.items())
    for path in file.parent.glob(f"{file.name}.*.part"):
        path.unlink(missing_ok=True)
    print(f"began with {f'snapshot {values["snapshot"]}' if parts else 'nothing'}, since={values['since']}", flush=True)


def download(server: Server, part: dict[str, Any], file: Path) -> Path:
    """Fetches a file of a snapshot, goes on where an earlier attempt ended, and checks what came."""
    path = file.with_name(f"{file.name}.{part['sha256'][:16]}.part")

    def attempt() -> None:
        have = path.stat().st_size if path.exists() else 0
        if have < part["bytes"]:
            with server.open(part["url"], {"Range": f"bytes={have}-"} if have else {}) as answer:
                with path.open("ab" if answer.status == 206 else "wb") as out:
                    shutil.copyfileobj(answer, out)
            if path.stat().st_size < part["bytes"]:
                raise ConnectionError(f"{part['name']} was cut off")

    server.patiently(attempt)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if path.stat().st_size != part["bytes"] or digest != part["sha256"]:
        path.unlink()
        raise Stop(f"{part['name']} is not what the list of snapshots says it is (bytes or sha256)")
    return path


def apply(db: sqlite3.Connection, since: int, changes: list[dict[str, Any]], next_since: int) -> None:
    """Stores what an answer brings together with the place to go on from."""
    with db:
        moved = db.execute("UPDATE state SET value = ? WHERE key = 'since' AND value = ?", (next_since, since))
        if moved.rowcount != 1:
            raise Stop("another process writes to this file")
        db.execute("UPDATE state SET value = value + ? WHERE key = 'changes'", (len(changes),))
        for change in changes:
            kind, id = change["type"], change["id"]
            if change["op"] == "upsert":
                store(db, kind, change["object"])
                db.execute("DELETE FROM gone WHERE id = ?", (id,))
            elif change["op"] in ("delete", "merge"):
                db.execute("DELETE FROM records WHERE id = ?", (id,))
                row = (kind, id, change["op"], change["merged_into"], change["reason"], change["at"])
                db.execute("REPLACE INTO gone VALUES (?, ?, ?, ?, ?, ?)", row)
            else:
                raise Stop(f"change {change['seq']} is a {change['op']}, which this program does not know")


def follow(server: Server, db: sqlite3.Connection, datasets: str, until: float, once: bool) -> None:
    while True:
        since = state(db, "since")
        wait = 0 if once else max(0, min(20, int(until - time.monotonic())))
        query = {"since": since, "limit": 1000, "wait": wait} | ({"dataset": datasets} if datasets else {})
        try:
            answer = server.json(f"/v1/changes?{urlencode(query)}")
        except urllib.error.HTTPError as error:
            faults = json.loads(error.read() or b"{}").get("errors", []) if error.code == 400 else []
            if any(fault.get("name") == "since" for fault in faults):
                raise Stop(f"the server has not come to change {since}: it was reset, or is another. Begin with a new file") from error
            raise
        meta = answer["meta"]
        if since < meta["oldest_seq"]:
            raise Stop(f"the server tells of changes from {meta['oldest_seq']} on, and {since} is earlier. Begin with a new file")
        if meta["next_since"] != since:
            apply(db, since, answer["data"], meta["next_since"])
            print(f"since={meta['next_since']}: {len(answer['data'])} changes", flush=True)
        if (once and not meta["has_more"]) or time.monotonic() >= until:
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", metavar="BASE_URL")
    parser.add_argument("file", metavar="FILE.sqlite", type=Path)
    how_long = parser.add_mutually_exclusive_group()
    how_long.add_argument("--follow", metavar="SECONDS", type=float, default=float("inf"), help="end after so many seconds")
    how_long.add_argument("--once", action="store_true", help="end when there is nothing new")
    parser.add_argument("--dataset", default="", help="only these datasets, with commas between them")
    parser.add_argument("--no-snapshot", action="store_true", help="begin a new file with the feed alone")
    options = parser.parse_args()
    server = Server(options.base, give_up_after=300 if options.once else options.follow)
    until = time.monotonic() + (options.follow if options.follow != float("inf") else 1e9)
    try:
        with contextlib.closing(sqlite3.connect(options.file, timeout=60)) as db:
            # Those who read the file and the one process that writes to it do not wait for each other.
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(SCHEMA)
            if state(db, "since") is None:
                begin(server, db, options.file, options.dataset, not options.no_snapshot)
            if state(db, "dataset") != options.dataset:
                raise Stop(f"this file was begun with --dataset {state(db, 'dataset')!r}. Begin with a new file")
            follow(server, db, options.dataset, until, options.once)
            counts = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("records", "gone")]
            print(f"{counts[0]} records, {counts[1]} gone, since={state(db, 'since')}")
    except urllib.error.HTTPError as error:
        sys.exit(f"mirror: {error.url} answers {error.code}: {error.read().decode(errors='replace')[:500]}")
    except (Stop, sqlite3.Error) as error:
        sys.exit(f"mirror: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
