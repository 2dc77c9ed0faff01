"""A hub that takes pushes, for the tests that push to it and do it harm."""

import http.client
import pathlib
import re
import signal
import socket
import subprocess
import time


class Hub:
    """A running hub with its state in a folder; started again on the same port after it was killed."""

    def __init__(self, binary, folder, push="", wrapper=()):
        self.binary = binary
        self.folder = pathlib.Path(folder)
        self.wrapper = list(wrapper)
        self.process = None
        self.port = free_port()
        (self.folder / "plugins").mkdir(exist_ok=True)
        self.config = self.folder / "hub.yml"
        self.config.write_text(f"push: {{ enabled: true, admin_api: true{push} }}\n")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        with open(self.folder / "hub.log", "ab") as log:
            self.process = subprocess.Popen(
                self.wrapper + [
                    self.binary, "serve", "--config", str(self.config), "--plugins", str(self.folder / "plugins"),
                    "--listen", f"127.0.0.1:{self.port}",
                ],
                stderr=log, stdout=log,
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the hub ended with {self.process.returncode}: {self.log()[-2000:]}")
            try:
                if self.request("GET", "/-/ready")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the hub is not ready")

    def stop(self, number=signal.SIGTERM):
        if self.process is None:
            return
        self.process.send_signal(number)
        self.process.wait(60)
        self.process = None

    def log(self):
        return (self.folder / "hub.log").read_text(errors="replace")

    def request(self, method, path, body=None, headers=None, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def samples(self, pattern="."):
        """Name with labels -> value, of the samples whose lines match."""
        status, body = self.request("GET", "/metrics", headers={"Accept": "text/plain;version=0.0.4"})
        assert status == 200, status
        lines = [line for line in body.decode().splitlines() if not line.startswith("#") and re.search(pattern, line)]
        return {key: float(value) for key, value in (line.rsplit(" ", 1) for line in lines)}

    def value(self, name):
        return self.samples("^" + re.escape(name) + " ")[name]

    def resident_bytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("no VmRSS")

    def open_descriptors(self):
        return len(list(pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
