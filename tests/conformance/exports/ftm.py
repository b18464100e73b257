#!/usr/bin/env python3
"""Holds an export in the form of FollowTheMoney against the model itself. Needs the package `followthemoney`.

    python3 ftm.py FILE                 a whole export, one entity a line
    python3 ftm.py http://127.0.0.1:8080    the export of a server; compares its numbers with those of the API as well

Every line must be an entity of the model: a schema that is not abstract, properties that it has, values that the cleaning
of the package takes as they are, everything that is required, and entities at the other end that are there and of the kind
that the property takes. Exit status: 0; 1 if not so; 2 for wrong usage.
"""

import json
import sys
import urllib.request
from collections import Counter
from typing import Any

from followthemoney import model
from followthemoney.entity import ValueEntity
from followthemoney.exc import InvalidData
from followthemoney.proxy import EntityProxy
from followthemoney.types import registry
from normality.cleaning import strip_quotes

Json = dict[str, Any]
MEMBERS = {"id", "schema", "properties", "datasets"}


def faults(line: Json, by_id: dict[str, Json]) -> list[str]:
    """What is wrong with an entity."""
    schema = model.get(line["schema"])
    if schema is None or schema.abstract:
        return [f"there is no schema {line['schema']}"]
    found = [] if set(line) == MEMBERS else [f"members {sorted(line)}"]
    if not registry.entity.validate(line["id"]):
        found.append("its id is none")
    found += [f"lacks {name}" for name in schema.required if not line["properties"].get(name)]
    if schema.edge:
        found += [f"has not one {end}" for end in (schema.edge_source, schema.edge_target) if len(line["properties"].get(end, [])) != 1]
    try:
        schema.validate(line)
        proxy = EntityProxy.from_dict(line, cleaned=False)
        ValueEntity.from_dict(json.loads(json.dumps(line)), cleaned=False)
    except InvalidData as error:
        return [*found, f"{error}: {error.errors}"]
    for name, values in line["properties"].items():
        prop = schema.get(name)
        if prop is None or prop.stub:
            found.append(f"has no property {name}")
            continue
        # The package takes quotation marks off the ends of a name, whether or not they belong together.
        expected = [strip_quotes(value) for value in values] if prop.type == registry.name else values
        if proxy.get(name) != expected:
            found.append(f"{name} is {values!r} and {proxy.get(name)!r} after cleaning")
        found += [f"{name} is too long: {value!r}" for value in values if len(value) > prop.max_length]
        if prop.type == registry.entity and prop.range is not None:
            for value in values:
                end = by_id.get(value)
                if end is None:
                    found.append(f"{name} is {value}, which is not there")
                elif not model[end["schema"]].is_a(prop.range):
                    found.append(f"{name} is a {end['schema']}, and no {prop.range.name}")
    return found


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return answer.read()


def counted(base: str, schemata: Counter[str]) -> list[str]:
    """Where the numbers are not those of the API."""
    things = sum(number for name, number in schemata.items() if model[name].is_a("Thing") and name != "Event")
    found = []
    for resource, number in (("entities", things), ("incidents", schemata["Event"])):
        total = json.loads(get(f"{base}/v1/{resource}?limit=1&include_total=true"))["meta"]["total"]
        # An incident in which no entity takes part need not be there.
        least = total["value"] if resource == "entities" else min(total["value"], 1)
        if total["relation"] == "eq" and not least <= number <= total["value"]:
            found.append(f"{number} {resource}, and {total['value']} in the API")
    return found


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    source = sys.argv[1].rstrip("/")
    remote = source.startswith(("http://", "https://"))
    if remote:
        text = get(f"{source}/v1/entities.ftm.ndjson")
    else:
        with open(source, "rb") as file:
            text = file.read()
    lines = [json.loads(line) for line in text.splitlines()]
    by_id = {line["id"]: line for line in lines}
    schemata = Counter(line["schema"] for line in lines)
    failed = [f"{line['schema']} {line['id']}: {fault}" for line in lines for fault in faults(line, by_id)]
    failed += [f"the id {name} stands {number} times" for name, number in Counter(line["id"] for line in lines).items() if number > 1]
    if remote:
        failed += counted(source, schemata)
    if not lines:
        failed.append("nothing is there")
    for fault in failed[:50]:
        print(fault)
    print(f"{len(lines)} entities ({', '.join(f'{number} {name}' for name, number in schemata.most_common())}), {len(failed)} faults")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
