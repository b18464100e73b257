#!/usr/bin/env python3
"""Reads the exports of a server with the programs that people read them with, and holds them against the lists.

    python3 tables.py http://127.0.0.1:8080

frictionless, csvkit and DuckDB (strict) must read every table and count the rows that there are; NDJSON, CSV, Parquet and GeoJSON must
hold the ids of the list, walked page by page, each once, under several filters; what the cells say must be what the records say, and
pyarrow and DuckDB must find it in Parquet with its type; and every point must lie in the box of its country. Exit status: 0; 1 if not so; 2 for wrong usage.
"""

import csv
import json
import subprocess
import sys
import tempfile
import urllib.request
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import frictionless
import pyarrow.parquet

Json = dict[str, Any]

FILTERS = {
    "incidents": ["", "country=KG&kind=liberty", "q=Japarov", "date_from=2019-01-01&date_to=2020-12-31", "measure=detained", "country=AF"],
    "entities": ["", "kind=person&country=KZ", "q=" + quote("Жапаров")],
    "articles": ["", "q=police"],
}
VALUES = {"figures": "figures", "participants": "participants", "legal_steps": "legal_steps"}

# West, south, east and north of the lands in which points may lie, in degrees, a little wider than they are.
BOXES = {
    "AF": (60.4, 29.3, 75.0, 38.6),
    "BY": (23.1, 51.2, 32.8, 56.2),
    "CN": (73.4, 18.1, 134.8, 53.6),
    "KG": (69.2, 39.1, 80.3, 43.3),
    "KZ": (46.4, 40.5, 87.4, 55.5),
    "RU": (-180.0, 41.1, 180.0, 81.9),
    "TJ": (67.3, 36.6, 75.2, 41.1),
    "TM": (52.4, 35.1, 66.7, 42.9),
    "TR": (25.6, 35.8, 44.9, 42.2),
    "UA": (22.1, 44.3, 40.3, 52.4),
    "UZ": (55.9, 37.1, 73.2, 45.6),
}


class Failure(Exception):
    """An export is not what it should be."""


def check(holds: bool, what: str) -> None:
    if not holds:
        raise Failure(what)


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=120) as answer:
        return answer.read()


def walk(base: str, resource: str, query: str) -> list[Json]:
    """All records of a list, page by page."""
    records: list[Json] = []
    cursor = ""
    while True:
        page = json.loads(fetch(f"{base}/v1/{resource}?limit=200&{query}{cursor}"))
        records += page["data"]
        if page["meta"]["next_cursor"] is None:
            return records
        cursor = f"&cursor={page['meta']['next_cursor']}"


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a table, as Python's own reader has them."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def read_by_others(path: Path, rows: int) -> None:
    """The programs of others read the table, and count the same rows."""
    name = path.name
    resource = frictionless.Resource(path=name, basepath=str(path.parent), encoding="utf-8")
    report = resource.validate()
    check(report.valid, f"{name}: frictionless finds {report.flatten(['rowNumber', 'fieldNumber', 'type', 'note'])[:5]}")
    counted_rows = report.tasks[0].stats.get("rows", 0)
    check(counted_rows == rows, f"{name}: frictionless counts {counted_rows} rows, not {rows}")
    counted = subprocess.run([Path(sys.executable).parent / "csvstat", "--count", path], capture_output=True, text=True, check=True)
    check(int(counted.stdout.strip().rsplit(" ", 1)[-1]) == rows, f"{name}: csvkit counts {counted.stdout.strip()} rows, not {rows}")
    clean = subprocess.run([Path(sys.executable).parent / "csvclean", "--enable-all-checks", path], capture_output=True, text=True, check=False)
    tolerated = ("Empty columns", "column")
    faults = [line for line in clean.stderr.splitlines()[1:] if line and not any(word in line for word in tolerated)]
    check(not faults, f"{name}: csvclean finds {faults[:5]}")
    count = duckdb.sql(
        f"SELECT count(*) FROM read_csv('{path}', strict_mode = true, header = true, delim = ',', quote = '\"', escape = '\"', "
        "all_varchar = true, null_padding = false, ignore_errors = false)"
    ).fetchall()
    check(count == [(rows,)], f"{name}: DuckDB counts {count} rows, not {rows}")
    guessed = duckdb.sql(f"SELECT count(*) FROM read_csv('{path}')").fetchall() if rows else [(0,)]
    check(guessed == [(rows,)], f"{name}: DuckDB, guessing, counts {guessed} rows, not {rows}")


def texts(cell: str) -> list[str]:
    """The texts of a cell that holds several."""
    if not cell:
        return []
    found, backslash = [""], False
    for letter in cell:
        if backslash or letter not in "|\\":
            found[-1] += letter
            backslash = False
        elif letter == "|":
            found.append("")
        else:
            backslash = True
    return found


def text(value: str | None) -> str:
    """A text as a cell has it: nothing that a spreadsheet would run."""
    value = value or ""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def is_told(value: Any, cell: str) -> bool:
    """Whether a value of Parquet is what the cell of a table says."""
    if value is None:
        return cell == ""
    if isinstance(value, list):
        # One empty text and none are the same cell.
        return texts(cell.removeprefix("'")) == ([] if value == [""] else value)
    if isinstance(value, bool):
        return cell == str(value).lower()
    if isinstance(value, (int, float)):
        return float(cell) == value
    if isinstance(value, datetime):
        return datetime.fromisoformat(cell) == value
    if isinstance(value, date):
        return cell == value.isoformat()
    return isinstance(value, str) and cell == text(value)


