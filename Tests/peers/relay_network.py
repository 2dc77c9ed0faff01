"""Tries the relay over networks that break: a home behind a NAT, and a VPS, as network namespaces of this script's own.

Usage: relay_network.py --hub PROGRAM SCENARIO
Scenarios: nat_address_changes, client_vanishes, relay_vanishes, poll_is_handed_to_a_dead_connection. Needs root, iproute2,
nftables and curl. Prints what it saw; ends with status 1 at the first thing that is not as it should be.
"""

import argparse
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

SUFFIX = str(os.getpid())
HOME, NAT, VPS = (name + SUFFIX for name in ("home", "nat", "vps"))
RELAY = "10.77.2.2"
OLD, NEW = "10.77.2.1", "10.77.2.3"
# Nothing here depends on exact times; this is when a test gives up.
PATIENCE = 60


def sh(command, **options):
    return subprocess.run(command.split(), check=True, capture_output=True, text=True, **options).stdout


def inside(namespace, command):
    return sh(f"ip netns exec {namespace} {command}")


@contextlib.contextmanager
def network():
    """home (10.77.1.2) - NAT (10.77.1.1, 10.77.2.1) - vps (10.77.2.2)."""
    try:
        for namespace in (HOME, NAT, VPS):
            sh(f"ip netns add {namespace}")
            inside(namespace, "ip link set lo up")
        for name, peer, number in (("inner", HOME, 1), ("outer", VPS, 2)):
            sh(f"ip link add eth0 netns {peer} type veth peer name {name} netns {NAT}")
            inside(peer, "ip link set eth0 up")
            inside(NAT, f"ip link set {name} up")
            inside(NAT, f"ip addr add 10.77.{number}.1/24 dev {name}")
            inside(peer, f"ip addr add 10.77.{number}.2/24 dev eth0")
        inside(HOME, "ip route add default via 10.77.1.1")
        inside(NAT, "sysctl -q -w net.ipv4.ip_forward=1")
        inside(NAT, "nft add table ip nat")
        subprocess.run(
            ["ip", "netns", "exec", NAT, "nft", "add chain ip nat post { type nat hook postrouting priority 100; }"],
            check=True)
        inside(NAT, "nft add rule ip nat post oifname outer masquerade")
        yield
    finally:
        for namespace in (HOME, NAT, VPS):
            subprocess.run(["ip", "netns", "del", namespace], capture_output=True, check=False)


@contextlib.contextmanager
def program(namespace, arguments):
    process = subprocess.Popen(["ip", "netns", "exec", namespace, *map(str, arguments)], stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextlib.contextmanager
def scene(hub, http2=False):
    """The network with a relay on the VPS and a hub at home that polls it."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="relay-network-"))
    (folder / "plugins").mkdir()
    (folder / "hub.yml").write_text(
        f"listen: ['127.0.0.1:10100']\nplugin_dirs: [plugins]\n"
        f"relay: [{{ url: 'http://{RELAY}:8080', name: pi, http2: {str(http2).lower()} }}]\n")
    try:
        with network(), program(VPS, [hub, "relay", "--listen", ":8080"]), \
                program(HOME, [hub, "serve", "--config", folder / "hub.yml"]):
            wait("the hub polls", lambda: polls() == 1)
            yield
    finally:
        shutil.rmtree(folder)


def curl(namespace, *arguments):
    command = ["ip", "netns", "exec", namespace, "curl", "--silent", "--max-time", "30", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def metric(name):
    text = curl(VPS, "http://127.0.0.1:8080/metrics")
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)
    return float(found.group(1)) if found else None


def polls():
    return metric("hub_relay_waiting_polls")


def scrape(seconds=20):
    """The status of a scrape from the VPS, and how long it took."""
    start = time.monotonic()
    status = curl(VPS, "-x", "http://127.0.0.1:8080", "-H", f"X-Prometheus-Scrape-Timeout-Seconds: {seconds}",
                  "-o", "/dev/null", "-w", "%{http_code}", "http://pi:9090/metrics")
    return status, time.monotonic() - start


def wait(what, condition):
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > PATIENCE:
            sys.exit(f"{what}: not within {PATIENCE} s")
        time.sleep(0.1)
    print(f"{what}: after {time.monotonic() - start:.1f} s", flush=True)


def expect(what, is_so):
    print(f"{what}: {'yes' if is_so else 'NO'}", flush=True)
    if not is_so:
        sys.exit(1)


def cut():
    """No packet passes any more, and nobody is told."""
    inside(NAT, "nft add table ip cut")
    subprocess.run(
        ["ip", "netns", "exec", NAT, "nft", "add chain ip cut blackhole { type filter hook forward priority 0; policy drop; }"],
        check=True)


def mend():
    inside(NAT, "nft delete table ip cut")


def nat_address_changes(hub):
    """A provider gives the home another address: connections through the old one are dead without a word."""
    for http2 in (False, True):
        with scene(hub, http2):
            expect("a scrape works", scrape()[0] == "200")
            inside(NAT, f"ip addr del {OLD}/24 dev outer")
            inside(NAT, f"ip addr add {NEW}/24 dev outer")
            status, seconds = scrape(30)
            print(f"the first scrape afterwards: {status} after {seconds:.1f} s", flush=True)
            expect("the first scrape afterwards is answered", status == "200")
            wait("one poll waits", lambda: polls() == 1)


def client_vanishes(hub):
    """The home loses its power: the relay notices by itself."""
    for http2 in (False, True):
        with scene(hub, http2):
            cut()
            wait("the relay has noticed", lambda: polls() == 0)
            mend()
            wait("the hub polls again", lambda: polls() == 1)
            expect("a scrape works", scrape()[0] == "200")


def relay_vanishes(hub):
    """The VPS is gone and comes back as another machine, which knows nothing of old connections."""
    with scene(hub):
        cut()
        wait("the relay has noticed", lambda: polls() == 0)
        time.sleep(1)
        mend()
        wait("the hub polls again", lambda: polls() == 1)
        expect("a scrape works", scrape()[0] == "200")


def poll_is_handed_to_a_dead_connection(hub):
    """The scrape comes before anybody has noticed that the poll's connection is dead."""
    for http2 in (False, True):
        with scene(hub, http2):
            cut()
            # The network is back before the scrape's time is over.
            mending = subprocess.Popen(["sh", "-c", f"sleep 8; ip netns exec {NAT} nft delete table ip cut"])
            status, seconds = scrape(40)
            mending.wait()
            print(f"the scrape: {status} after {seconds:.1f} s", flush=True)
            expect("the scrape is answered all the same", status == "200")


def main():
    scenarios = {f.__name__: f for f in
                 (nat_address_changes, client_vanishes, relay_vanishes, poll_is_handed_to_a_dead_connection)}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hub", required=True, type=pathlib.Path)
    parser.add_argument("scenario", choices=scenarios)
    arguments = parser.parse_args()
    scenarios[arguments.scenario](arguments.hub.resolve())


if __name__ == "__main__":
    main()
