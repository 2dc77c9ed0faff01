"""Measures the hub by SNMP beside snmp_exporter and net-snmp's snmpbulkwalk, in one run and on the same agents.

The agents are Debian's snmpd, and those of Tests/peers/snmp_responder.py where many or large ones are needed. Whoever is
measured takes turns with the other, so that whatever else the machine does falls on both.
"""

import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

from servers import PLUGINS, free_port, peer, running

ROOT = PLUGINS.parent
RESPONDER = ROOT / "Tests" / "peers" / "snmp_responder.py"
FIXTURES = ROOT / "Tests" / "EndToEnd" / "Fixtures" / "plugins" / "snmp"
MODULES = str(ROOT / "Tests" / "HubTests" / "SNMPModules" / "Fixtures" / "snmp-modules-0.21.yml")
MODULE = "if_mib"
SCRAPES, BLOCKS = 50, 6
OBJECTS, WALKS = 20_000, 10
LARGE_ROOT = "1.3.6.1.4.1.8072.9999.1"
AGENTS, INTERVAL, ROUNDS, AT_ONCE = 1000, 60, 2, 20


@contextlib.contextmanager
def responder(*options):
    """Starts agents; yields their addresses."""
    process = subprocess.Popen(
        [sys.executable, "-B", RESPONDER, *map(str, options)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    try:
        yield json.loads(process.stdout.readline())["addresses"]
    finally:
        process.stdin.close()
        process.wait(30)


@contextlib.contextmanager
def snmpd(folder, port):
    """Starts snmpd with the machine's own objects; yields its address."""
    config = pathlib.Path(folder) / "snmpd.conf"
    config.write_text("rocommunity public 127.0.0.1\n")
    command = ["/usr/sbin/snmpd", "-f", "-Lo", "-C", "-c", config, "-I", "-smux", f"udp:127.0.0.1:{port}"]
    environment = {**os.environ, "SNMP_PERSISTENT_DIR": str(folder), "MIBS": ""}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        address = f"127.0.0.1:{port}"
        deadline = time.monotonic() + 10
        while subprocess.run(["snmpget", "-v2c", "-cpublic", "-m", "", "-t1", "-r0", address, "1.3.6.1.2.1.1.3.0"],
                             capture_output=True).returncode:
            if time.monotonic() > deadline:
                raise RuntimeError("snmpd does not answer")
        yield address
    finally:
        process.terminate()
        process.wait(10)


@contextlib.contextmanager
def running_hub(program, folder, plugin, settings, ports=(), targets=(), **more):
    """The hub with one plugin alone, which may be asked for any agent of loopback at these ports."""
    folder = pathlib.Path(folder)
    plugins = folder / "plugins"
    plugins.mkdir(exist_ok=True)
    if (PLUGINS / plugin).is_dir():
        shutil.copytree(PLUGINS / plugin, plugins / plugin, dirs_exist_ok=True)
    else:
        shutil.copy(FIXTURES / f"{plugin}.lua", plugins)
    own = {"settings": settings, "targets": list(targets), **more}
    if ports:
        own["probe"] = {"networks": ["127.0.0.0/8"], "ports": list(ports), "max_targets": 2 * AGENTS}
    config = folder / "hub.yml"
    config.write_text(json.dumps({"plugins": {plugin: own}}))  # JSON is YAML
    port = free_port()
    command = [program, "serve", "--config", config, "--plugins", plugins, "--listen", f"127.0.0.1:{port}"]
    with running("exporter-hub", port, command) as server:
        yield server


@contextlib.contextmanager
def running_exporter():
    port = free_port()
    command = [peer("prometheus-snmp-exporter"), f"--config.file={MODULES}", f"--web.listen-address=127.0.0.1:{port}"]
    with running("snmp_exporter", port, command) as server:
        yield server


def scrape(server, target, connection=None):
    """One scrape of /snmp; returns its seconds and the number of its samples."""
    connection = connection or http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    path = "/snmp?" + urllib.parse.urlencode({"target": target, "module": MODULE})
    start = time.perf_counter()
    connection.request("GET", path, headers={"X-Prometheus-Scrape-Timeout-Seconds": "30"})
    response = connection.getresponse()
    body = response.read()
    seconds = time.perf_counter() - start
    if response.status != 200:
        raise RuntimeError(f"{server.name}: {response.status} {body[:300]}")
    return seconds, sum(not line.startswith(b"#") and line.startswith(b"if") for line in body.splitlines())


def measure_scrapes(servers, target):
    """By server: seconds of the scrapes, CPU for each, samples."""
    found = {server.name: {"seconds": [], "cpu": 0.0} for server in servers}
    for server in servers:
        for _ in range(5):
            _, found[server.name]["samples"] = scrape(server, target)
    for block in range(BLOCKS):
        for server in servers if block % 2 == 0 else reversed(servers):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            before = server.cpu_seconds()
            for _ in range(SCRAPES):
                seconds, _ = scrape(server, target, connection)
                found[server.name]["seconds"].append(seconds)
            found[server.name]["cpu"] += server.cpu_seconds() - before
            connection.close()
    return found


def scrape_rows(name, found):
    hub, peer = found["exporter-hub"], found["snmp_exporter"]
    for what, value in (
        ("median time", lambda one: statistics.median(one["seconds"]) * 1000),
        ("CPU", lambda one: one["cpu"] / (BLOCKS * SCRAPES) * 1000),
    ):
        ours, theirs = value(hub), value(peer)
        yield f"| {name}, {what} | {ours:.2f} ms | {theirs:.2f} ms | {ours / theirs:.2f} |"
    yield f"| {name}, samples | {hub['samples']} | {peer['samples']} | |"


def walk_of_snmpbulkwalk(address):
    """Seconds and CPU seconds of one run, from its start to its end."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = ["snmpbulkwalk", "-v2c", "-cpublic", "-m", "", "-On", "-Cr25", address, LARGE_ROOT]
    result = subprocess.run(command, check=True, capture_output=True)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.stdout.count(b"Counter32: ") != OBJECTS:
        raise RuntimeError("snmpbulkwalk did not read all objects")
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def walk_of_hub(server):
    before, start = server.cpu_seconds(), time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", "/metrics", headers={"X-Prometheus-Scrape-Timeout-Seconds": "50"})
    body = connection.getresponse().read().decode()
    seconds = time.perf_counter() - start
    connection.close()
    if not any(line.startswith("agent_objects{") and line.endswith(f" {OBJECTS}") for line in body.splitlines()):
        raise RuntimeError(f"the hub did not read all objects: {body[-500:]}")
    return seconds, server.cpu_seconds() - before


def measure_walks(program, folder):
    """By who: medians of seconds and CPU seconds of a walk."""
    with responder("--objects", OBJECTS) as addresses:
        settings = {"sums": True, "roots": [LARGE_ROOT]}
        targets = [{"address": addresses[0], "name": "large"}]
        with running_hub(program, folder, "agent", settings, targets=targets, limits={"cpu": "5s"}) as hub:
            walk_of_hub(hub)
            found = {"hub": [], "peer": []}
            for turn in range(WALKS):
                for name in ("hub", "peer") if turn % 2 == 0 else ("peer", "hub"):
                    found[name].append(walk_of_hub(hub) if name == "hub" else walk_of_snmpbulkwalk(addresses[0]))
    return {name: tuple(statistics.mean(part) for part in zip(*walks)) for name, walks in found.items()}


def measure_many(server, addresses):
    """CPU, memory and time of scraping all agents once in each interval, `AT_ONCE` at the same time."""
    def one(address):
        return scrape(server, address)

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, addresses))  # the first round is not counted
        before, start, seconds = server.cpu_seconds(), time.monotonic(), []
        for _ in range(ROUNDS):
            seconds += [each for each, _ in pool.map(one, addresses)]
        took = (time.monotonic() - start) / ROUNDS
    return {
        "cpu": (server.cpu_seconds() - before) / ROUNDS, "resident": server.resident_bytes(), "took": took,
        "median": statistics.median(seconds),
    }


def many_rows(hub, peer, agents):
    def row(name, key, factor, unit, digits=1):
        ours, theirs = hub[key] * factor, peer[key] * factor
        return f"| {agents} agents: {name} | {ours:.{digits}f} {unit} | {theirs:.{digits}f} {unit} | {ours / theirs:.2f} |"

    yield row(f"CPU in {INTERVAL} s", "cpu", 1, "s", 2)
    yield row("resident memory", "resident", 1e-6, "MB")
    yield row(f"time for all, {AT_ONCE} at once", "took", 1, "s", 2)
    yield row("median time of a scrape", "median", 1000, "ms", 2)


def section(program, agents=AGENTS):
    """The part of BENCHMARKS.md about SNMP."""
    rows = ["| | exporter-hub | snmp_exporter | ratio |", "|---|--:|--:|--:|"]
    settings, ports = {"config_file": [MODULES]}, [free_port(), free_port()]
    with tempfile.TemporaryDirectory() as folder, running_hub(program, folder, "snmp", settings, ports) as hub, \
            running_exporter() as peer:
        with snmpd(folder, ports[0]) as address:
            rows += scrape_rows(f"`{MODULE}` of snmpd", measure_scrapes([hub, peer], address))
        with responder("--port", ports[1], "--interfaces", 48) as addresses:
            rows += scrape_rows(f"`{MODULE}` with 48 interfaces", measure_scrapes([hub, peer], addresses[0]))
    with tempfile.TemporaryDirectory() as folder, responder("--count", agents, "--interfaces", 8) as addresses:
        with running_hub(program, folder, "snmp", settings, [addresses[0].rpartition(":")[2]]) as hub:
            ours = measure_many(hub, addresses)
        with running_exporter() as peer:
            theirs = measure_many(peer, addresses)
        rows += many_rows(ours, theirs, agents)
    with tempfile.TemporaryDirectory() as folder:
        walks = measure_walks(program, folder)
    rows += ["", f"| walk of {OBJECTS:,} objects | exporter-hub | snmpbulkwalk | ratio |", "|---|--:|--:|--:|"]
    for place, name in enumerate(["time", "CPU"]):
        ours, theirs = walks["hub"][place] * 1000, walks["peer"][place] * 1000
        rows.append(f"| {name} | {ours:.0f} ms | {theirs:.0f} ms | {ours / theirs:.2f} |")
    return "\n".join([
        "## SNMP", "",
        f"The same agents, module files and requests, in turns: {BLOCKS * SCRAPES} scrapes of /snmp one at a time, then "
        f"{agents} agents with 8 interfaces, each scraped once in {INTERVAL} s. The walk is that of a plugin in Lua, with "
        "sums over the values; snmpbulkwalk prints to a pipe.",
        "", *rows,
    ])


if __name__ == "__main__":
    print(section(pathlib.Path(sys.argv[1]), *map(int, sys.argv[2:])))
