"""The schemas of what ``/v1`` takes and tells, made from the types themselves."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Literal

import msgspec

from app.errors import Refusal
from app.web.failures import KINDS

Schema = dict[str, Any]

REFERENCE = "#/components/schemas/"


class Schemas:
    """Every type that is described, by its schema. What has a name of its own is a component."""

    def __init__(self, described: Iterable[Any]) -> None:
        types = list(dict.fromkeys(described))
        made = msgspec.json.schema_components(types, ref_template=f"{REFERENCE}{{name}}")
        # What we call ProductOut, to keep it apart from the table, is a Product to the outside.
        named = re.sub(rb'(?<=\w)Out"', b'"', msgspec.json.encode(made))
        schemas, self.components = msgspec.json.decode(named, type=tuple[list[Schema], Schema])
        self._schemas: dict[Any, Schema] = dict(zip(types, schemas, strict=True))

    def of(self, kind: Any) -> Schema:
        return self._schemas[kind]

    def required(self, kind: type[msgspec.Struct]) -> list[str]:
        """The fields of a shape that have to be there."""
        name = str(self.of(kind)["$ref"]).removeprefix(REFERENCE)
        found: list[str] = self.components[name]["required"]
        return found


def query(kind: type[msgspec.Struct]) -> dict[str, Schema]:
    """The fields of a query, each by itself, without null, which no query can say."""
    made = msgspec.json.schema(kind)
    whole = made["$defs"][kind.__name__]
    return {name: _given(field, made["$defs"]) for name, field in whole["properties"].items()}


def _given(field: Schema, named: dict[str, Schema]) -> Schema:
    (kind,) = [kind for kind in field.get("anyOf", [field]) if kind != {"type": "null"}]
    if reference := kind.get("$ref"):
        kind = named[reference.rsplit("/")[-1]]
    given = {**field, **kind, "default": field.get("default")}
    return {k: v for k, v in given.items() if k != "anyOf" and (k, v) != ("default", None)}


@cache
def problem(
    kind: str, status: int, extra: tuple[tuple[str, Any], ...] = ()
) -> type[msgspec.Struct]:
    """What a program is told of one kind of failure: RFC 9457."""
    name = "".join(word.capitalize() for word in kind.split("-"))
    fields = [
        ("type", Literal[kind]),
        ("title", str),
        ("status", Literal[status]),
        ("detail", str),
        *extra,
    ]
    return msgspec.defstruct(f"{name}{status if kind == 'stale' else ''}", fields)


def problem_of(refusal: type[Refusal]) -> type[msgspec.Struct]:
    return problem(refusal.kind, refusal.status, refusal.extra)


def problem_of_status(status: int) -> type[msgspec.Struct]:
    return problem(KINDS[status], status)
