"""The agency HTTP API, version 1."""
