"""Parses an exposition with the parsers of the Python client library, a project of its own.

Usage: parse_with_prometheus_client.py text|openmetrics FILE
Prints "families=N samples=N"; exits 1 with the parser's message when it refuses the file.
"""

import sys

from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client import parser as text

PARSERS = {
    "text": text.text_string_to_metric_families,
    "openmetrics": openmetrics.text_string_to_metric_families,
}


def main():
    kind, path = sys.argv[1:]
    # newline="": a carriage return in the file must reach the parser.
    with open(path, encoding="utf-8", newline="") as file:
        exposition = file.read()
    try:
        families = list(PARSERS[kind](exposition))
    except ValueError as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 1
    print(f"families={len(families)} samples={sum(len(family.samples) for family in families)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
