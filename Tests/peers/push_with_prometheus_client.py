"""Pushes with the functions of the Python client to a hub, and to a real Pushgateway beside it, and compares what is stored.

Usage: push_with_prometheus_client.py HUB_PORT PUSHGATEWAY_PORT
"""

import sys

from prometheus_client import (
    CollectorRegistry, Counter, Gauge, Histogram, Info, Summary, delete_from_gateway, disable_created_metrics,
    instance_ip_grouping_key, push_to_gateway, pushadd_to_gateway,
)

from compare_pushgateway import Server

# Not "..", which Pushgateway redirects.
ODD = ["plain", "with/slash", "", "blank here", "日本", "a=b&c", "%2F", "\"quotes\"", "back\\slash", "line\nfeed", "/", "=", "ü/ü"]


def registry(value):
    registry = CollectorRegistry()
    Gauge("client_gauge", "A gauge.", ["x"], registry=registry).labels("1").set(value)
    Counter("client_requests", "A counter.", registry=registry).inc(value)
    histogram = Histogram("client_seconds", "A histogram.", registry=registry)
    summary = Summary("client_size", "A summary.", registry=registry)
    for number in range(10):
        histogram.observe(number * value)
        summary.observe(number)
    Info("client_build", "An info.", registry=registry).info({"version": "1.2"})
    return registry


def small(value):
    registry = CollectorRegistry()
    Gauge("client_gauge", "A gauge.", ["x"], registry=registry).labels("2").set(value)
    return registry


def steps():
    yield "push", lambda address: push_to_gateway(address, job="client", registry=registry(1))
    yield "push again", lambda address: push_to_gateway(address, job="client", registry=registry(2))
    yield "pushadd", lambda address: pushadd_to_gateway(address, job="client", registry=small(3))
    yield "push small", lambda address: push_to_gateway(address, job="client", registry=small(4))
    yield "pushadd all", lambda address: pushadd_to_gateway(address, job="client", registry=registry(5))
    yield "delete", lambda address: delete_from_gateway(address, job="client")
    key = {"instance": "one", "zone": "a"}
    yield "grouped", lambda address: push_to_gateway(address, job="client", grouping_key=key, registry=registry(1))
    yield "grouped by address", lambda address: push_to_gateway(
        address, job="client", grouping_key=instance_ip_grouping_key(), registry=small(1))
    yield "empty", lambda address: push_to_gateway(address, job="client_empty", registry=CollectorRegistry())
    yield "empty added", lambda address: pushadd_to_gateway(address, job="client_empty", registry=CollectorRegistry())
    for job in ODD:
        if job:
            yield f"job {job!r}", lambda address, job=job: push_to_gateway(address, job=job, registry=small(1))
        key = {"odd": job}
        yield f"key {job!r}", lambda address, key=key: pushadd_to_gateway(
            address, job="odd", grouping_key=key, registry=small(1))
        yield f"delete {job!r}", lambda address, key=key: delete_from_gateway(address, job="odd", grouping_key=key)
        yield f"key {job!r} again", lambda address, key=key: push_to_gateway(
            address, job="odd", grouping_key=key, registry=registry(2))


def main():
    # They would differ from one registry to the next.
    disable_created_metrics()
    servers = [Server(int(port)) for port in sys.argv[1:3]]
    problems = []
    count = 0
    for name, step in steps():
        count += 1
        outcomes = []
        for server in servers:
            try:
                step(f"127.0.0.1:{server.port}")
                outcomes.append("done")
            except OSError as error:
                outcomes.append(str(getattr(error, "code", error)))
        if outcomes[0] != outcomes[1]:
            problems.append(f"{name}: {outcomes}")
        left, right = servers[0].stored(), servers[1].stored()
        if left != right:
            only = [f"hub {key}" for key in left if right.get(key) != left[key]]
            only += [f"pushgateway {key}" for key in right if left.get(key) != right[key]]
            problems.append(f"{name}: stored differs: {only[:4]}")
    print("\n".join(problems + [f"{count} steps, {len(servers[0].stored())} samples stored"]))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
