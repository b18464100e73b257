#!/usr/bin/env python3
"""Times the first and second page of the lists, each filter with each sort, on a running server.

    psql -X "$DATABASE_URL" -f benches/generate.sql
    civicspace serve --anonymous-quota 0 &
    benches/lists.py http://127.0.0.1:8080

Prints the milliseconds of the second of two requests, so caches are warm. The ids are those that the generator makes
most and least use of, asked of the server itself.
"""

import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

BASE = sys.argv[1] if len(sys.argv) == 2 else sys.exit(__doc__)


def get(path, **query):
    url = f"{BASE}{path}?{urllib.parse.urlencode(query)}"
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return {"status": error.code}


def timed(path, **query):
    get(path, **query)
    start = time.perf_counter()
    answer = get(path, **query)
    return (time.perf_counter() - start) * 1000, answer


def cell(path, sort, query):
    first, answer = timed(path, sort=sort, **query)
    if "status" in answer:
        return f"{answer['status']:>15}"
    cursor = answer["meta"]["next_cursor"]
    second = timed(path, sort=sort, cursor=cursor, **query)[0] if cursor else 0
    return f"{first:>8.1f}{second:>7.1f}"


def entities(**query):
    return [entity["id"] for entity in get("/v1/entities", **query)["data"]]


bodies = get("/v1/entities", kind="public_body", country="KZ", limit=200)["data"]
heavy = max(bodies, key=lambda entity: entity["incident_count"])["id"]
people = get("/v1/entities", kind="person", limit=200)["data"]
light = min(people, key=lambda entity: entity["incident_count"])["id"]
article = get("/v1/articles", limit=1)["data"][0]
publisher = article["publisher"] and article["publisher"]["id"]

LISTS = {
    "/v1/incidents": (
        ["-date", "date", "-updated", "updated", "-created", "created"],
        [
            {}, {"kind": "assembly.protest"}, {"kind": "liberty"}, {"kind": "rating.change"}, {"kind_not": "assembly"},
            {"effect": "positive"}, {"country": "KZ"}, {"country": "TM"}, {"country": "KZ,KG,TJ"}, {"country_not": "KZ"},
            {"place": "Almaty"}, {"date_from": "2024-03-01", "date_to": "2024-03-31"},
            {"date_from": "2012-10-01", "date_to": "2012-10-31"}, {"date_from": "2024-01-01"}, {"date_to": "2000-01-01"},
            {"entity": heavy}, {"entity": light}, {"entity": heavy, "role": "court"}, {"role": "organizer"},
            {"article": article["id"]}, {"dataset": "central-asia"}, {"external_id": "none"}, {"freedom": "privacy"},
            {"tag": "tear_gas"}, {"verification": "verified"}, {"measure": "detained"},
            {"measure": "detained", "min_figure": 1000}, {"step": "acquitted"}, {"claimant_class": "police"},
            {"bbox": "76,43,77,44"}, {"bbox": "46,35,88,56"}, {"updated_since": "2025-01-01T00:00:00Z"},
            {"country": "KZ", "kind": "liberty", "date_from": "2022-01-01", "date_to": "2022-12-31"},
            {"country": "TM", "date_from": "2024-01-01"}, {"country": "UZ", "entity": heavy},
            {"tag": "tear_gas", "country": "KG"}, {"step": "convicted", "country": "KZ", "date_from": "2021-01-01"},
        ],
    ),
    "/v1/articles": (
        ["-published", "published", "-updated", "-created"],
        [
            {}, {"publisher": publisher}, {"language": "kk"}, {"published_from": "2024-03-01", "published_to": "2024-03-31"},
            {"entity": heavy}, {"dataset": "central-asia"}, {"updated_since": "2025-01-01T00:00:00Z"},
        ],
    ),
    "/v1/entities": (
        ["name", "-name", "-updated", "-created"],
        [{}, {"kind": "person"}, {"kind": "law"}, {"country": "TM"}, {"kind": "person", "country": "KG"}],
    ),
}

for path, (sorts, filters) in LISTS.items():
    print(f"\n{path:<52}" + "".join(f"{sort:>15}" for sort in sorts) + f"{'total':>9}")
    for query in filters:
        query = {name: value for name, value in query.items() if value is not None}
        label = "&".join(f"{name}={str(value)[:12]}" for name, value in query.items()) or "(all)"
        cells = "".join(cell(path, sort, query) for sort in sorts)
        total, answer = timed(path, include_total="true", limit=1, **query)
        print(f"{label[:51]:<52}{cells}{total:>9.1f}", flush=True)
