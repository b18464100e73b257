"""What the document says in words and a schema cannot: applied to the requests that are meant to be accepted.

A cursor is opaque: only the server makes one, for the very filters it is sent back with. So where a valid request holds an
invented cursor, one is taken from the server for the same filters. The other rules join two parameters of a query.
"""

import json
import re

import requests
import schemathesis

SNAPSHOT_FILE = "/v1/snapshots/{id}/{file}"


@schemathesis.serializer("application/x-ndjson")
def line(context, value):
    """A batch of one line."""
    return json.dumps(value).encode() + b"\n"


@schemathesis.deserializer("application/x-ndjson")
def one_line(context, response):
    """The first line: a schema is that of a line. Where there is none, the one of the document stands for it."""
    for line in response.content.splitlines():
        return json.loads(line)
    return context.operation.definition.raw["responses"]["200"]["content"]["application/x-ndjson"]["example"]


@schemathesis.deserializer("text/csv")
@schemathesis.deserializer("application/atom+xml")
def text(context, response):
    """The text of a feed or a table: what is in it is checked by those who read them."""
    return response.text


@schemathesis.deserializer("application/vnd.apache.parquet")
def columns(context, response):
    """The bytes of a table by columns, a letter each."""
    if not (response.content.startswith(b"PAR1") and response.content.endswith(b"PAR1")):
        raise ValueError("no whole Parquet file")
    return response.content.decode("latin-1")


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    # Only the server knows its snapshots.
    if case.operation.path == SNAPSHOT_FILE:
        listed = requests.get(f"{case.operation.base_url}/v1/snapshots", timeout=10).json()["data"]
        if listed:
            case.path_parameters = {"id": listed[0]["id"], "file": listed[0]["files"][0]["name"]}
    # Boundaries of length are generated without regard to the pattern.
    version = (case.headers or {}).get("If-Match")
    if version is not None and not re.fullmatch(r'(W/)?"[0-9]+([.][^"]*)?"', version):
        case.headers["If-Match"] = kwargs.get("headers", {})["If-Match"] = '"1"'
    if not case.query:
        return
    query = case.query
    # A number beyond the end of the log is refused, and only the server knows where that is.
    if "since" in query:
        query["since"] = 0
    # Waiting is tried at its limits, in the phase of coverage, and not a hundred times more.
    if "wait" in query and case.meta.phase.name != "coverage":
        query["wait"] = 0
    # Days of centuries are more rows than are answered.
    if case.operation.path == "/v1/stats/incidents":
        query.pop("date_from", None)
        query.pop("date_to", None)
    if "min_figure" in query and "measure" not in query:
        del query["min_figure"]
    for low, high in (("date_from", "date_to"), ("published_from", "published_to")):
        if low in query and high in query and query[low] > query[high]:
            query[low], query[high] = query[high], query[low]
    if "bbox" in query:
        box = query["bbox"]
        west, south, east, north = (float(edge) for edge in (box.split(",") if isinstance(box, str) else box))
        # A longitude may be 180, a latitude 90.
        south, north = south / 2, north / 2
        box = [str(edge) for edge in (west, min(south, north), east, max(south, north))]
        query["bbox"] = ",".join(box) if isinstance(query["bbox"], str) else box
    if "cursor" in query:
        del query["cursor"]
        sent = case.as_transport_kwargs(base_url=case.operation.base_url)
        answer = requests.request(**{**sent, "timeout": 10})
        # The cursor of a record that another one was merged into is for the path of that record.
        is_own = answer.status_code == 200 and not answer.history
        if is_own and case.operation.path.endswith(".atom"):
            following = re.search(r"[?&]cursor=([A-Za-z0-9_-]+)>", answer.headers.get("Link", ""))
            cursor = following and following[1]
        else:
            cursor = answer.json()["meta"]["next_cursor"] if is_own else None
        if cursor is not None:
            query["cursor"] = cursor
