"""Measures the hub with many simulated routers by telnet, a tenth of which hang.

Every router is visited once per interval. The interval is shorter than the usual 60 s, so that a few of them fit into
one measurement; CPU time is given for a visit, and as what an interval of 60 s comes to.
"""

import contextlib
import http.client
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import report
from servers import PLUGINS, free_port, running

SIMULATOR = PLUGINS.parent / "Tests" / "peers" / "router_simulator.py"
SIZES = [50, 500]
HANGING_SHARE = 10
INTERVAL = 20
ROUNDS = 3
PASSWORD = "benchmark-password"
SCRAPES = 20
# The hanging ones stop in the middle of the second answer, which costs them the plugin's timeout in each round.
HANG = {"kind": "hang", "after_bytes": 100, "command": "show status lan1"}


@contextlib.contextmanager
def simulated_routers(folder, good, hanging):
    """Starts the simulator; yields a function that asks it for its counts, and the addresses, hanging ones last."""
    config = pathlib.Path(folder) / "routers.json"
    config.write_text(json.dumps({"routers": [{"count": good}, {"count": hanging, "fault": HANG}]}))
    process = subprocess.Popen(
        [sys.executable, "-B", SIMULATOR, "--config", config, "--password", PASSWORD],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )

    def stats():
        process.stdin.write("stats\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    try:
        listening = json.loads(process.stdout.readline())["routers"]
        yield stats, [router["addresses"][0] for router in listening]
    finally:
        process.stdin.close()
        process.wait(30)


@contextlib.contextmanager
def hub_with_routers(program, folder, addresses):
    """The hub with the rtx plugin alone."""
    plugins = pathlib.Path(folder) / "plugins"
    shutil.copytree(PLUGINS / "rtx", plugins / "rtx")
    config = pathlib.Path(folder) / "hub.yml"
    targets = [{"address": address, "name": f"router-{number}"} for number, address in enumerate(addresses)]
    rtx = {"interval": f"{INTERVAL}s", "settings": {"password": PASSWORD}, "targets": targets}
    config.write_text(json.dumps({"plugins": {"rtx": rtx}}))  # JSON is YAML
    port = free_port()
    command = [program, "serve", "--config", config, "--plugins", plugins, "--listen", f"127.0.0.1:{port}"]
    with running("exporter-hub", port, command) as server:
        yield server


def scrape(server):
    """One scrape; returns its seconds and its lines."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/metrics", headers={"X-Prometheus-Scrape-Timeout-Seconds": "10"})
    body = connection.getresponse().read()
    connection.close()
    return time.perf_counter() - start, body.decode().splitlines()


def served(lines):
    """The targets whose samples are there."""
    return {line.partition('target="')[2].partition('"')[0] for line in lines if line.startswith("yrhMemoryUtil{")}


def visits(stats):
    return stats()["commands"].get("show environment", 0)


def wait_for(condition, what):
    deadline = time.monotonic() + 3 * INTERVAL
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what}: not in time")
        time.sleep(0.2)


def measure(program, count):
    """Returns what `count` routers cost, by name."""
    hanging = count // HANGING_SHARE
    good = count - hanging
    with tempfile.TemporaryDirectory() as folder, simulated_routers(folder, good, hanging) as (stats, addresses), \
            hub_with_routers(program, folder, addresses) as server:
        wait_for(lambda: len(served(scrape(server)[1])) == good, "the first visit of every router")
        time.sleep(INTERVAL)  # past the first round, in which every router is searched for PPs and tunnels
        cpu, visited, start = server.cpu_seconds(), visits(stats), time.monotonic()
        latencies, complete = [], 0
        for number in range(SCRAPES):
            time.sleep(max(0.0, start + (number + 1) * ROUNDS * INTERVAL / SCRAPES - time.monotonic()))
            seconds, lines = scrape(server)
            latencies.append(seconds)
            complete += len(served(lines)) == good
        seconds = time.monotonic() - start
        cpu, visited = server.cpu_seconds() - cpu, visits(stats) - visited
        return {
            "routers": count, "served": len(served(lines)), "complete": complete, "logins": stats()["logins"],
            "visits": visited / seconds * INTERVAL, "cpu_per_visit": cpu / visited, "cpu_share": cpu / seconds,
            "resident": server.resident_bytes(), "threads": server.threads(), "descriptors": server.descriptors(),
            "scrape": statistics.median(latencies), "slowest": max(latencies), "samples": len(lines),
        }


def table(few, many):
    """Rows of the costs for few and many routers, with what each router of the many costs more."""
    def row(name, key, factor=1.0, digits=2, unit="", each=None):
        more = (many[key] - few[key]) / (many["routers"] - few["routers"])
        last = f"{more * each[0]:.{each[1]}f} {each[2]}" if each else ""
        cells = [f"{one[key] * factor:.{digits}f}{unit}" for one in (few, many)]
        return f"| {name} | {cells[0]} | {cells[1]} | {last} |"

    for one in (few, many):
        one["cpu_per_minute"] = one["cpu_per_visit"] * one["routers"]
    return "\n".join([
        f"| | {few['routers']} routers | {many['routers']} routers | for each more |",
        "|---|--:|--:|--:|",
        row("routers that hang", "hanging", digits=0),
        row("routers served in every scrape", "served", digits=0),
        row("scrapes with all of them", "complete", digits=0, unit=f" of {SCRAPES}"),
        row("CPU for a visit", "cpu_per_visit", 1000, 1, " ms"),
        row("CPU per minute at an interval of 60 s", "cpu_per_minute", 1, 2, " s", (1000, 1, "ms")),
        row("resident memory", "resident", 1e-6, 1, " MB", (1e-3, 0, "kB")),
        row("threads", "threads", digits=0),
        row("open descriptors", "descriptors", digits=0, each=(1, 1, "")),
        row("median time of /metrics", "scrape", 1000, 1, " ms", (1e6, 0, "µs")),
        row("longest time of /metrics", "slowest", 1000, 1, " ms"),
    ])


def intro():
    return (
        f"One hub, the `rtx` plugin and simulated routers; every tenth stops in the middle of an answer. Each is visited "
        f"every {INTERVAL} s; /metrics is scraped {SCRAPES} times within {ROUNDS * INTERVAL} s, after the first round."
    )


def section(program):
    """The part of BENCHMARKS.md about routers."""
    results = [measure(program, count) for count in SIZES]
    for one in results:
        one["hanging"] = one["routers"] // HANGING_SHARE
    return f"## Routers by telnet\n\n{intro()}\n\n{table(*results)}"


if __name__ == "__main__":
    print(section(sys.argv[1]))
