"""What the tests in this directory share: requests over kept connections, walks over whole lists and over the feed, and
records reduced to what the feed holds of them."""

import gzip
import http.client
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

Json = dict[str, Any]

TYPES = {"articles": "article", "entities": "entity", "incidents": "incident"}
PLURALS = {record_type: resource for resource, record_type in TYPES.items()}


class Failure(Exception):
    """The server does not do what it promises, or the test cannot go on."""


@dataclass
class Answer:
    request: str
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.body.splitlines()]

    def problem(self) -> str:
        """The type of a problem, without what stands before it."""
        if not self.headers.get("Content-Type", "").startswith("application/problem+json"):
            return ""
        return str(self.json()["type"]).removeprefix("/problems/")

    def __str__(self) -> str:
        return f"{self.request} -> {self.status} {self.body[:1500].decode(errors='replace')}"


class Api:
    """One caller with one connection: not for several threads."""

    def __init__(self, base: str, key: str | None = None, timeout: float = 60) -> None:
        self.base, self.key, self.timeout = base.rstrip("/"), key, timeout
        self.pauses = 0
        self.connection: http.client.HTTPConnection | None = None

    def close(self) -> None:
        if self.connection:
            self.connection.close()
        self.connection = None

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request. `body` is JSON, or bytes of lines of JSON. Redirects are answers."""
        given = {name.replace("_", "-"): value for name, value in headers.items()} | {"Accept-Encoding": "gzip"}
        if self.key:
            given["Authorization"] = f"Bearer {self.key}"
        if isinstance(body, bytes):
            given["Content-Type"] = "application/x-ndjson"
        elif body is not None:
            given["Content-Type"] = "application/merge-patch+json" if method == "PATCH" else "application/json"
            body = json.dumps(body, ensure_ascii=False).encode()
        if self.connection is None:
            url = urlsplit(self.base)
            kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
            self.connection = kind(url.hostname or "", url.port, timeout=self.timeout)
        try:
            self.connection.request(method, urlsplit(self.base).path + path, body, given)
            response = self.connection.getresponse()
            content = response.read()
        except BaseException:
            self.close()
            raise
        if response.headers["Content-Encoding"] == "gzip":
            content = gzip.decompress(content)
        request = f"{method} {path} {given} {(body or b'')[:1500].decode(errors='replace')}"
        return Answer(request.replace(self.key or "\0", "…"), response.status, response.headers, content)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request, sent again when the quota is used up, or the connection that was kept has been closed."""
        for _ in range(100):
            kept = self.connection is not None
            try:
                answer = self.send(method, path, body, **headers)
            except (ConnectionError, http.client.RemoteDisconnected):
                if not kept:
                    raise
                continue
            if answer.status != 429:
                return answer
            self.pauses += 1
            time.sleep(float(answer.headers["Retry-After"]))
        raise Failure(f"{method} {path} is never carried out")

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.ask("GET", path)
        if answer.status != status:
            raise Failure(f"expected {status}: {answer}")
        return answer.json()

    def walk(self, resource: str) -> Iterator[Json]:
        """Every record of a list, each once."""
        seen: set[str] = set()
        query: dict[str, Any] = {"limit": 200}
        while True:
            page = self.get(f"/v1/{resource}?{urlencode(query)}")
            for record in page["data"]:
                if record["id"] in seen:
                    raise Failure(f"the walk over {resource} meets {record['id']} twice")
                seen.add(record["id"])
                yield record
            if page["meta"]["next_cursor"] is None:
                return
            query["cursor"] = page["meta"]["next_cursor"]

    def changes(self) -> Iterator[Json]:
        """The whole feed."""
        since, more = 0, True
        while more:
            page = self.get(f"/v1/changes?since={since}&limit=1000")
            yield from page["data"]
            since, more = page["meta"]["next_since"], page["meta"]["has_more"]


def reduced(record: Json) -> Json:
    """A record of a list as the feed holds it: other records by id alone, and nothing that is derived."""
    record = {name: value for name, value in record.items() if name not in ("article_count", "incident_count")}
    if "relations" in record:
        record["relations"] = [relation for relation in record["relations"] if relation["direction"] == "outgoing"]
    return {name: by_id(value) for name, value in record.items()}


def by_id(value: Any) -> Any:
    if isinstance(value, list):
        return [by_id(item) for item in value]
    if isinstance(value, dict):
        return {"id": value["id"]} if "id" in value else {name: by_id(item) for name, item in value.items()}
    return value


def differences(left: Any, right: Any, pointer: str = "") -> Iterator[str]:
    """Where two JSON values differ, numbers by how they are written, too."""
    if isinstance(left, dict) and isinstance(right, dict):
        for name in sorted(left.keys() | right.keys()):
            if name in left and name in right:
                yield from differences(left[name], right[name], f"{pointer}/{name}")
            else:
                yield f"{pointer}/{name} is only in the {'first' if name in left else 'second'}"
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for i, (one, other) in enumerate(zip(left, right, strict=True)):
            yield from differences(one, other, f"{pointer}/{i}")
    elif (one := json.dumps(left, ensure_ascii=False)) != (other := json.dumps(right, ensure_ascii=False)):
        yield f"{pointer}: {one[:200]} and {other[:200]}"
