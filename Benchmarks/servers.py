"""Starts what is measured, on free loopback ports, and reads its costs from /proc."""

import contextlib
import http.client
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

PLUGINS = pathlib.Path(__file__).resolve().parent.parent / "plugins"
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
COLLECTORS = [
    "arp", "conntrack", "cpu", "diskstats", "entropy", "filefd", "filesystem", "loadavg", "meminfo", "netdev",
    "netstat", "os", "pressure", "schedstat", "sockstat", "softnet", "stat", "thermal_zone", "time", "uname", "vmstat",
]


def peer(name):
    """The program of a peer: what an environment variable such as VICTORIA_METRICS names, or the one on the PATH."""
    variable = name.removeprefix("prometheus-").replace("-", "_").upper()
    return os.environ.get(variable) or name


class Server:
    """A running process that serves /metrics."""

    def __init__(self, name, port, process):
        self.name = name
        self.port = port
        self.process = process

    def cpu_seconds(self):
        """Processor time of all its threads, in user and system mode (proc(5), stat fields 14 and 15)."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND

    def scheduled_seconds(self):
        """The same of the threads alive now, in nanoseconds rather than ticks: for differences too small to be ticks."""
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    def resident_bytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError(f"{self.name} has ended")

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_it_answers(server):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.process.poll() is None:
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
            connection.request("GET", "/")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{server.name} does not answer")


@contextlib.contextmanager
def running(name, port, command):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        server = Server(name, port, process)
        wait_until_it_answers(server)
        yield server
    finally:
        process.terminate()
        process.wait(10)


@contextlib.contextmanager
def running_hub(program):
    """The hub with the node plugin alone, and all its collectors on."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(PLUGINS / "node", pathlib.Path(folder) / "node")
        command = [program, "serve", "--plugins", folder, "--listen", f"127.0.0.1:{port}"]
        with running("exporter-hub", port, command) as server:
            yield server


@contextlib.contextmanager
def running_node_exporter():
    """Debian's node_exporter with the collectors that the node plugin has."""
    port = free_port()
    command = ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}", "--collector.disable-defaults"]
    command += [f"--collector.{name}" for name in COLLECTORS]
    with running("node_exporter", port, command) as server:
        yield server
