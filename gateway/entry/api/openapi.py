"""OpenAPI 3.1 from the table of calls and the shapes."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gateway import __version__
from gateway.entry.api.route import BASE, XML, Route
from gateway.entry.api.routes import ROUTES
from gateway.entry.api.shapes import ProblemShape

_REF = "#/components/schemas/{model}"
_PATH_PARAMETER = re.compile(r"\{(\w+)(?::[^}]*\}?)?\}")


def describe() -> dict[str, Any]:
    """Describe the API."""
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(_PATH_PARAMETER.sub(r"{\1}", route.path), {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Liên thông văn bản: API cho hệ thống của cơ quan · Agency API",
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"mtls": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "mtls": {"type": "mutualTLS"},
                "operator": {"type": "http", "scheme": "bearer", "description": "Mã của đơn vị vận hành · an operator's token"},
            },
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{route.method.lower()}_{re.sub(r'[^a-z]+', '_', route.path.removeprefix(BASE).lower()).strip('_')}",
        "summary": f"{route.vi} · {route.en}",
        "tags": [re.split(r"[/.]", route.path.removeprefix(BASE))[1] if route.path.startswith(BASE) else "health"],
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_header_parameters(route)],
        "responses": {str(status): _answer(status, shape) for status, shape in route.answers.items()},
    }
    refusals = route.refusals if route.public else (*route.refusals, 401)
    operation["responses"] |= {str(status): _refusal(status) for status in sorted(set(refusals))}
    if route.public:
        operation["security"] = []
    elif route.operators:
        operation["security"] = [{"operator": []}]
    if content := dict(_request_content(route)):
        operation["requestBody"] = {"required": route.takes_xml, "content": content}
    return operation


def _request_content(route: Route) -> Iterable[tuple[str, dict[str, Any]]]:
    if route.takes is not None:
        yield "application/json", {"schema": {"$ref": _REF.format(model=route.takes.__name__)}}
    if route.takes_xml:
        yield XML, {"schema": {"type": "string", "description": "edXML (QCVN 102:2016)"}}
    if route.takes_multipart:
        yield "multipart/related", {"schema": {"type": "string", "description": "edXML + cid:…"}}


def _path_parameters(route: Route) -> Iterable[dict[str, Any]]:
    for name in _PATH_PARAMETER.findall(route.path):
        kind = {"type": "integer", "minimum": 0, "maximum": 9999} if name == "n" else {"type": "string"}
        yield {"name": name, "in": "path", "required": True, "schema": kind}


def _query_parameters(route: Route) -> Iterable[dict[str, Any]]:
    if route.query is not None:
        for name, schema in route.query.model_json_schema(ref_template=_REF)["properties"].items():
            yield {"name": name, "in": "query", "required": False, "schema": schema}


def _header_parameters(route: Route) -> Iterable[dict[str, Any]]:
    for name, text in route.headers.items():
        yield {"name": name, "in": "header", "required": False, "description": text, "schema": {"type": "string"}}


def _answer(status: int, shape: type[BaseModel] | str) -> dict[str, Any]:
    described: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if isinstance(shape, str):
        if status not in {304, 416}:
            described["content"] = {shape: {}}
    else:
        described["content"] = {"application/json": {"schema": {"$ref": _REF.format(model=shape.__name__)}}}
    return described


def _refusal(status: int) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "content": {"application/problem+json": {"schema": {"$ref": _REF.format(model=ProblemShape.__name__)}}},
    }


def _schemas() -> dict[str, Any]:
    shapes: dict[str, type[BaseModel]] = {ProblemShape.__name__: ProblemShape}
    for route in ROUTES:
        named = (*route.answers.values(), route.takes, route.query)
        shapes |= {shape.__name__: shape for shape in named if isinstance(shape, type)}
    _, definitions = models_json_schema([(shapes[name], "validation") for name in sorted(shapes)], ref_template=_REF)
    schemas: dict[str, Any] = definitions["$defs"]
    return schemas
