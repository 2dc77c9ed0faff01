"""Measures pushes per second: the hub, whose answer says that the push is on the disk, and Debian's Pushgateway, which
writes its file every five minutes, in turns."""

import contextlib
import multiprocessing
import os
import pathlib
import socket
import tempfile
import time

from servers import free_port, peer, running

BLOCKS = int(os.environ.get("PUSH_BLOCKS", "4"))
SECONDS_PER_BLOCK = float(os.environ.get("PUSH_SECONDS", "2"))
CONNECTIONS = [1, 16, 64]
STANDING_GROUPS = 1000
SAMPLES = 10


def body(number):
    lines = [f'bench_value{{sample="{sample}"}} {number + sample}' for sample in range(SAMPLES)]
    return ("# TYPE bench_value gauge\n" + "\n".join(lines) + "\n").encode()


def request(group, number):
    content = body(number)
    head = f"PUT /metrics/job/bench/client/{group} HTTP/1.1\r\nHost: bench\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


def push(connection, group, number):
    """One push; the answers have no body."""
    connection.sendall(request(group, number))
    answer = b""
    while b"\r\n\r\n" not in answer:
        part = connection.recv(4096)
        if not part:
            raise RuntimeError("the server has closed the connection")
        answer += part
    if not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(answer[:200])


def client(port, group, start, seconds, queue):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        start.wait()
        end = time.monotonic() + seconds
        latencies = []
        while time.monotonic() < end:
            begin = time.perf_counter()
            push(connection, group, len(latencies))
            latencies.append(time.perf_counter() - begin)
        queue.put(latencies)


def measure_block(server, connections, seconds):
    """Returns the latencies of all pushes."""
    start, queue = multiprocessing.Event(), multiprocessing.Queue()
    clients = [
        multiprocessing.Process(target=client, args=(server.port, f"c{number}", start, seconds, queue))
        for number in range(connections)
    ]
    for process in clients:
        process.start()
    start.set()
    latencies = [latency for _ in clients for latency in queue.get(timeout=120)]
    for process in clients:
        process.join()
    return latencies


@contextlib.contextmanager
def running_hub(program):
    port = free_port()
    with tempfile.TemporaryDirectory(dir=os.environ.get("PUSH_FOLDER", ".")) as folder:
        folder = pathlib.Path(folder)
        (folder / "plugins").mkdir()
        (folder / "hub.yml").write_text("push: { enabled: true }\n")
        command = [program, "serve", "--config", folder / "hub.yml", "--plugins", folder / "plugins"]
        with running("exporter-hub", port, command + ["--listen", f"127.0.0.1:{port}"]) as server:
            yield server


@contextlib.contextmanager
def running_pushgateway():
    port = free_port()
    with tempfile.TemporaryDirectory(dir=os.environ.get("PUSH_FOLDER", ".")) as folder:
        command = [peer("prometheus-pushgateway"), f"--web.listen-address=127.0.0.1:{port}"]
        with running("Pushgateway", port, command + [f"--persistence.file={folder}/groups"]) as server:
            yield server


def fill(server, groups):
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        for group in range(groups):
            push(connection, f"standing{group}", group)


def measure(hub):
    """Returns (standing groups, connections) -> for each server pushes per second, median latency, CPU per push."""
    results = {}
    with running_hub(hub) as ours, running_pushgateway() as theirs:
        for standing in [0, STANDING_GROUPS]:
            for server in (ours, theirs):
                fill(server, standing)
            for connections in CONNECTIONS:
                totals = [[0, 0.0, []], [0, 0.0, []]]
                for block in range(BLOCKS):
                    for side in (0, 1) if block % 2 == 0 else (1, 0):
                        server = (ours, theirs)[side]
                        before = server.cpu_seconds()
                        latencies = measure_block(server, connections, SECONDS_PER_BLOCK)
                        totals[side][0] += len(latencies)
                        totals[side][1] += server.cpu_seconds() - before
                        totals[side][2] += latencies
                results[standing, connections] = [
                    (count / (BLOCKS * SECONDS_PER_BLOCK), sorted(latencies)[len(latencies) // 2], cpu / count)
                    for count, cpu, latencies in totals
                ]
    return results


def section(hub):
    """The figures as Markdown."""
    rows = []
    for (standing, connections), (ours, theirs) in measure(hub).items():
        rows.append(
            f"| {standing} | {connections} | {ours[0]:.0f} /s | {theirs[0]:.0f} /s | {ours[0] / theirs[0]:.2f} | "
            f"{ours[1] * 1000:.1f} ms | {theirs[1] * 1000:.1f} ms | {ours[2] * 1000:.2f} ms | {theirs[2] * 1000:.2f} ms |"
        )
    return "\n".join([
        "## Pushes\n",
        f"Pushes of {SAMPLES} samples by PUT, each connection to a group of its own, beside groups that are there already. "
        "The hub answers when the push is on the disk; Pushgateway writes its file every five minutes.",
        "",
        "| groups there | connections | hub | Pushgateway | ratio | hub, median | Pushgateway | hub, CPU per push | Pushgateway |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
        *rows,
    ])


if __name__ == "__main__":
    import sys
    print(section(pathlib.Path(sys.argv[1])))
