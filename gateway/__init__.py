"""Liên thông: the gateway through which the agencies of a province exchange official documents."""

__version__ = "0.1.0"
