"""What ``/v1`` says of itself: OpenAPI 3.1, made from the calls that its handlers read by."""

import re
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

import msgspec
from litestar import Litestar
from litestar.routes import HTTPRoute

from app.errors import Invalid, NotFound, Refusal
from app.idempotency.once import KeyReused
from app.web import kinds
from app.web.answer import JSON, PROBLEM
from app.web.api import CALL, KEY, REPLAYED, Call, Header, Nothing
from app.web.schemas import Schema, Schemas, problem_of, problem_of_status, query

ABOUT = """\
Bodies are JSON, and fields that are not described are refused. Times are UTC, RFC 3339. Money is \
an integer of minor units. A list answers its `items` and the `next_cursor` of the page behind it, \
or null. Every POST takes an `Idempotency-Key`: the same key with the same body is answered as \
before and acts once; 2xx, 404 and 409 are kept so for 7 days. What is refused is a problem \
(RFC 9457) and changes nothing."""
TOKEN = "What `onhand token add NAME` prints; to write it has to be of scope write."  # noqa: S105

ITSELF = {"/v1/openapi.json", "/v1/docs"}
IN_ADDRESS = {"sku": ("sku", kinds.Sku), "order_id": ("id", kinds.Id)}
_RETRY = Header("Retry-After", int, "Seconds to wait before the next try.")
_TOLD = {401: [Header("WWW-Authenticate")], 429: [_RETRY], 503: [_RETRY]}


class Operation(NamedTuple):
    """A call at its address."""

    path: str
    method: str
    name: str
    call: Call[Any, Any]

    @property
    def tag(self) -> str:
        return self.path.split("/")[2]

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def has_body(self) -> bool:
        return self.writes and self.call.takes is not Nothing

    @property
    def in_address(self) -> list[tuple[str, Any]]:
        names = dict(IN_ADDRESS.values())
        return [(name, names[name]) for name in re.findall(r"\{(\w+)\}", self.path)]

    @property
    def headers(self) -> list[Header]:
        return [*self.call.headers, *([KEY] if self.method == "POST" else [])]

    @property
    def told(self) -> list[Header]:
        return [*self.call.tells, *([REPLAYED] if self.method == "POST" else [])]

    @property
    def problems(self) -> dict[int, list[type[msgspec.Struct]]]:
        """Every way to fail, by status: what the shop refuses, then what comes before the shop."""
        refusals: list[type[Refusal]] = list(self.call.refuses)
        refusals += [NotFound] if self.in_address else []
        refusals += [Invalid] if self.headers or self.call.takes.__struct_fields__ else []
        refusals += [KeyReused] if self.method == "POST" else []
        statuses = [
            401,
            *([403] if self.writes else []),
            *([413] if self.has_body else []),
            429,
            503,
        ]
        found: dict[int, list[type[msgspec.Struct]]] = {}
        for refusal in refusals:
            found.setdefault(refusal.status, []).append(problem_of(refusal))
        for status in statuses:
            found.setdefault(status, []).append(problem_of_status(status))
        return {status: list(dict.fromkeys(found[status])) for status in sorted(found)}

    @property
    def types(self) -> Iterator[Any]:
        """Whatever it has to be described with."""
        yield self.call.gives
        yield from [self.call.takes] if self.has_body else []
        yield from (kind for _, kind in self.in_address)
        yield from (header.kind for header in (*self.headers, *self.told))
        for problems in self.problems.values():
            yield from problems


METHODS = ["GET", "POST", "PATCH"]
ORDER = ["products", "inventory", "orders", "reservations", "low-stock", "events"]


def document(app: Litestar) -> Schema:
    """The whole of ``/v1``. KeyError for a handler that does not say what it does."""
    operations = sorted(_operations(app), key=lambda one: (ORDER.index(one.tag), one.path))
    schemas = Schemas([int, str, *(kind for operation in operations for kind in operation.types)])
    paths: dict[str, dict[str, Schema]] = {}
    for operation in operations:
        methods = paths.setdefault(operation.path, {})
        methods[operation.method.lower()] = _described(operation, schemas)
    tokens = {"token": {"type": "http", "scheme": "bearer", "description": TOKEN}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Onhand", "version": "1", "description": ABOUT},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas.components, "securitySchemes": tokens},
    }


def _operations(app: Litestar) -> Iterator[Operation]:
    for route in app.routes:
        if not isinstance(route, HTTPRoute) or not route.path.startswith("/v1/"):
            continue
        path = re.sub(r"\{(\w+):\w+\}", lambda named: f"{{{IN_ADDRESS[named[1]][0]}}}", route.path)
        handlers = {str(m): h for h in route.route_handlers for m in h.http_methods}
        for method in METHODS if path not in ITSELF else ():
            if handler := handlers.get(method):
                yield Operation(path, method, handler.handler_name, handler.opt[CALL])


def _described(operation: Operation, schemas: Schemas) -> Schema:
    call = operation.call
    said: Schema = {
        "operationId": f"{operation.tag}.{operation.name}",
        "tags": [operation.tag],
        "summary": call.summary,
        **({"description": call.about} if call.about else {}),
        "security": [{"token": ["write" if operation.writes else "read"]}],
    }
    if parameters := list(_parameters(operation, schemas)):
        said["parameters"] = parameters
    if operation.has_body:
        is_needed = bool(schemas.required(call.takes))
        content = {JSON: {"schema": schemas.of(call.takes)}}
        said["requestBody"] = {"required": is_needed, "content": content}
    said["responses"] = {
        str(call.status): {
            "description": HTTPStatus(call.status).phrase,
            "headers": _headers(operation.told, schemas),
            "content": {call.media_type: {"schema": schemas.of(call.gives)}},
        },
        **{
            str(status): _refused(status, problems, schemas)
            for status, problems in operation.problems.items()
        },
    }
    return said


def _parameters(operation: Operation, schemas: Schemas) -> Iterator[Schema]:
    for name, kind in operation.in_address:
        yield {"name": name, "in": "path", "required": True, "schema": schemas.of(kind)}
    if not operation.writes:
        for name, schema in query(operation.call.takes).items():
            yield {"name": name, "in": "query", "required": False, "schema": schema}
    for header in operation.headers:
        schema = schemas.of(header.kind)
        said = {"description": header.about} if header.about else {}
        yield {"name": header.name, "in": "header", "required": False, **said, "schema": schema}


def _refused(status: int, problems: Sequence[Any], schemas: Schemas) -> Schema:
    found = [schemas.of(problem) for problem in problems]
    return {
        "description": HTTPStatus(status).phrase,
        "headers": _headers(_TOLD.get(status, []), schemas),
        "content": {PROBLEM: {"schema": found[0] if len(found) == 1 else {"oneOf": found}}},
    }


def _headers(headers: Sequence[Header], schemas: Schemas) -> Schema:
    return {
        header.name: {"description": header.about, "schema": schemas.of(header.kind)}
        for header in headers
    }
