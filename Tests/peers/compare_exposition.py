#!/usr/bin/env python3
"""Compares our exposition of a host with that of Prometheus's node_exporter, taken in the same minute.

Every difference in families, types, HELP texts and label sets is printed, and every difference in values that
should not move between two scrapes. Values of families that move may differ by a tolerance, which catches a wrong
unit or a column read wrong. Exit status: 0 without differences, 1 with any, 2 for unusable input.
"""

import argparse
import math
import re
import sys

# What the peer says about itself rather than about the host.
PEER_ONLY = re.compile(r"go_|process_|promhttp_|node_exporter_build_info$")

# Families by collector, for --collectors. A family belongs to the first pattern that matches.
COLLECTORS = {
    "arp": r"node_arp_",
    "conntrack": r"node_nf_conntrack_",
    "cpu": r"node_cpu_",
    "diskstats": r"node_disk_",
    "entropy": r"node_entropy_",
    "filefd": r"node_filefd_",
    "filesystem": r"node_filesystem_",
    "loadavg": r"node_load\d",
    "meminfo": r"node_memory_",
    "netdev": r"node_network_",
    "netstat": r"node_netstat_",
    "os": r"node_os_",
    "pressure": r"node_pressure_",
    "schedstat": r"node_schedstat_",
    "sockstat": r"node_sockstat_",
    "softnet": r"node_softnet_",
    "stat": r"node_(intr|context_switches|forks|softirqs)_total$|node_boot_time_seconds$|node_procs_",
    "thermal_zone": r"node_(thermal_zone|cooling_device)_",
    "time": r"node_time_",
    "uname": r"node_uname_",
    "vmstat": r"node_vmstat_",
}

# Families whose values move between two scrapes, and the tolerance: relative to the greater value, or absolute,
# whichever is more. Everything that is not here must be equal. The first match counts.
MOVING = [
    (re.compile(pattern), relative, absolute)
    for pattern, relative, absolute in [
        (r"node_scrape_collector_duration_seconds$", math.inf, 0),
        (r"node_time_seconds$", 0, 60),
        (r"node_load(1|5|15)$", 0.5, 2),
        (r"node_(procs_running|procs_blocked|disk_io_now)$", 1, 1000),
        (r"node_entropy_available_bits$", 1, 0),
        (r"node_(cpu_(guest_)?seconds|schedstat_\w+|softnet_\w+)_total$", 0.1, 60),
        (r"node_pressure_", 0.1, 60),
        (r"node_(intr|context_switches|forks|softirqs)_total$", 0.1, 100_000),
        (r"node_disk_\w+_bytes_total$", 0.1, 1 << 30),
        (r"node_disk_\w+_total$", 0.1, 100_000),
        (r"node_network_\w+_total$", 0.1, 10 << 20),
        (r"node_netstat_(?!Ip_Forwarding)", 0.1, 10 << 20),
        (r"node_vmstat_", 0.1, 10_000_000),
        (r"node_sockstat_", 0.5, 1 << 24),
        (r"node_nf_conntrack_(entries$|stat_)", 0.5, 10_000),
        (r"node_(arp_entries|filefd_allocated)$", 0.5, 1000),
        (r"node_filesystem_(free|avail)_bytes$", 0.1, 1 << 30),
        (r"node_filesystem_files_free$", 0.1, 10_000),
        (r"node_(thermal_zone_temp|cooling_device_cur_state)$", 0.5, 10),
        (r"node_memory_(MemTotal|SwapTotal|CommitLimit|Hugepagesize|HugePages_Total|VmallocTotal)(_bytes)?$", 0, 0),
        (r"node_memory_", 0.3, 1 << 30),
    ]
]

SAMPLE = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?\s*$")
LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)')
SUFFIX = re.compile(r"(_sum|_count|_bucket)$")


class Family:
    """One metric family: its type, its HELP text and its values by label set, a sorted tuple of pairs."""

    def __init__(self):
        self.type = "untyped"
        self.help = ""
        self.samples = {}


def parse_labels(text, where):
    labels, position = [], 0
    while position < len(text):
        match = LABEL.match(text, position)
        if not match:
            raise ValueError(f"{where}: invalid labels")
        labels.append(match.groups())
        position = match.end()
    return tuple(sorted(labels))


