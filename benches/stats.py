#!/usr/bin/env python3
"""Times statistics on a running server: the first answer and the kept one, beside a plain GROUP BY of the same in SQL.

    psql -X "$DATABASE_URL" -f benches/generate.sql
    civicspace serve --anonymous-quota 0 &
    benches/stats.py http://127.0.0.1:8080 "$DATABASE_URL"

Prints milliseconds, the least of three, and how many times faster the first answer is than the GROUP BY. What is kept is passed over by
spelling the question in another way each time. The GROUP BY runs as statements of the server do: without workers, compiled plans
or the time of a session to begin.
"""

import itertools
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

BASE, DATABASE = sys.argv[1:] if len(sys.argv) == 3 else sys.exit(__doc__)
SETTINGS = "SET jit = off; SET max_parallel_workers_per_gather = 0; SET random_page_cost = 1.1; SET timezone = 'UTC'"
SPELLINGS = itertools.count()

KEYS = {
    "category": "split_part(kind, '.', 1)",
    **{span: f"date_trunc('{span}', start_date::timestamp)::date" for span in ("year", "month", "week", "day")},
}
WHERE = {
    "country": "country = '{}'",
    "kind": "kind LIKE '{}.%'",
    "date_from": "end_date >= '{}'",
    "date_to": "start_date <= '{}'",
}
QUESTIONS = [
    ({"group_by": "month,kind"}, True),
    ({"group_by": "month,kind", "country": "KG"}, True),
    ({"group_by": "month,kind", "country": "KG", "date_from": "2020-01-01", "date_to": "2022-12-31"}, True),
    ({"group_by": "month,kind", "country": "KG", "date_from": "2020-01-15", "date_to": "2022-12-10"}, True),
    ({"group_by": "month,kind", "date_from": "2020-01-15", "date_to": "2022-12-10"}, True),
    ({"group_by": "country"}, True),
    ({"group_by": "year,category", "kind": "liberty"}, True),
    ({"group_by": "dataset"}, True),
    ({"group_by": "week"}, True),
    ({"group_by": "day", "country": "KG"}, True),
    ({"group_by": "admin1"}, True),
    ({"group_by": "effect"}, True),
    ({"group_by": "verification,kind"}, True),
    ({"group_by": "freedom"}, False),
    ({"group_by": "role"}, False),
    ({"group_by": "role", "country": "KG"}, False),
    ({"group_by": "measure"}, False),
    ({"group_by": "year", "measure": "detained"}, False),
    ({"group_by": "year", "measure": "detained", "country": "KG"}, False),
    ({"group_by": "kind", "unit": "people"}, False),
    ({"group_by": "kind", "unit": "people", "country": "KG"}, False),
    ({"group_by": "year", "unit": "articles"}, False),
    ({"group_by": "year", "unit": "articles", "country": "KG"}, False),
]


def asked(query):
    start = time.perf_counter()
    try:
        with urllib.request.urlopen(f"{BASE}/v1/stats/incidents?{urllib.parse.urlencode(query)}", timeout=60) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        return f"{error.code:>10}"
    return (time.perf_counter() - start) * 1000


def first(query):
    # The same is named as often as makes the question another one: the country, or a category of few incidents that is left out.
    name, value = ("country", query["country"]) if "country" in query else ("kind_not", "rating")
    return asked({**query, name: ",".join([value] * (next(SPELLINGS) + 1))})


def plain(query):
    keys = ", ".join(KEYS.get(by, by) for by in query["group_by"].split(","))
    conditions = ["state = 'published'", "dataset <> 'field-notes'"]
    conditions += [WHERE[name].format(value) for name, value in query.items() if name in WHERE]
    statement = f"SELECT {keys}, count(*) FROM incidents WHERE {' AND '.join(conditions)} GROUP BY {keys}"
    script = f"{SETTINGS};\n" + f"EXPLAIN (ANALYZE, TIMING OFF) {statement};\n" * 3
    output = subprocess.run(["psql", "-qXAt", DATABASE], input=script, capture_output=True, text=True, check=True).stdout
    return min(float(time) for time in re.findall(r"Execution Time: ([0-9.]+) ms", output))


def least(times):
    times = list(times)
    return min(times) if all(isinstance(each, float) for each in times) else times[0]


def cell(value):
    return f"{value:>10.1f}" if isinstance(value, float) else str(value)


print(f"{'':<74}{'first':>10}{'kept':>10}{'GROUP BY':>10}{'times':>8}")
for query, is_plain in QUESTIONS:
    made = least(first(query) for _ in range(3))
    asked(query)
    kept = least(asked(query) for _ in range(3))
    label = "&".join(f"{name}={value}" for name, value in query.items())
    grouped = plain(query) if is_plain else ""
    ratio = f"{grouped / made:>8.1f}" if is_plain and isinstance(made, float) else ""
    print(f"{label:<74}{cell(made)}{cell(kept)}{cell(grouped)}{ratio}", flush=True)
