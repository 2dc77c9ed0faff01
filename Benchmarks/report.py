"""Turns the measurements into Markdown."""

import datetime
import os
import pathlib
import platform
import re
import statistics
import subprocess

BEGIN = "<!-- written by make bench -->"
END = "<!-- end of what make bench writes -->"
HEADER = """# Benchmarks

The hub and Debian's node_exporter, side by side in one run, with the same collectors on. `make bench` measures again
and rewrites the part between the markers.

"""


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def row(name, unit, hub, peer, digits=2):
    ratio = f"{hub / peer:.2f}" if peer else "-"
    suffix = f" {unit}" if unit else ""
    return f"| {name} | {hub:.{digits}f}{suffix} | {peer:.{digits}f}{suffix} | {ratio} |"


def encoding_rows(name, hub, peer):
    """The rows of one encoding; `hub` and `peer` have latencies in seconds, CPU seconds and body bytes."""
    def milliseconds(seconds):
        return seconds * 1000

    yield row(f"CPU per scrape, {name}", "ms", *(milliseconds(m.cpu_seconds / len(m.latencies)) for m in (hub, peer)))
    yield row(f"median latency, {name}", "ms", *(milliseconds(statistics.median(m.latencies)) for m in (hub, peer)))
    yield row(f"p99 latency, {name}", "ms", *(milliseconds(percentile(m.latencies, 0.99)) for m in (hub, peer)))
    yield row(f"body, {name}", "kB", *(m.body_bytes / 1000 for m in (hub, peer)), digits=1)


def table(hub, peer):
    lines = [
        "| | exporter-hub | node_exporter | ratio |",
        "|---|--:|--:|--:|",
        row("samples", "", hub["samples"], peer["samples"], digits=0),
        *encoding_rows("plain", hub["identity"], peer["identity"]),
        *encoding_rows("gzip", hub["gzip"], peer["gzip"]),
        row("resident memory before the first scrape", "MB", hub["idle_rss"] / 1e6, peer["idle_rss"] / 1e6, digits=1),
        row("resident memory after all scrapes", "MB", hub["busy_rss"] / 1e6, peer["busy_rss"] / 1e6, digits=1),
        row("CPU while idle", "ms/s", hub["idle_cpu"] * 1000, peer["idle_cpu"] * 1000),
    ]
    return "\n".join(lines)


def first_line(command):
    result = subprocess.run(command, capture_output=True, text=True)
    return (result.stdout or result.stderr).splitlines()[0]


def machine(hub, scrapes):
    """Says when, where and of what the numbers are."""
    model = re.search(r"^model name\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    peer = first_line(["prometheus-node-exporter", "--version"]).split(" (")[0].removeprefix("node_exporter, version ")
    return (
        f"{datetime.date.today()}, {model.group(1) if model else platform.machine()}, {os.cpu_count()} cores, "
        f"Linux {platform.release()}; exporter-hub {first_line([hub, '--version'])}, node_exporter {peer}; "
        f"{scrapes} scrapes of each in each encoding, one at a time."
    )


def write(path, intro, text):
    """Replaces what stands between the markers, or starts the file."""
    block = f"{BEGIN}\n{intro}\n\n{text}\n{END}"
    old = path.read_text() if path.exists() else f"{HEADER}{BEGIN}\n{END}\n"
    before, _, rest = old.partition(BEGIN)
    path.write_text(before + block + rest.partition(END)[2])
