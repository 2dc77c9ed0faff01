"""Measures remote write with vmagent beside it, on the same work: one exposition, collected every second, sent to a
VictoriaMetrics that is away at first.

Usage: remote_write.py HUB
Both collect the same text over HTTP, the hub with its upstream plugin. What counts is what the receiver says it inserted.
"""

import contextlib
import http.client
import http.server
import json
import os
import pathlib
import shutil
import socket
import sys
import tempfile
import threading
import time

from servers import PLUGINS, free_port, peer, running

SERIES = 10_000
OUTAGE = 20
STEADY = 20
PATIENCE = 180


class Exposition(http.server.BaseHTTPRequestHandler):
    """Serves as many samples as are wanted; their values differ from one scrape to the next."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        moment = time.time()
        lines = [
            f'demo_requests_total{{handler="/api/{number % 100}",method="GET",code="{200 + number // 1000}",shard="{number}"}}'
            f" {moment * (number + 1):.3f}\n"
            for number in range(SERIES)
        ]
        body = ("# HELP demo_requests_total Requests.\n# TYPE demo_requests_total counter\n" + "".join(lines)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def exposition():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Exposition)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()


def victoria(folder, port):
    command = [peer("victoria-metrics"), f"-storageDataPath={folder}/vm", f"-httpListenAddr=127.0.0.1:{port}"]
    return running("VictoriaMetrics", port, command)


def hub(program, folder, source, receiver):
    shutil.copytree(PLUGINS / "upstream", pathlib.Path(folder) / "plugins" / "upstream")
    config = pathlib.Path(folder) / "hub.yml"
    limits = {"samples": 10 * SERIES, "bytes": "64MiB", "cpu": "10s", "memory": "256MiB", "response_size": "64MiB"}
    upstream = {"interval": "1s", "targets": [f"http://127.0.0.1:{source}/metrics"], "limits": limits}
    endpoint = {"name": "vm", "url": f"http://127.0.0.1:{receiver}/api/v1/write"}
    config.write_text(json.dumps({"plugins": {"upstream": upstream}, "remote_write": {"endpoints": [endpoint]}}))
    port = free_port()
    command = [program, "serve", "--config", config, "--plugins", f"{folder}/plugins", "--listen", f"127.0.0.1:{port}"]
    return running("exporter-hub", port, command)


def vmagent(_, folder, source, receiver):
    config = pathlib.Path(folder) / "scrape.yml"
    job = {"job_name": "demo", "scrape_interval": "1s", "static_configs": [{"targets": [f"127.0.0.1:{source}"]}]}
    config.write_text(json.dumps({"scrape_configs": [job]}))
    port = free_port()
    command = [
        peer("vmagent"), f"-promscrape.config={config}", f"-remoteWrite.url=http://127.0.0.1:{receiver}/api/v1/write",
        f"-remoteWrite.tmpDataPath={folder}/queue", f"-httpListenAddr=127.0.0.1:{port}",
    ]
    return running("vmagent", port, command)


def inserted(port):
    """Samples that the receiver took by remote write."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/metrics")
    lines = connection.getresponse().read().decode().splitlines()
    connection.close()
    wanted = 'vm_rows_inserted_total{type="promremotewrite"}'
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(wanted))


class Gate:
    """Passes connections on to the receiver, and knows when the first one came: what is inserted is seen too late for that.

    Bytes go through a pipe in the kernel (splice(2)), which costs next to nothing.
    """

    def __init__(self, port, receiver):
        self.receiver = receiver
        self.opened = None
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.opened = self.opened or time.monotonic()
            server = socket.create_connection(("127.0.0.1", self.receiver))
            for source, sink in [(client, server), (server, client)]:
                threading.Thread(target=self.splice, args=(source, sink), daemon=True).start()

    @staticmethod
    def splice(source, sink):
        reader, writer = os.pipe()
        try:
            while count := os.splice(source.fileno(), writer, 1 << 20):
                while count > 0:
                    count -= os.splice(reader, sink.fileno(), count)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            # One of them is gone; the other is to notice.
            for end in (source, sink):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        finally:
            os.close(reader)
            os.close(writer)

    def close(self):
        # Closing alone does not wake the thread that waits in accept(2).
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def catch_up(count, gate):
    """Waits until so much was inserted; returns the seconds since the first connection."""
    start = time.monotonic()
    while inserted(gate.receiver) < count:
        if time.monotonic() > start + PATIENCE:
            raise RuntimeError(f"{count} samples: not in time")
        time.sleep(0.002)
    return time.monotonic() - gate.opened


def measure(start, program):
    """Returns what one sender needs, by name."""
    address, receiver = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder, exposition() as source, \
            start(program, folder, source, address) as sender:
        time.sleep(OUTAGE)
        disk = sum(path.stat().st_size for path in pathlib.Path(folder).rglob("*") if path.is_file())
        with victoria(folder, receiver), contextlib.closing(Gate(address, receiver)) as gate:
            backlog = (OUTAGE - 2) * SERIES
            rate = backlog / catch_up(backlog, gate)
            time.sleep(5)
            cpu, count = sender.cpu_seconds(), inserted(receiver)
            time.sleep(STEADY)
            count = inserted(receiver) - count
            return {
                "rate": rate, "cpu": (sender.cpu_seconds() - cpu) / count * 1e6, "steady": count / STEADY,
                "resident": sender.resident_bytes(), "disk": disk / OUTAGE / SERIES,
            }


def table(hub_result, theirs):
    def row(name, key, factor=1.0, digits=2, unit=""):
        cells = [f"{one[key] * factor:.{digits}f}{unit}" for one in (hub_result, theirs)]
        return f"| {name} | {cells[0]} | {cells[1]} | {hub_result[key] / max(1e-9, theirs[key]):.2f} |"

    return "\n".join([
        "| | exporter-hub | vmagent | ratio |",
        "|---|--:|--:|--:|",
        row("samples per second sent, collecting every second", "steady", digits=0),
        row("CPU per million samples, from scrape to answer", "cpu", unit=" s"),
        row("samples per second when catching up", "rate", digits=0),
        row("files per waiting sample", "disk", digits=1, unit=" B"),
        row("resident memory", "resident", 1e-6, 1, " MB"),
    ])


def section(program):
    """The part of BENCHMARKS.md about remote write."""
    intro = (
        f"One exposition of {SERIES} samples, collected every second and sent to a VictoriaMetrics that is away for the "
        f"first {OUTAGE} s. Catching up counts from the first connection that reaches it; CPU and steady rate are of {STEADY} s "
        "after that."
    )
    return f"## Remote write\n\n{intro}\n\n{table(measure(hub, program), measure(vmagent, program))}"


if __name__ == "__main__":
    print(section(sys.argv[1]))
