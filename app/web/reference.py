"""The two addresses where ``/v1`` is described: for programs, and for the people who write them."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

import msgspec
from litestar import get

from app import words
from app.settings import settings
from app.web.answer import JSON, Answer, AnyRequest
from app.web.api import KEY
from app.web.render import door
from app.web.schemas import REFERENCE, Schema

EVERYWHERE = {"401", "403", "413", "422", "429", "503"}  # said once, at the top


class Kind(NamedTuple):
    """What something may be, in words; and its shape, which has a place on the page."""

    said: str
    shape: str = ""


class Field(NamedTuple):
    name: str
    place: str  # where it is sent: address, query, header, body
    kind: Kind
    is_required: bool
    about: str


class Outcome(NamedTuple):
    status: str
    kinds: list[Kind]


class Address(NamedTuple):
    group: str
    id: str
    method: str
    path: str
    scope: str
    summary: str
    about: str
    fields: list[Field]
    outcomes: list[Outcome]


class Shape(NamedTuple):
    name: str
    about: str
    fields: list[Field]
    words: list[str]  # when it is one of a few words


class Problem(NamedTuple):
    shape: str
    kind: str
    status: int
    fields: list[Field]  # beside those that every problem has


@get("/v1/openapi.json")
async def openapi(request: AnyRequest) -> Answer:
    return Answer(msgspec.json.encode(request.app.state.openapi), media_type=JSON)


@get("/v1/docs")
async def docs(request: AnyRequest) -> Answer:
    document: Schema = request.app.state.openapi
    shapes = document["components"]["schemas"]
    return door(
        request,
        "reference/show.html",
        about=document["info"]["description"],
        groups=[(n, list(found)) for n, found in groupby(_addresses(document), lambda a: a.group)],
        shapes=[_shape(name, shape) for name, shape in shapes.items() if not _is_problem(shape)],
        problems=[_problem(name, shape) for name, shape in shapes.items() if _is_problem(shape)],
        base_url=settings.base_url if settings.is_base_url_given else request.base_url,
    )


def _addresses(document: Schema) -> Iterator[Address]:
    shapes = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            sent = [p for p in said.get("parameters", []) if p["name"] != KEY.name]
            fields = [_sent(parameter) for parameter in sent]
            if "requestBody" in said:
                (body,) = said["requestBody"]["content"].values()
                fields += _fields(shapes[_name(body["schema"])], "body")
            yield Address(
                group=said["tags"][0],
                id=said["operationId"],
                method=method.upper(),
                path=path,
                scope=said["security"][0]["token"][0],
                summary=said["summary"],
                about=said.get("description", ""),
                fields=fields,
                outcomes=[
                    _outcome(status, answer, shapes)
                    for status, answer in said["responses"].items()
                    if status not in EVERYWHERE
                ],
            )


def _outcome(status: str, answer: Schema, shapes: Schema) -> Outcome:
    (content,) = answer["content"].values()
    found = content["schema"].get("oneOf", [content["schema"]])
    names = [_name(schema) for schema in found]
    kinds = {name: _problem(name, shapes[name]).kind for name in names if _is_problem(shapes[name])}
    return Outcome(status, [Kind(kinds.get(name, name), name) for name in names])


def _sent(parameter: Schema) -> Field:
    schema = parameter["schema"]
    place = "address" if parameter["in"] == "path" else parameter["in"]
    about = parameter.get("description") or schema.get("description", "")
    return Field(parameter["name"], place, _kind(schema), parameter["required"], about)


def _fields(shape: Schema, place: str = "") -> list[Field]:
    return [
        Field(name, place, _kind(field), name in shape["required"], field.get("description", ""))
        for name, field in shape.get("properties", {}).items()
    ]


def _shape(name: str, shape: Schema) -> Shape:
    return Shape(name, shape.get("description", ""), _fields(shape), shape.get("enum", []))


def _is_problem(shape: Schema) -> bool:
    properties: Schema = shape.get("properties", {})
    return properties.keys() >= {"type", "title", "status", "detail"}


def _problem(name: str, shape: Schema) -> Problem:
    kind, status = (shape["properties"][field]["enum"][0] for field in ("type", "status"))
    return Problem(name, kind, status, _fields(shape)[4:])


def _name(schema: Schema) -> str:
    return str(schema["$ref"]).removeprefix(REFERENCE)


def _kind(schema: Schema) -> Kind:
    """A schema in a few words."""
    if "$ref" in schema:
        return Kind(_name(schema), _name(schema))
    if "anyOf" in schema:
        (some,) = [_kind(s) for s in schema["anyOf"] if s != {"type": "null"}]
        return some._replace(said=f"{some.said} or null")
    if schema.get("type") == "array":
        items = _kind(schema["items"])
        return items._replace(said=f"list of {items.said}")
    return Kind(_said(schema))


def _said(schema: Schema) -> str:
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if {"minimum", "maximum"} <= schema.keys():
        return f"integer, {words.number(schema['minimum'])} to {words.number(schema['maximum'])}"
    if "maxLength" in schema:
        return f"text, up to {words.number(schema['maxLength'])}"
    kind: str = schema.get("format") or schema["type"]
    return {"string": "text", "boolean": "true or false", "date-time": "time"}.get(kind, kind)
