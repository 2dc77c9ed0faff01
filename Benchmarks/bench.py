"""Measures the hub and node_exporter side by side on this machine, and the hub with many routers and by SNMP; writes the tables.

Usage: bench.py --hub PROGRAM --output FILE
The two run the same collectors and are scraped in turns, block by block, over one kept-alive connection with the headers
that Prometheus sends, so that whatever else the machine does falls on both.
"""

import argparse
import http.client
import pathlib
import time

import interpreters
import push
import relay
import remote_write
import report
import routers
import snmp
from servers import running_hub, running_node_exporter

ACCEPT = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
ENCODINGS = ["identity", "gzip"]
WARM_UP = 50
BLOCKS = 6
SCRAPES_PER_BLOCK = 100
IDLE_SECONDS = 15


class Measured:
    """What was measured of one server in one encoding."""

    def __init__(self):
        self.latencies = []
        self.cpu_seconds = 0.0
        self.body_bytes = 0


def scrape(connection, encoding):
    """One scrape; returns the seconds until the last byte and the body."""
    start = time.perf_counter()
    connection.request("GET", "/metrics", headers={
        "Accept": ACCEPT,
        "Accept-Encoding": encoding,
        "User-Agent": "Prometheus/2.42.0",
        "X-Prometheus-Scrape-Timeout-Seconds": "10",
    })
    response = connection.getresponse()
    body = response.read()
    seconds = time.perf_counter() - start
    if response.status != 200 or response.getheader("Content-Encoding", "identity") != encoding:
        raise RuntimeError(f"unusable answer: {response.status} {response.getheader('Content-Encoding')}")
    return seconds, body


def measure_block(server, encoding, measured):
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    scrape(connection, encoding)
    before = server.cpu_seconds()
    for _ in range(SCRAPES_PER_BLOCK):
        seconds, body = scrape(connection, encoding)
        measured.latencies.append(seconds)
    measured.cpu_seconds += server.cpu_seconds() - before
    measured.body_bytes = len(body)
    connection.close()


def samples_of(server):
    """How many samples one scrape has."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    _, body = scrape(connection, "identity")
    connection.close()
    return sum(not line.startswith(b"#") for line in body.splitlines())


def measure(servers):
    """Returns per server name: samples, resident memory, idle CPU and `Measured` by encoding."""
    results = {server.name: {"idle_rss": server.resident_bytes()} for server in servers}
    for server in servers:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        for _ in range(WARM_UP):
            scrape(connection, "identity")
        connection.close()
        results[server.name]["samples"] = samples_of(server)
    for encoding in ENCODINGS:
        for server in servers:
            results[server.name][encoding] = Measured()
        for block in range(BLOCKS):
            # The order turns round with every block: neither always runs after the other.
            for server in servers if block % 2 == 0 else reversed(servers):
                measure_block(server, encoding, results[server.name][encoding])
    for server in servers:
        results[server.name]["busy_rss"] = server.resident_bytes()
    before = [server.scheduled_seconds() for server in servers]
    time.sleep(IDLE_SECONDS)
    for server, start in zip(servers, before):
        results[server.name]["idle_cpu"] = (server.scheduled_seconds() - start) / IDLE_SECONDS
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hub", required=True, type=pathlib.Path, help="the release build of exporter-hub")
    parser.add_argument("--output", required=True, type=pathlib.Path, help="Markdown file to write the table into")
    arguments = parser.parse_args()
    with running_hub(arguments.hub) as hub, running_node_exporter() as peer:
        results = measure([hub, peer])
    tables = "\n\n".join([
        report.table(results[hub.name], results[peer.name]),
        routers.section(arguments.hub),
        relay.section(arguments.hub),
        snmp.section(arguments.hub),
        interpreters.section(arguments.hub),
        push.section(arguments.hub),
        remote_write.section(arguments.hub),
    ])
    print(tables)
    report.write(arguments.output, report.machine(arguments.hub, SCRAPES_PER_BLOCK * BLOCKS), tables)


if __name__ == "__main__":
    main()