def compare_columns(base: str, name: str, query: str, rows: list[dict[str, str]], directory: Path) -> list[Json]:
    """The rows of a file by columns, which are those of the table."""
    path = directory / f"{name}.parquet"
    path.write_bytes(fetch(f"{base}/v1/{name}.parquet?{query}"))
    found: list[Json] = pyarrow.parquet.read_table(path).to_pylist()
    count = duckdb.sql(f"SELECT count(*) FROM read_parquet('{path}')").fetchall()
    check(len(found) == len(rows) and count == [(len(rows),)], f"{path.name}: {len(found)} and {count} rows, not {len(rows)}")
    for row, columns in zip(rows, found, strict=True):
        check(list(row) == list(columns), f"{path.name}: columns {list(columns)}")
        for column, value in columns.items():
            check(is_told(value, row[column]), f"{path.name}: {column} is {value!r}, not {row[column]!r}")
    return found


def compare(resource: str, record: Json, row: dict[str, str]) -> None:
    """What a row says is what the record says."""
    what = f"{resource} {record['id']}"
    for name in ("title", "summary", "name", "description", "kind", "effect", "external_id", "start_date", "end_date", "url", "created_at"):
        if name in record:
            check(row[name] == text(record[name]), f"{what}: {name} is {row[name]!r}, not {record[name]!r}")
    for name in ("version", "incident_count", "article_count"):
        if name in record:
            check(int(row[name]) == record[name], f"{what}: {name}")
    if resource == "incidents":
        check(texts(row["freedoms"]) == record["freedoms"] and texts(row["tags"]) == record["tags"], f"{what}: freedoms or tags")
        check(texts(row["participant_roles"]) == [part["role"] for part in record["participants"]], f"{what}: roles")
        check(texts(row["source_ids"]) == [source["article"]["id"] for source in record["sources"]], f"{what}: sources")
        point = tuple(float(row[name]) if row[name] else None for name in ("lat", "lon"))
        check(point == (record["location"]["lat"], record["location"]["lon"]), f"{what}: the point is {point}")
    if resource == "entities":
        names = texts(row["aliases"].removeprefix("'"))
        check(names == [alias["name"] for alias in record["aliases"]], f"{what}: aliases")


def compare_map(records: dict[str, Json], features: list[Json]) -> None:
    for feature in features:
        location = records[feature["id"]]["location"]
        if feature["geometry"] is None:
            check(location["lat"] is None, f"{feature['id']} has lost its point")
            continue
        lon, lat = feature["geometry"]["coordinates"]
        check((lon, lat) == (location["lon"], location["lat"]), f"{feature['id']} is at {lon}, {lat}")
        check(feature["properties"]["precision"] == location["precision"], f"{feature['id']}: precision")
        box = BOXES.get(location["country"])
        check(box is not None, f"{feature['id']}: the box of {location['country']} is not known here")
        if box:
            west, south, east, north = box
            check(west <= lon <= east and south <= lat <= north, f"{feature['id']} is at {lon}, {lat}, not in {location['country']}")


def check_resource(base: str, resource: str, query: str, directory: Path) -> int:
    records = {record["id"]: record for record in walk(base, resource, query)}
    path = directory / f"{resource}.csv"
    path.write_bytes(fetch(f"{base}/v1/{resource}.csv?{query}"))
    read_by_others(path, len(records))
    rows = table(path)
    lines = [json.loads(line) for line in fetch(f"{base}/v1/{resource}.ndjson?{query}").splitlines()]
    columns = compare_columns(base, resource, query, rows, directory)
    held = {"csv": [row["id"] for row in rows], "ndjson": [line["id"] for line in lines], "parquet": [row["id"] for row in columns]}
    if resource == "incidents":
        features = json.loads(fetch(f"{base}/v1/incidents.geojson?{query}"))["features"]
        held["geojson"] = [feature["id"] for feature in features]
        compare_map(records, features)
    for form, ids in held.items():
        check(len(ids) == len(set(ids)), f"{resource}.{form}?{query} holds a record twice")
        check(set(ids) == set(records), f"{resource}.{form}?{query} holds {len(ids)} records, the list {len(records)}")
    for line in lines:
        check(line == records[line["id"]], f"{resource}.ndjson?{query}: {line['id']} is not as the list has it")
    for row in rows:
        compare(resource, records[row["id"]], row)
    return len(records)


def check_values(base: str, name: str, directory: Path) -> int:
    expected = [(incident["id"], place) for incident in walk(base, "incidents", "") for place in range(len(incident[VALUES[name]]))]
    path = directory / f"{name}.csv"
    path.write_bytes(fetch(f"{base}/v1/{name}.csv"))
    read_by_others(path, len(expected))
    rows = table(path)
    compare_columns(base, name, "", rows, directory)
    found = [(row["incident_id"], int(row["position"])) for row in rows]
    lines = [json.loads(line) for line in fetch(f"{base}/v1/{name}.ndjson").splitlines()]
    check(found == sorted(expected), f"{name}.csv does not hold the values of the incidents")
    check([(line["incident_id"], line["position"]) for line in lines] == found, f"{name}.ndjson does not hold what {name}.csv holds")
    return len(found)


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    base = sys.argv[1].rstrip("/")
    with tempfile.TemporaryDirectory() as directory:
        try:
            for resource, queries in FILTERS.items():
                for query in queries:
                    print(f"{resource} {query or 'all'}: {check_resource(base, resource, query, Path(directory))} records")
            for name in VALUES:
                print(f"{name}: {check_values(base, name, Path(directory))} rows")
        except Failure as failure:
            print(f"tables.py: {failure}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
