"""The reference is valid, and the answers follow it."""

from openapi_spec_validator import OpenAPIV31SpecValidator

from gateway.entry.api.openapi import describe
from gateway.entry.api.routes import ROUTES


def test_the_openapi_document_is_valid() -> None:
    OpenAPIV31SpecValidator(describe()).validate()


def test_every_route_is_described() -> None:
    described = sum(len(methods) for methods in describe()["paths"].values())
    assert described == len(ROUTES)
