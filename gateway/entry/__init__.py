"""The doors: the agency HTTP API, the command line, the demonstration."""
