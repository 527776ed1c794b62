"""Implementations of the ports, over disk, database and network."""