def parse(path):
    """The families of a file in the text format 0.0.4, by name."""
    families = {}
    with open(path, encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file, 1):
            where, line = f"{path}:{number}", line.rstrip("\n")
            if line.startswith(("# HELP ", "# TYPE ")):
                _, keyword, name, *text = line.split(" ", 3)
                setattr(families.setdefault(name, Family()), keyword.lower(), "".join(text))
            elif line and not line.startswith("#"):
                add_sample(families, line, where)
    return families


def add_sample(families, line, where):
    match = SAMPLE.match(line)
    if not match:
        raise ValueError(f"{where}: not a sample: {line!r}")
    name, labels, value = match.groups()
    key = parse_labels(labels or "", where)
    base = SUFFIX.sub("", name)
    if name not in families and base in families:  # a part of a histogram or summary
        family, key = families[base], key + (("__name__", name),)
    else:
        family = families.setdefault(name, Family())
    if key in family.samples:
        raise ValueError(f"{where}: duplicate sample: {line!r}")
    family.samples[key] = float(value)


def show(name, labels):
    inside = ",".join(f'{label}="{value}"' for label, value in labels)
    return f"{name}{{{inside}}}" if inside else name


def close_enough(name, ours, peers):
    if ours == peers or (math.isnan(ours) and math.isnan(peers)):
        return True
    for pattern, relative, absolute in MOVING:
        if pattern.match(name):
            greater = max(abs(ours), abs(peers))
            return relative == math.inf or abs(ours - peers) <= max(relative * greater, absolute)
    return False


def compare_family(name, ours, peers):
    """Yields the differences of one family."""
    for what in ("type", "help"):
        left, right = getattr(ours, what), getattr(peers, what)
        if left != right:
            yield f"{name}: {what} is {left!r}, the peer's is {right!r}"
    for labels in sorted(peers.samples.keys() - ours.samples.keys()):
        yield f"{show(name, labels)}: missing, the peer has {peers.samples[labels]!r}"
    for labels in sorted(ours.samples.keys() - peers.samples.keys()):
        yield f"{show(name, labels)}: the peer has none, ours is {ours.samples[labels]!r}"
    for labels in sorted(ours.samples.keys() & peers.samples.keys()):
        left, right = ours.samples[labels], peers.samples[labels]
        if not close_enough(name, left, right):
            yield f"{show(name, labels)}: value is {left!r}, the peer's is {right!r}"


def compare(ours, peers):
    """Yields the differences of two sets of families. Families without samples do not count."""
    ours = {name: family for name, family in ours.items() if family.samples}
    peers = {name: family for name, family in peers.items() if family.samples}
    for name in sorted(ours.keys() | peers.keys()):
        if name not in ours:
            yield f"{name}: family is missing"
        elif name not in peers:
            yield f"{name}: the peer has no such family"
        else:
            yield from compare_family(name, ours[name], peers[name])


def collector_filter(names):
    """A function that tells whether a family belongs to one of the collectors."""
    unknown = sorted(set(names) - COLLECTORS.keys())
    if unknown:
        raise ValueError("unknown collector: " + ", ".join(unknown))
    patterns = re.compile("|".join(f"(?:{COLLECTORS[name]})" for name in names))
    return lambda family: bool(patterns.match(family))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ours", help="our exposition, text format 0.0.4")
    parser.add_argument("peer", help="node_exporter's exposition, text format 0.0.4")
    parser.add_argument("--collectors", help="compare only the families of these collectors, separated by commas")
    parser.add_argument("--ignore", action="append", default=[], metavar="REGEX",
                        help="leave out families that begin with this; repeatable; hub_ is always left out")
    arguments = parser.parse_args()
    try:
        ignored = [PEER_ONLY, re.compile("hub_")] + [re.compile(pattern) for pattern in arguments.ignore]
        wanted = collector_filter(arguments.collectors.split(",")) if arguments.collectors else lambda family: True
        sides = []
        for path in (arguments.ours, arguments.peer):
            families = parse(path)
            sides.append({name: family for name, family in families.items()
                          if wanted(name) and not any(pattern.match(name) for pattern in ignored)})
    except (OSError, ValueError, re.error) as error:
        print(error, file=sys.stderr)
        return 2
    differences = list(compare(*sides))
    for difference in differences:
        print(difference)
    samples = sum(len(family.samples) for family in sides[1].values())
    print(f"{len(differences)} differences in {len(sides[1])} families with {samples} samples", file=sys.stderr)
    return 1 if differences or not samples else 0


if __name__ == "__main__":
    sys.exit(main())
