"""Measures scrapes through the relay, with the hub as its client, and what 1,000 waiting clients cost.

With the variable PUSHPROX_DIR, a folder with the programs pushprox-proxy and pushprox-client, these are measured beside.
"""

import contextlib
import http.client
import os
import pathlib
import resource
import socket
import statistics
import subprocess
import tempfile
import time

import report
from servers import Server, free_port, running_node_exporter

CLIENTS = int(os.environ.get("RELAY_CLIENTS", "1000"))
SCRAPES = int(os.environ.get("RELAY_SCRAPES", "300"))
BLOCKS = 3
WARM_UP = 20
PUSHPROX = os.environ.get("PUSHPROX_DIR")


@contextlib.contextmanager
def started(name, port, command):
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield Server(name, port, process)
    finally:
        process.terminate()
        process.wait(10)


def wait_for_client(port):
    """Waits until the proxy knows a client."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/clients")
            if b"127.0.0.1" in connection.getresponse().read():
                return
        time.sleep(0.05)
    raise RuntimeError("no client has polled")


@contextlib.contextmanager
def running_relay(hub):
    port = free_port()
    with started("relay", port, [hub, "relay", "--listen", f"127.0.0.1:{port}"]) as server:
        yield server


@contextlib.contextmanager
def ours(hub, target, http2):
    """The relay and a hub that serves a target through it."""
    with tempfile.TemporaryDirectory() as folder, running_relay(hub) as relay:
        config = pathlib.Path(folder) / "hub.yml"
        config.write_text(
            f"listen: ['127.0.0.1:{free_port()}']\nplugin_dirs: ['{folder}']\n"
            f"relay: [{{ url: 'http://127.0.0.1:{relay.port}', name: 127.0.0.1, http2: {str(http2).lower()}, "
            f"targets: ['127.0.0.1:{target}'] }}]\n")
        with started("hub", 0, [hub, "serve", "--config", config]) as client:
            wait_for_client(relay.port)
            yield relay, client


@contextlib.contextmanager
def pushprox():
    port = free_port()
    with started("proxy", port, [f"{PUSHPROX}/pushprox-proxy", f"--web.listen-address=127.0.0.1:{port}"]) as proxy:
        command = [f"{PUSHPROX}/pushprox-client", f"--proxy-url=http://127.0.0.1:{port}", "--fqdn=127.0.0.1",
                   f"--metrics-addr=127.0.0.1:{free_port()}"]
        with started("client", 0, command) as client:
            wait_for_client(port)
            yield proxy, client


def scrape(connection, url):
    start = time.perf_counter()
    connection.request("GET", url, headers={
        "Host": url.split("/")[2], "Accept-Encoding": "gzip", "X-Prometheus-Scrape-Timeout-Seconds": "10"})
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{url}: {response.status} {body[:300]}")
    return time.perf_counter() - start


def measure(port, path, servers):
    """Latencies in seconds, and the processor time of each server per scrape."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(WARM_UP):
        scrape(connection, path)
    before = [server.scheduled_seconds() for server in servers]
    latencies = [scrape(connection, path) for _ in range(SCRAPES)]
    return latencies, [(server.scheduled_seconds() - start) / SCRAPES for server, start in zip(servers, before)]


def rows(hub):
    """One row per way to the same node_exporter; the ways take turns."""
    with running_node_exporter() as node, contextlib.ExitStack() as stack:
        url = f"http://127.0.0.1:{node.port}/metrics"
        ways = {"directly": (node.port, ())}
        for name, http2 in (("relay and hub, HTTP/1.1", False), ("relay and hub, HTTP/2", True)):
            servers = stack.enter_context(ours(hub, node.port, http2))
            ways[name] = (servers[0].port, servers)
        if PUSHPROX:
            servers = stack.enter_context(pushprox())
            ways["PushProx, both sides"] = (servers[0].port, servers)
        found = {name: ([], []) for name in ways}
        for _ in range(BLOCKS):
            for name, (port, servers) in ways.items():
                latencies, costs = measure(port, url if servers else "http://x/metrics", servers)
                found[name][0].extend(latencies)
                found[name][1].append(costs)
        for name, (latencies, costs) in found.items():
            means = [f"{statistics.mean(column) * 1000:.2f} ms" for column in zip(*costs)] or ["-", "-"]
            yield (f"| {name} | {statistics.median(latencies) * 1000:.2f} ms | "
                   f"{report.percentile(latencies, 0.99) * 1000:.2f} ms | {means[0]} | {means[1]} |")


def poll(port, name):
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(f"POST /poll HTTP/1.1\r\nHost: relay\r\nContent-Length: {len(name)}\r\n\r\n{name}".encode())
    return connection


def memory(server):
    """Resident bytes before and after `CLIENTS` polls wait."""
    before = server.resident_bytes()
    connections = [poll(server.port, f"client-{number}") for number in range(CLIENTS)]
    time.sleep(2)
    after = server.resident_bytes()
    for connection in connections:
        connection.close()
    return before, after


def memory_rows(hub):
    def row(name, before, after):
        each = (after - before) / CLIENTS / 1000
        return f"| {name} | {before / 1e6:.1f} MB | {after / 1e6:.1f} MB | {each:.1f} kB |"

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with running_relay(hub) as relay:
        time.sleep(1)
        yield row("relay", *memory(relay))
    if PUSHPROX:
        with pushprox() as (proxy, _):
            yield row("PushProx", *memory(proxy))
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def section(hub):
    """The figures as Markdown."""
    return "\n".join([
        "## Relay\n",
        f"Scrapes of one node_exporter through a relay, {SCRAPES * BLOCKS} of each kind, in turns.",
        "",
        "| | median | p99 | CPU of the proxy per scrape | CPU of the client |",
        "|---|--:|--:|--:|--:|",
        *rows(hub),
        "",
        f"Resident memory of the proxy with no client and with {CLIENTS} whose polls wait.",
        "",
        "| | none | all | each |",
        "|---|--:|--:|--:|",
        *memory_rows(hub),
    ])


if __name__ == "__main__":
    import sys
    print(section(pathlib.Path(sys.argv[1])))
