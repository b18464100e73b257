#!/usr/bin/env python3
"""Kills the server with SIGKILL again and again amid 1,000 writes, and starts it again. Each write has an
Idempotency-Key and is sent until it is answered. In the end every answered write must be there under the id that was
answered, and none twice.

    python3 kill_test.py BINARY [--writes 1000] [--kills 4] [--writers 8] [--seed N]

BINARY is `civicspace`. It gets a data directory of its own, which is removed, and so a private PostgreSQL of its own.
"""

import argparse
import collections
import http.client
import os
import queue
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from api import TYPES, Api, Failure, Json, differences, reduced

PATIENCE = 120.0
LABELS = {"articles": "title", "entities": "name", "incidents": "title"}


class Server:
    """The server under test."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self.binary, self.data, self.log = binary, folder / "data", folder / "server.log"
        self.data.mkdir(mode=0o711)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        quotas = ["--anonymous-quota", "0", "--key-quota", "0"]
        command = [str(self.binary), "serve", "--data-dir", str(self.data), "--bind", f"127.0.0.1:{self.port}", *quotas]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process and self.process.poll() is not None:
                raise Failure(f"the server ended with {self.process.returncode}")
            try:
                if Api(self.base, timeout=5).send("GET", "/readyz").status == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.02)
        raise Failure(f"the server is not ready after {PATIENCE:.0f} s")

    def kill(self) -> None:
        if self.process:
            if self.process.poll() is not None:
                raise Failure(f"the server ended by itself with {self.process.returncode}")
            self.process.kill()
            self.process.wait()

    def key(self) -> str:
        command = [
            str(self.binary),
            "keys",
            "create",
            "--data-dir",
            str(self.data),
            "--role",
            "editor",
            "--name",
            "kill test",
        ]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        if ended.returncode != 0:
            raise Failure(f"keys create ended with {ended.returncode}: {ended.stderr}")
        return str(ended.stdout).strip()

    def end(self) -> None:
        """Ends the server, and waits for its PostgreSQL, which ends by itself after the last that used it."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        deadline = time.monotonic() + 60
        while (self.data / "postgresql/cluster/postmaster.pid").exists() and time.monotonic() < deadline:
            time.sleep(0.05)


@dataclass
class Write:
    """A record that is to be there once."""

    number: int
    resource: str
    body: Json
    id: str | None = None
    sent: int = 0
    replayed: bool = False

    @property
    def label(self) -> str:
        return str(self.body[LABELS[self.resource]])


@dataclass
class Load:
    writes: list[Write]
    todo: "queue.SimpleQueue[Write]" = field(default_factory=queue.SimpleQueue)
    # Answered, and how many of these were answered before the first kill, between it and the second, and so on.
    answered: int = 0
    kills: int = 0
    between: collections.Counter[int] = field(default_factory=collections.Counter)
    retries: collections.Counter[str] = field(default_factory=collections.Counter)
    failures: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def records_to_write(count: int, tag: str, articles: list[Json]) -> list[Write]:
    """Records of all resources. One half has an external id. In the other, only the Idempotency-Key forbids a twin."""
    location = dict.fromkeys(["admin1", "place", "lat", "lon"]) | {"country": "KG", "precision": "country"}
    writes = []
    for number in range(count):
        resource = ("entities", "articles", "incidents", "entities")[number % 4]
        name = f"{tag} Айбек {number}"
        source = {"article": {"id": articles[number % len(articles)]["id"]}, "role": "primary"}
        bodies: dict[str, Json] = {
            "entities": {"kind": "person", "name": name, "aliases": [{"name": f"Aibek {number}", "language": "en"}]},
            "articles": {"title": name, "language": "ru", "authors": ["A", "B"]},
            "incidents": {
                "title": name,
                "kind": "liberty.detention",
                "sources": [source],
                "location": location,
                "coding": {"method": "human", "codebook": "1.0", "note": None},
            },
        }
        body = bodies[resource]
        if number % 2:
            body["external_id"] = f"{tag}-{number}"
        writes.append(Write(number, resource, body))
    return writes


def write(load: Load, base: str, key: str, tag: str, rng: random.Random) -> None:
    """Sends what is to be written until each is answered."""
    api = Api(base, key, timeout=20)
    try:
        while not load.failures:
            try:
                item = load.todo.get_nowait()
            except queue.Empty:
                return
            deadline = time.monotonic() + PATIENCE
            while item.id is None:
                if time.monotonic() > deadline:
                    raise Failure(f"{item.label} was not answered for {PATIENCE:.0f} s")
                item.sent += 1
                begun = datetime.now(UTC)
                try:
                    answer = api.send("POST", f"/v1/{item.resource}", item.body, Idempotency_Key=f"{tag}-{item.number}")
                except (OSError, http.client.HTTPException) as error:
                    with load.lock:
                        load.retries[type(error).__name__] += 1
                    time.sleep(rng.uniform(0.02, 0.1))
                    continue
                if answer.status == 503 or (answer.status == 409 and answer.problem() == "in-flight"):
                    with load.lock:
                        load.retries[str(answer.status)] += 1
                    time.sleep(min(1.0, float(answer.headers["Retry-After"])))
                    continue
                record = answer.json()
                if answer.status != 201 or record[LABELS[item.resource]] != item.label or record["version"] != 1:
                    raise Failure(f"sent {item.sent} times: {answer}")
                # A record older than the request was stored by an earlier one, whose answer the kill cut off.
                item.replayed = datetime.fromisoformat(record["created_at"]) < begun
                with load.lock:
                    item.id = record["id"]
                    load.answered += 1
                    load.between[load.kills] += 1
    except Exception as error:  # A thread that ends without a word would leave the others waiting for what it took.
        load.failures.append(str(error) if isinstance(error, Failure) else f"{type(error).__name__}: {error}")
    finally:
        api.close()


