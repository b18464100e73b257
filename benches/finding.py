#!/usr/bin/env python3
"""Times what finds: lists with a search, search, type-ahead, matching, entity pages and similar records.

    psql -X "$DATABASE_URL" -f benches/generate.sql
    civicspace migrate
    civicspace serve --anonymous-quota 0 --key-quota 0 &
    KEY=$(civicspace keys create --role editor --name bench) benches/finding.py http://127.0.0.1:8080

Prints the milliseconds of the second of two requests of each; of type-ahead and matching, which take many different
texts, p50, p95 and p99 of one request each.
"""

import json
import os
import random
import statistics
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

BASE = sys.argv[1] if len(sys.argv) == 2 else sys.exit(__doc__)
KEY = os.environ.get("KEY")


def ask(path, body=None, **query):
    url = f"{BASE}{path}?{urllib.parse.urlencode(query)}" if query else f"{BASE}{path}"
    headers = {"Authorization": f"Bearer {KEY}"} if KEY and path.endswith("/similar") else {}
    if body is not None:
        headers["Content-Type"] = "application/json"
        body = json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return {"status": error.code}


def timed(path, body=None, **query):
    start = time.perf_counter()
    answer = ask(path, body, **query)
    return (time.perf_counter() - start) * 1000, answer


def told(label, path, **query):
    ask(path, **query)
    took, answer = timed(path, **query)
    second = None
    cursor = answer.get("meta", {}).get("next_cursor")
    if cursor:
        second = timed(path, cursor=cursor, **query)[0]
    problem = f"  {answer['status']}" if "status" in answer and isinstance(answer["status"], int) else ""
    print(f"{label[:88]:<90}{took:>9.1f}{'' if second is None else f'{second:>9.1f}'}{problem}", flush=True)


def spread(label, times):
    cuts = statistics.quantiles(times, n=100)
    print(f"{label:<60}{len(times):>6} asked  p50 {cuts[49]:.1f}  p95 {cuts[94]:.1f}  p99 {cuts[98]:.1f}  most {max(times):.1f}", flush=True)


chance = random.Random(1)
people = ask("/v1/entities", kind="person", limit=200)["data"]
bodies = ask("/v1/entities", kind="public_body", country="KZ", limit=200)["data"]
heavy = max(bodies, key=lambda entity: entity["incident_count"])
light = min(people, key=lambda entity: entity["incident_count"])
titles = [incident["title"] for incident in ask("/v1/incidents", limit=200)["data"]]
common, other = "detained", "activist"

print(f"{'':<90}{'page 1':>9}{'page 2':>9}")
SEARCHES = [
    common, "police", "задержаны", f"{common} {other}", f'"{other} {common}"', f"-{common}", f"{other} -{common}",
    "det*", "a*", "Almaty", heavy["name"], light["name"], light["name"].split()[0], "the", "zzzz", "police court Almaty",
    f"{common} {heavy['name']}", " ".join("abcdefghijklmnopqrstuvwxyz"), "court OR police", titles[0],
]
FILTERS = [
    {}, {"country": "TM"}, {"country": "KZ", "kind": "liberty"}, {"entity": heavy["id"]}, {"sort": "date"},
    {"date_from": "2012-10-01", "date_to": "2012-10-31"}, {"include_total": "true"}, {"near": "76.95,43.25,20"},
    {"tag": "tear_gas"}, {"updated_since": "2025-01-01T00:00:00Z", "sort": "updated"},
]
for q in SEARCHES:
    told(f"search {q}", "/v1/search", q=q)
    told(f"articles {q}", "/v1/articles", q=q)
    told(f"entities {q}", "/v1/entities", q=q)
    for query in FILTERS:
        label = "&".join(f"{name}={value}" for name, value in query.items())
        told(f"incidents {q} {label}", "/v1/incidents", q=q, **query)
for circle in ("76.95,43.25,5", "76.95,43.25,500", "0,0,20000", "0,0,10"):
    told(f"incidents near={circle}", "/v1/incidents", near=circle)
    told(f"incidents near={circle}, total", "/v1/incidents", near=circle, include_total="true")
for entity in (heavy, light):
    for page in ("timeline", "connections"):
        told(f"{page} of {entity['incident_count']} incidents", f"/v1/entities/{entity['id']}/{page}")
        told(f"{page} of {entity['incident_count']} incidents, total", f"/v1/entities/{entity['id']}/{page}", include_total="true")
if KEY:
    for resource, each in (("entities", [heavy, *people[:5]]), ("incidents", ask("/v1/incidents", limit=5)["data"]), ("articles", ask("/v1/articles", limit=5)["data"])):
        for record in each:
            told(f"{resource} like {record.get('name', record.get('title'))}", f"/v1/{resource}/{record['id']}/similar")

names = [name for entity in people + bodies for name in [entity["name"], *(alias["name"] for alias in entity["aliases"])]]
for length in (2, 3, 4, 6):
    beginnings = [chance.choice(name.split())[:length] for name in chance.choices(names, k=300)]
    beginnings = [beginning for beginning in beginnings if len(beginning) >= 2]
    spread(f"suggest, {length} letters", [timed("/v1/suggest", q=beginning)[0] for beginning in beginnings])
    spread(f"suggest, {length} letters, of laws in TM", [timed("/v1/suggest", q=beginning, kind="law", country="TM")[0] for beginning in beginnings])
several = [name.split() for name in chance.choices([name for name in names if " " in name], k=300)]
for label, each in (
    ("whole names", [" ".join(words) for words in several]),
    ("three letters of a word and two of the next", [f"{words[0][:3]} {words[1][:2]}" for words in several]),
    ("a word and one letter of the next", [f"{words[0]} {words[1][:1]}" for words in several]),
    ("the last word and then the first", [f"{words[-1]} {words[0]}" for words in several]),
):
    spread(f"suggest, {label}", [timed("/v1/suggest", q=typed)[0] for typed in each])
typos = [name[: len(name) // 2] + name[len(name) // 2 + 1 :] for name in chance.choices(names, k=300)]
for label, each in (("as they are", chance.choices(names, k=300)), ("with a typo", typos)):
    spread(f"match, names {label}", [timed("/v1/match", {"queries": {"a": {"name": name}}})[0] for name in each])
