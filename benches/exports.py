#!/usr/bin/env python3
"""Times whole exports of a running server beside `psql \\copy` of the same rows, and how much memory they take.

    psql -X "$DATABASE_URL" -f benches/generate.sql
    civicspace serve --anonymous-quota 0 &
    benches/exports.py http://127.0.0.1:8080 "$DATABASE_URL" $!

Prints of each file its rows, megabytes (of 1,000,000 bytes), seconds, rows and megabytes a second, and by how many MiB the server was
larger than before, at most. Of `\\copy` there are two: the tables as they are stored, one after the other, and a statement that puts the
columns and lists of `incidents.csv` together, as one would write it who has no such file. Everything is read to the end and thrown away.
"""

import subprocess
import sys
import threading
import time
import urllib.request

if len(sys.argv) != 4:
    sys.exit(__doc__)
BASE, DATABASE, SERVER = sys.argv[1:]

FILES = [
    "incidents.ndjson",
    "incidents.csv",
    "incidents.geojson",
    "incidents.parquet",
    "participants.csv",
    "participants.ndjson",
    "entities.csv",
    "entities.ndjson",
    "articles.csv",
    "articles.ndjson",
]
TABLES = ["incidents", "incident_tags", "participants", "figures", "legal_steps", "sources", "incident_relations"]
VISIBLE = "state = 'published' AND dataset NOT IN (SELECT slug FROM datasets WHERE access = 'internal')"
AS_ONE_TABLE = f"""
SELECT i.id, i.version, i.dataset, i.external_id, i.state, i.created_at, i.updated_at, i.title, i.summary, i.kind, i.effect,
    array_to_string(i.freedoms, '|'), t.tags, i.start_date, i.end_date, i.date_precision, i.date_wording, i.country, i.admin1, i.place,
    i.lat, i.lon, i.place_precision, i.verification, i.coding_method, i.codebook, i.coding_note, p.names, p.ids, p.roles, f.figures,
    l.steps, s.titles, s.ids, s.urls, o.ids, o.relations
FROM incidents i
LEFT JOIN (SELECT incident_id, string_agg(tag, '|' ORDER BY position) AS tags FROM incident_tags GROUP BY 1) t ON t.incident_id = i.id
LEFT JOIN (SELECT p.incident_id, string_agg(coalesce(e.name, p.label), '|' ORDER BY p.position) AS names,
        string_agg(coalesce(e.id::text, ''), '|' ORDER BY p.position) AS ids, string_agg(p.role, '|' ORDER BY p.position) AS roles
    FROM participants p LEFT JOIN entities e ON e.id = p.entity_id GROUP BY 1) p ON p.incident_id = i.id
LEFT JOIN (SELECT incident_id, count(*) AS figures FROM figures GROUP BY 1) f ON f.incident_id = i.id
LEFT JOIN (SELECT incident_id, count(*) AS steps FROM legal_steps GROUP BY 1) l ON l.incident_id = i.id
LEFT JOIN (SELECT s.incident_id, string_agg(a.title, '|' ORDER BY s.position) AS titles,
        string_agg(a.id::text, '|' ORDER BY s.position) AS ids, string_agg(coalesce(a.url, ''), '|' ORDER BY s.position) AS urls
    FROM sources s JOIN articles a ON a.id = s.article_id GROUP BY 1) s ON s.incident_id = i.id
LEFT JOIN (SELECT incident_id, string_agg(target_id::text, '|' ORDER BY position) AS ids,
        string_agg(relation, '|' ORDER BY position) AS relations
    FROM incident_relations GROUP BY 1) o ON o.incident_id = i.id
WHERE i.{VISIBLE} ORDER BY i.id
"""


def resident() -> int:
    """How many KiB of memory the server has."""
    with open(f"/proc/{SERVER}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


class Watch(threading.Thread):
    """Looks at the memory of the server again and again."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.least = self.most = resident()
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.02):
            self.most = max(self.most, resident())


def read(stream) -> tuple[int, int]:
    """How many bytes and lines there are."""
    size = lines = 0
    while chunk := stream.read(1 << 20):
        size += len(chunk)
        lines += chunk.count(b"\n")
    return size, lines


def show(name: str, size: int, lines: int | None, seconds: float, memory: str = "") -> None:
    rows = f"{lines:>10,}" if lines else f"{'':>10}"
    rate = f"{lines / seconds:>10,.0f}" if lines else f"{'':>10}"
    print(f"{name:<32}{rows}{size / 1e6:>9,.0f}{seconds:>8.1f}{rate}{size / 1e6 / seconds:>8.1f}{memory:>8}", flush=True)


def export(name: str) -> None:
    watch = Watch()
    watch.start()
    start = time.perf_counter()
    with urllib.request.urlopen(f"{BASE}/v1/{name}", timeout=600) as answer:
        size, lines = read(answer)
    seconds = time.perf_counter() - start
    watch.over.set()
    watch.join()
    memory = f"{(watch.most - watch.least) / 1024:.0f}"
    show(name, size, None if name.endswith(".parquet") else lines, seconds, memory)


def copy(name: str, statements: list[str]) -> None:
    size = lines = 0
    start = time.perf_counter()
    for statement in statements:
        command = f"\\copy ({' '.join(statement.split())}) TO STDOUT WITH (FORMAT csv)"
        with subprocess.Popen(["psql", "-qX", DATABASE, "-c", command], stdout=subprocess.PIPE) as psql:
            of_this = read(psql.stdout)
        size, lines = size + of_this[0], lines + of_this[1]
    show(name, size, lines, time.perf_counter() - start)


print(f"{'':<32}{'lines':>10}{'MB':>9}{'s':>8}{'lines/s':>10}{'MB/s':>8}{'MiB':>8}")
for file in FILES:
    export(file)
copy("\\copy of the seven tables", [f"SELECT * FROM {table}" for table in TABLES])
copy("\\copy of incidents alone", [f"SELECT * FROM incidents WHERE {VISIBLE} ORDER BY id"])
copy("\\copy as incidents.csv", [AS_ONE_TABLE])