def kill_amid(server: Server, load: Load, count: int, rng: random.Random) -> list[int]:
    """Kills the server at `count` moments of the load, the last two in a row: the second while it starts again."""
    moments = sorted(rng.uniform(0.05, 0.9) * len(load.writes) for _ in range(max(1, count - 1)))
    killed_at: list[int] = []

    def kill() -> None:
        with load.lock:
            load.kills += 1
            killed_at.append(load.answered)
        server.kill()
        server.start()

    for moment in moments:
        deadline = time.monotonic() + PATIENCE
        while load.answered < moment and not load.failures:
            if time.monotonic() > deadline:
                raise Failure(f"{load.answered} of {len(load.writes)} were answered, and then no more")
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.03))
        kill()
    if count > 1:
        time.sleep(rng.uniform(0.01, 0.5))
        kill()
    server.wait_until_ready()
    return killed_at


def check(server: Server, load: Load, key: str, tag: str) -> None:
    api = Api(server.base)
    found: list[str] = []
    listed: dict[str, Json] = {}
    for resource in TYPES:
        ours = [record for record in api.walk(resource) if record[LABELS[resource]].startswith(tag)]
        listed |= {record["id"]: record for record in ours}
        times = collections.Counter(record[LABELS[resource]] for record in ours)
        found += [f"{name} is there {count} times" for name, count in times.items() if count != 1]
    found += (
        [f"{len(load.writes)} were written, and {len(listed)} are there"] if len(listed) != len(load.writes) else []
    )
    fed: dict[str, list[Json]] = collections.defaultdict(list)
    for change in api.changes():
        fed[change["id"]].append(change)
    for item in load.writes:
        name = f"{item.label}, answered as {item.id},"
        record = listed.get(item.id or "")
        if record is None or record[LABELS[item.resource]] != item.label:
            found.append(f"{name} is not in the list")
            continue
        alone = api.ask("GET", f"/v1/{item.resource}/{item.id}")
        if alone.status != 200 or alone.json() != record:
            found.append(f"{name} is not what the list shows: {alone}")
        if record["version"] != 1 or record["external_id"] != item.body.get("external_id"):
            found.append(f"{name} is there as {record}")
        changes = fed[item.id or ""]
        if [change["op"] for change in changes] != ["upsert"]:
            found.append(f"{name} is in the feed as {changes}")
        else:
            found += [
                f"{name} differs between list and feed at {place}"
                for place in differences(reduced(record), changes[0]["object"])
            ]
    again = Api(server.base, key)
    for item in load.writes[:: max(1, len(load.writes) // 100)]:
        answer = again.ask("POST", f"/v1/{item.resource}", item.body, Idempotency_Key=f"{tag}-{item.number}")
        if answer.status != 201 or answer.json()["id"] != item.id:
            found.append(f"{item.label}, answered as {item.id}, is answered otherwise when it is sent again: {answer}")
    if found:
        raise Failure("\n  ".join([f"{len(found)} faults:", *found[:10]]))


def test(options: argparse.Namespace, server: Server) -> None:
    rng = random.Random(options.seed)
    tag = f"k{time.time_ns():x}"
    started = time.monotonic()
    server.start()
    server.wait_until_ready()
    key = server.key()
    load = Load(records_to_write(options.writes, tag, Api(server.base).get("/v1/articles?limit=5")["data"]))
    for item in load.writes:
        load.todo.put(item)
    rngs = [random.Random(f"{options.seed} {i}") for i in range(options.writers)]
    threads = [threading.Thread(target=write, args=(load, server.base, key, tag, rng), daemon=True) for rng in rngs]
    for thread in threads:
        thread.start()
    try:
        killed_at = kill_amid(server, load, options.kills, rng)
    except Failure as failure:
        load.failures.append(str(failure))
    for thread in threads:
        thread.join(timeout=2 * PATIENCE)
    if load.failures:
        raise Failure("\n".join(load.failures))
    if options.break_with:
        alone = load.writes[0]
        Api(server.base, key).send("POST", f"/v1/{alone.resource}", {**alone.body, "external_id": None})
    check(server, load, key, tag)
    replays = sum(item.replayed for item in load.writes)
    resent = sum(item.sent > 1 for item in load.writes)
    between = [load.between[i] for i in range(load.kills + 1)]
    print(f"{load.answered} writes answered: {between} before, between and after {load.kills} kills, at {killed_at}")
    print(f"{resent} sent more than once, {sum(load.retries.values())} times in all: {dict(load.retries)}")
    print(f"{replays} of these had been stored before the kill, and were answered again")
    print(
        f"each is there once, as version 1, in lists and feed; {time.monotonic() - started:.0f} s, seed {options.seed}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", metavar="BINARY", type=Path)
    parser.add_argument("--writes", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--break-with", choices=["twin"], help="write one record twice, to see that the test can fail")
    options = parser.parse_args()
    # So that the server is ended, and the folder removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="civicspace-kill-"))
    # PostgreSQL does not run as root: then it runs as somebody who must get into the folder.
    os.chmod(folder, 0o711)
    server = Server(options.binary.resolve(), folder)
    try:
        test(options, server)
    except Failure as failure:
        log = server.log.read_text(errors="replace")[-2000:] if server.log.exists() else ""
        sys.exit(f"kill_test (seed {options.seed}): {failure}\nThe server said:\n{log}")
    finally:
        server.end()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
