"""`lienthong` and `python -m gateway`."""

import sys

from gateway.core.faults import Fault, Misconfigured
from gateway.entry.cli.app import app


def main() -> None:
    """Run the command line; a fault ends it with 1 and says its code, its words and its cure."""
    try:
        app()
    except (Fault, OSError) as error:
        from gateway.entry.cli.output import report

        report(error if isinstance(error, Fault) else Misconfigured("misconfigured", detail=str(error)))
        sys.exit(1)


if __name__ == "__main__":
    main()
