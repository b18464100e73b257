#!/usr/bin/env python3
"""Keeps a copy of a civicspace API in a SQLite file. Needs Python 3.11 or newer and nothing else.

    python3 mirror.py https://api.example.org civicspace.sqlite            follows until it is stopped
    python3 mirror.py https://api.example.org civicspace.sqlite --once     catches up and ends, for cron

A new file begins with the newest snapshot; after that only what changed is read. The process may be killed at any
moment and started again: what an answer brings, and the place to go on from, are stored in one transaction.

    records  type, id, version, object                every published record as JSON; others in it are {"id": ...} alone
    gone     type, id, op, merged_into, reason, at    what was deleted, or merged into another record, and why
    state    key, value                               `since` is the number of the last change that was applied

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
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urljoin

TYPES = {"articles": "article", "entities": "entity", "incidents": "incident"}
SCHEMA = """
CREATE TABLE IF NOT EXISTS records (type TEXT, id TEXT PRIMARY KEY, version INTEGER, object TEXT);
CREATE TABLE IF NOT EXISTS gone (type TEXT, id TEXT PRIMARY KEY, op TEXT, merged_into TEXT, reason TEXT, at TEXT);
CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value);
"""
OUT_OF_REACH = (urllib.error.URLError, ConnectionError, TimeoutError, http.client.HTTPException, EOFError)


class Stop(Exception):
    """The copy cannot go on, and why."""


class Server:
    def __init__(self, base: str, give_up_after: float) -> None:
        self.base, self.give_up_after = base.rstrip("/") + "/", give_up_after

    def open(self, path: str, headers: dict[str, str]) -> Any:
        headers |= {"User-Agent": "civicspace-mirror/1"}
        return urllib.request.urlopen(urllib.request.Request(urljoin(self.base, path), headers=headers), timeout=60)

    def json(self, path: str) -> Any:
        return json.loads(self.patiently(lambda: body_of(self.open(path, {"Accept-Encoding": "gzip"}))))

    def patiently(self, attempt: Callable[[], Any]) -> Any:
        """Tries again while the server is out of reach or asks for a pause."""
        started, pause = time.monotonic(), 0.5
        while True:
            wait = random.uniform(pause / 2, pause)
            try:
                return attempt()
            except urllib.error.HTTPError as error:
                if error.code not in (429, 502, 503, 504):
                    raise
                reason, asked = f"the server answers {error.code}", error.headers["Retry-After"] or ""
                wait = float(asked) if asked.isdecimal() else wait
            except OUT_OF_REACH as error:
                reason = f"the server is out of reach: {error}"
            if time.monotonic() - started + wait > self.give_up_after:
                raise Stop(f"{reason}; given up")
            print(f"{reason}; trying again in {wait:.1f} s", file=sys.stderr)
            time.sleep(wait)
            pause = min(pause * 2, 60)


def body_of(answer: Any) -> bytes:
    with answer:
        body = answer.read()
    return gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body


def state(db: sqlite3.Connection, key: str) -> Any:
    row = db.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
    return row and row[0]


def store(db: sqlite3.Connection, kind: str, record: dict[str, Any]) -> None:
    row = (kind, record["id"], record["version"], json.dumps(record, ensure_ascii=False))
    db.execute("REPLACE INTO records VALUES (?, ?, ?, ?)", row)


def begin(server: Server, db: sqlite3.Connection, file: Path, datasets: list[str], with_snapshot: bool) -> None:
    """Fills a new copy from the newest snapshot. Where there is none, the feed tells everything from its beginning."""
    for slug in datasets:
        server.json(f"v1/datasets/{quote(slug, safe='')}")
    snapshot, parts = newest(server, file) if with_snapshot else (None, [])
    with db:
        for part, path in parts:
            rows = 0
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                for rows, line in enumerate(lines, 1):
                    record = json.loads(line)
                    if not datasets or record["dataset"] in datasets:
                        store(db, TYPES[part["resource"]], record)
            if rows != part["rows"]:
                raise Stop(f"{part['name']} has {rows} rows, and should have {part['rows']}")
        since, name = (snapshot["as_of_seq"], snapshot["id"]) if snapshot else (0, None)
        values = {"since": since, "changes": 0, "snapshot": name, "datasets": ",".join(datasets)}
        db.executemany("INSERT INTO state VALUES (?, ?)", values.items())
    for path in file.parent.glob(f"{file.name}.*.part"):
        path.unlink(missing_ok=True)
    print(f"began with {f'snapshot {name}' if name else 'the feed'}, since={since}", flush=True)


def newest(server: Server, file: Path) -> tuple[dict[str, Any] | None, list[tuple[dict[str, Any], Path]]]:
    """The newest snapshot and its files. It may be withdrawn while it is read, to protect a person: then the next."""
    for _ in range(10):
        snapshots = server.json("v1/snapshots")["data"]
        if not snapshots:
            return None, []
        snapshot = max(snapshots, key=lambda snapshot: (snapshot["as_of_seq"], snapshot["created_at"]))
        files = {part["resource"]: part for part in snapshot["files"] if part["name"].endswith(".ndjson.gz")}
        if lacking := TYPES.keys() - files.keys():
            raise Stop(f"snapshot {snapshot['id']} has no .ndjson.gz of {', '.join(sorted(lacking))}")
        try:
            return snapshot, [(files[resource], download(server, files[resource], file)) for resource in TYPES]
        except urllib.error.HTTPError as error:
            if error.code not in (404, 410):
                raise
            print(f"snapshot {snapshot['id']} was withdrawn ({error.code}); asking for the next", file=sys.stderr)
            time.sleep(1)
    raise Stop("every snapshot was withdrawn while it was read; try again later")


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
        raise Stop(f"{part['name']} is not what the list of snapshots says (bytes or sha256); start again")
    return path


def follow(server: Server, db: sqlite3.Connection, datasets: list[str], until: float, once: bool) -> None:
    while True:
        since = state(db, "since")
        wait = 0 if once else max(0, int(min(20, until - time.monotonic())))
        query = {"since": since, "limit": 1000, "wait": wait} | ({"dataset": ",".join(datasets)} if datasets else {})
        try:
            answer = server.json(f"v1/changes?{urlencode(query)}")
        except urllib.error.HTTPError as error:
            body = body_of(error)
            if error.code == 400 and any(fault.get("name") == "since" for fault in json.loads(body)["errors"]):
                raise Stop(
                    f"the server knows no change {since}: it was reset, or is another. Begin a new file"
                ) from error
            raise Stop(f"{error.url} answers {error.code}: {body.decode(errors='replace')[:500]}") from error
        meta = answer["meta"]
        if since < meta["oldest_seq"]:
            raise Stop(f"the server no longer knows what came right after change {since}. Begin a new file")
        if meta["next_since"] != since:
            apply(db, since, answer["data"], meta["next_since"])
            print(f"since={meta['next_since']}: {len(answer['data'])} changes", flush=True)
        if (once and not meta["has_more"]) or time.monotonic() >= until:
            return


def apply(db: sqlite3.Connection, since: int, changes: list[dict[str, Any]], next_since: int) -> None:
    """Stores what an answer brings together with the place to go on from."""
    with db:
        moved = db.execute("UPDATE state SET value = ? WHERE key = 'since' AND value = ?", (next_since, since))
        if moved.rowcount != 1:
            raise Stop("another process writes to this file")
        db.execute("UPDATE state SET value = value + ? WHERE key = 'changes'", (len(changes),))
        for change in changes:
            if change["op"] not in ("upsert", "delete", "merge"):
                raise Stop(f"change {change['seq']} is a {change['op']}, which this program does not know")
            if change["op"] == "upsert":
                store(db, change["type"], change["object"])
                db.execute("DELETE FROM gone WHERE id = ?", (change["id"],))
            else:
                row = [change[name] for name in ("type", "id", "op", "merged_into", "reason", "at")]
                db.execute("REPLACE INTO gone VALUES (?, ?, ?, ?, ?, ?)", row)
                db.execute("DELETE FROM records WHERE id = ?", (change["id"],))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", metavar="BASE_URL")
    parser.add_argument("file", metavar="FILE.sqlite", type=Path)
    how_long = parser.add_mutually_exclusive_group()
    how_long.add_argument("--follow", metavar="SECONDS", type=float, default=float("inf"), help="end after so long")
    how_long.add_argument("--once", action="store_true", help="end when there is nothing new")
    parser.add_argument("--dataset", default="", help="only these datasets, with commas between them")
    parser.add_argument("--no-snapshot", action="store_true", help="begin a new file with the feed alone")
    options = parser.parse_args()
    server = Server(options.base, give_up_after=300 if options.once else options.follow)
    datasets = sorted(filter(None, options.dataset.split(",")))
    try:
        with contextlib.closing(sqlite3.connect(options.file, timeout=60)) as db:
            # Those who read the file need not wait for the one process that writes to it.
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(SCHEMA)
            if state(db, "since") is None:
                begin(server, db, options.file, datasets, not options.no_snapshot)
            if state(db, "datasets") != ",".join(datasets):
                raise Stop(f"the file was begun with --dataset '{state(db, 'datasets')}'. Begin a new file")
            follow(server, db, datasets, time.monotonic() + options.follow, options.once)
            counts = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("records", "gone")]
            print(f"{counts[0]} records, {counts[1]} gone, since={state(db, 'since')}")
    except urllib.error.HTTPError as error:
        sys.exit(f"mirror: {error.url} answers {error.code}: {body_of(error).decode(errors='replace')[:500]}")
    except (Stop, sqlite3.Error) as error:
        sys.exit(f"mirror: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
