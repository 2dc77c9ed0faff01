"""Sends the same requests to a hub and to a real Pushgateway, and compares status codes and what is stored after each.

Usage: compare_pushgateway.py HUB_PORT PUSHGATEWAY_PORT
Prints one line for each difference that is not one of design, and at the end how many requests were compared. Exits with 1
when there was a difference, or when a difference of design has gone.
"""

import http.client
import json
import re
import sys

from pushgateway_requests import QUOTED, UTF8_BODIES, UTF8_PATHS, requests

OWN = re.compile(r"^(hub_|process_|go_|pushgateway_|promhttp_)")
SAMPLE = re.compile(r'^([^\s{]+)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'([^=,]+)="((?:[^"\\]|\\.)*)"')


class Server:
    """One of the two, with a connection that is made again after it was closed."""

    def __init__(self, port):
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def request(self, method, path, body, headers):
        for attempt in range(2):
            try:
                self.connection.request(method, path, body=body, headers=headers)
                response = self.connection.getresponse()
                return response.status, response.read()
            except TimeoutError:
                self.connection.close()
                return 0, b"no answer"
            except (http.client.HTTPException, OSError):
                self.connection.close()
                if attempt == 1:
                    raise

    def stored(self):
        """All samples but the server's own: (name, labels) -> value; the times of pushes count as zero or not."""
        status, body = self.request("GET", "/metrics", None, {"Accept": "text/plain;version=0.0.4"})
        if status != 200:
            return {"status": status}
        samples = {}
        for line in body.decode().splitlines():
            match = SAMPLE.match(line)
            if not match or OWN.match(match[1]):
                continue
            labels = tuple(sorted((name, normal(name, value)) for name, value in LABEL.findall(match[2] or "")))
            value = float(match[3])
            if match[1] in ("push_time_seconds", "push_failure_time_seconds"):
                value = float(value > 0)
            samples[match[1], labels] = "NaN" if value != value else value
        return samples

    def pushgateway(self):
        """Which Pushgateway it is: the version as two numbers, and whether it takes UTF-8 names."""
        _, body = self.request("GET", "/api/v1/status", None, {})
        data = json.loads(body)["data"]
        version = tuple(int(number) for number in re.findall(r"\d+", data["build_information"]["version"])[:2])
        return version, data["flags"].get("push.enable-utf8-names") == "true"

    def kinds(self):
        """Types and help of what is stored."""
        _, body = self.request("GET", "/metrics", None, {"Accept": "text/plain;version=0.0.4"})
        lines = [line for line in body.decode().splitlines() if line.startswith("# TYPE")]
        return {line for line in lines if not OWN.match(line.split()[2])}


def normal(name, value):
    return str(float(value)) if name in ("le", "quantile") else value


# What differs on purpose: the name of a request, the status codes of hub and Pushgateway, why, and from which Pushgateways.
DESIGN = []
EVERY = ((0, 0), (99, 0))


def designed(names, codes, reason, versions=EVERY, utf8=None):
    """`versions` are the first Pushgateway that differs and the first that does not; `utf8` is whether it takes UTF-8 names."""
    DESIGN.extend((name, codes, reason, versions, utf8) for name in names)


def by_design(version, utf8):
    """What differs from one Pushgateway: name -> (codes, reason)."""
    return {
        name: (codes, reason) for name, codes, reason, (first, end), wanted in DESIGN
        if first <= version < end and wanted in (None, utf8)
    }


BOTH = ["PUT", "POST"]
ALL = BOTH + ["DELETE"]
designed([f"{m} text blanks" for m in BOTH], (200, 400), "blanks behind a value are taken, as a scrape takes them")
designed([f"{m} text same type twice" for m in BOTH], (200, 400), "a type that is repeated is taken, as a scrape takes it")
designed(
    [f"{m} text {case}" for m in BOTH for case in ("bucket without le", "bare histogram")],
    (400, 200),
    "Pushgateway stores a histogram of zeros in the place of what makes no sense",
)
designed(
    [f"{m} path /metrics/job/plain/instance/" for m in BOTH],
    (400, 400),
    "Pushgateway notes the failure in a second group with the same labels, and its /metrics fails from then on",
)
BEFORE_1_6 = ((0, 0), (1, 6))
# It returns with a lock held that all such requests of one method need.
HANGS = "after one job that is no base64, Pushgateway 1.5.1 answers no request with an encoded job any more"
designed(
    [f"{m} path /metrics/job@base64/{value}" for m in ALL for value in ("a", "=")],
    (400, 0),
    HANGS,
    BEFORE_1_6,
)
designed([f"{m} path /metrics/job@base64/YQ==" for m in BOTH], (200, 0), HANGS, BEFORE_1_6)
designed(["DELETE path /metrics/job@base64/YQ=="], (202, 0), HANGS, BEFORE_1_6)
designed([f"{m} path /metrics/job/plain#fragment" for m in BOTH], (200, 200), "a fragment is no part of a path (RFC 9110, 4.2.5)")
REDIRECTED = "the hub does not redirect: most clients follow a redirected PUT as a GET, and the push is lost"
designed([f"{m} path /metrics/job/" for m in ALL], (400, 307), REDIRECTED)
designed(
    [f"{m} path {path}" for m in ALL for path in ("/metrics/job//instance/x", "/metrics/job/plain//x", "/metrics/job/./x")],
    (400, 301),
    REDIRECTED,
)
for path in ("/metrics/job/plain/x//y/z", "/metrics/job/../job/x"):
    designed([f"{m} path {path}" for m in BOTH], (200, 301), REDIRECTED)
    designed([f"DELETE path {path}"], (202, 301), REDIRECTED)
