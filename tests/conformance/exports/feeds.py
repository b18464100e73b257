#!/usr/bin/env python3
"""Reads the feeds of a server as a reader of feeds does. Needs the package `feedparser`.

    python3 feeds.py http://127.0.0.1:8080

Every page must be well-formed, its entries unique, in order, and complete: the feed walked by its `next` links holds the
records that the list holds, in the order of the list. A second reading must be the same, and cost a 304 alone.
Exit status: 0; 1 if not so; 2 for wrong usage.
"""

import json
import sys
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urljoin

import feedparser

FILTERS = {
    "incidents": ["limit=200", "limit=30&kind=assembly", "country=KG&limit=7&q=Bishkek", "limit=1&kind=rating", "q=nothingatallhasthis"],
    "articles": ["", "limit=2", "q=Bishkek"],
}


class Failure(Exception):
    """The feed is not what it should be."""


def check(holds: bool, what: str) -> None:
    if not holds:
        raise Failure(what)


def fetch(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read()


def page(url: str) -> tuple[Any, str]:
    """A page of a feed, and its ETag."""
    status, headers, body = fetch(url)
    check(status == 200, f"{url} answers {status}")
    check(headers["content-type"] == "application/atom+xml", f"{url} is {headers['content-type']}")
    parsed = feedparser.parse(body, response_headers={**headers, "content-location": url})
    check(not parsed.bozo, f"{url} is malformed: {parsed.get('bozo_exception')}")
    check(parsed.version == "atom10", f"{url} is {parsed.version}")
    for member in ("id", "title", "updated_parsed", "author"):
        check(bool(parsed.feed.get(member)), f"{url} has no {member}")
    for entry in parsed.entries:
        for member in ("id", "title", "link", "updated_parsed", "published_parsed"):
            check(bool(entry.get(member)), f"{url}: {entry.get('id')} has no {member}")
        alternates = [(link.get("type"), link.get("hreflang")) for link in entry.links if link.rel == "alternate"]
        check(len(set(alternates)) == len(alternates) > 0, f"{url}: {entry.id} has the alternates {alternates}")
        check(all(":" in tag.scheme for tag in entry.get("tags", [])), f"{url}: {entry.id} has a category without a scheme")
        check(entry.published <= entry.updated, f"{url}: {entry.id} was changed before it was there")
    status, again, body = fetch(url, If_None_Match=headers["etag"])
    check((status, body) == (304, b"") and again["etag"] == headers["etag"], f"{url} answers {status} to its own ETag")
    return parsed, headers["etag"]


def link(links: list[Any], rel: str) -> str | None:
    return next((link.href for link in links if link.rel == rel), None)


def walk(url: str) -> tuple[list[tuple[str, str]], set[str], list[str]]:
    """The id and moment of each entry, the ids of the feed, and the ETags of its pages."""
    entries, feeds, tags = [], set(), []
    following: str | None = url
    while following:
        parsed, tag = page(following)
        check(urljoin(following, link(parsed.feed.links, "self") or "") == following, f"{following} says that it is {link(parsed.feed.links, 'self')}")
        entries += [(entry.id, entry.updated) for entry in parsed.entries]
        feeds.add(parsed.feed.id)
        tags.append(tag)
        address = link(parsed.feed.links, "next")
        following = urljoin(following, address) if address else None
    return entries, feeds, tags


def listed(url: str) -> list[str]:
    """The ids of the records of a list."""
    found: list[str] = []
    cursor = ""
    while True:
        status, _, body = fetch(f"{url}&cursor={cursor}" if cursor else url)
        check(status == 200, f"{url} answers {status}")
        answer = json.loads(body)
        found += [record["id"] for record in answer["data"]]
        cursor = answer["meta"]["next_cursor"]
        if not cursor:
            return found


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    base = sys.argv[1].rstrip("/")
    seen: dict[str, str] = {}
    for resource, filters in FILTERS.items():
        for query in filters:
            url = f"{base}/v1/feeds/{resource}.atom" + (f"?{query}" if query else "")
            try:
                entries, feeds, tags = walk(url)
                ids = [name.removeprefix("urn:uuid:") for name, _ in entries]
                check(len(set(ids)) == len(ids), f"{url} repeats entries")
                check([at for _, at in entries] == sorted((at for _, at in entries), reverse=True), f"{url} is not in order")
                check(ids == listed(f"{base}/v1/{resource}?sort=-updated&{query}"), f"{url} is not the list")
                check(len(feeds) == 1, f"{url} has the ids {feeds}")
                name = feeds.pop()
                filtered = f"{resource}?{'&'.join(sorted(pair for pair in query.split('&') if not pair.startswith('limit=')))}"
                check(seen.setdefault(name, filtered) == filtered, f"{url} has the id of {seen.get(name)}")
                check(walk(url) == (entries, {name}, tags), f"{url} differs from one reading to the next")
            except Failure as failure:
                print(failure)
                return 1
            print(f"{url}: {len(entries)} entries on {len(tags)} pages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