designed(
    [f"{m} protobuf gauge histogram" for m in BOTH],
    (400, 200),
    "there is no text of a gauge histogram; Pushgateway serves it with the names of a histogram",
)
designed([f"{m} protobuf two of a name" for m in BOTH], (200, 200), "families of one name are joined; Pushgateway keeps the last")
BEFORE_1_11 = ((0, 0), (1, 11))
FLOAT_COUNTS = "counts in floating point are read, as in Pushgateway 1.11"
designed([f"{m} protobuf native histogram of floats" for m in BOTH], (200, 200), FLOAT_COUNTS, BEFORE_1_11)
designed([f"{m} protobuf utf8 names" for m in BOTH], (200, 400), "UTF-8 names are taken, as in Pushgateway 1.11", BEFORE_1_11)
designed(["coding GZIP"], (200, 400), "codings are named without regard to case, as in Pushgateway since 1.6", BEFORE_1_6)
designed(["order 35 POST nine"], (200, 400), "pushed times of pushes are left out, whatever their type")
SNAPPY_READ = "snappy is undone, as in Pushgateway since 1.6"
designed(["coding snappy"], (200, 400), SNAPPY_READ, BEFORE_1_6)
designed(["coding snappy that is none"], (400, 200), SNAPPY_READ, BEFORE_1_6)
NAMES = "the hub takes UTF-8 names as Pushgateway does since 1.11 with --push.enable-utf8-names"
designed([f"{m} utf8 {name}" for m in BOTH for name in UTF8_BODIES if name != QUOTED], (200, 400), NAMES, utf8=False)
designed([f"{m} utf8 {QUOTED}" for m in BOTH], (200, 400), "names in quotes are taken, as in Pushgateway 1.11", BEFORE_1_11)
for path, escaped in UTF8_PATHS.items():
    designed([f"{m} path {path}" for m in BOTH], (200, 200 if escaped else 400), NAMES, utf8=False)
    # What is deleted under another name was never there.
    designed([] if escaped else [f"DELETE path {path}"], (202, 400), NAMES, utf8=False)
designed([f"{m} path /metrics/job/plain/U{path}" for m in ALL for path in ("__/v", "______x/v")], (400, 200), NAMES, utf8=False)
designed([f"DELETE path /metrics/job/plain/U{path}" for path in ("__/v", "______x/v")], (400, 202), NAMES, utf8=False)
RESERVED = "Pushgateway stores a group with a reserved label, and its /metrics fails from then on"
designed([f"{m} path /metrics/job/plain/U______x/v" for m in BOTH], (400, 400), RESERVED, utf8=True)
designed(["DELETE path /metrics/job/plain/U______x/v"], (400, 202), RESERVED, utf8=True)
designed(["OPTIONS /metrics/job/plain"], (405, 200), "the hub answers no other methods than it names in Allow")


def main():
    hub, pushgateway = Server(int(sys.argv[1])), Server(int(sys.argv[2]))
    version, utf8 = pushgateway.pushgateway()
    design = by_design(version, utf8)
    differences, gone, count = [], [], 0
    for name, method, path, body, headers in requests():
        count += 1
        body = body.encode() if isinstance(body, str) else body
        ours, theirs = hub.request(method, path, body, headers), pushgateway.request(method, path, body, headers)
        codes = (ours[0], theirs[0])
        expected, reason = design.get(name, (None, None))
        if expected and codes != expected:
            gone.append(f"{name}: {codes}, expected {expected}: {reason}")
        if not expected and codes[0] != codes[1]:
            differences.append(f"{name}: status {codes[0]} {ours[1][:150]!r}, Pushgateway {codes[1]} {theirs[1][:150]!r}")
        left, right = hub.stored(), pushgateway.stored()
        if left != right or hub.kinds() != pushgateway.kinds():
            if not expected:
                only = [f"hub {key} {value}" for key, value in left.items() if right.get(key) != value]
                only += [f"pushgateway {key} {value}" for key, value in right.items() if left.get(key) != value]
                only += [str(kind) for kind in hub.kinds() ^ pushgateway.kinds()]
                differences.append(f"{name}: stored differs: {only[:6]}")
            # Both begin anew, so that one difference is told once.
            for server in (hub, pushgateway):
                server.request("PUT", "/api/v1/admin/wipe", None, {})
    for line in differences + gone:
        print(line)
    print(f"compared {count} requests with Pushgateway {'.'.join(map(str, version))}, {len(design)} differ by design")
    sys.exit(1 if differences or gone else 0)


if __name__ == "__main__":
    main()
