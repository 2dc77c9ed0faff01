"""Does a hub that takes pushes one kind of harm, and checks what becomes of it.

Usage: push_faults.py HUB FAULT
"""

import gzip
import pathlib
import signal
import socket
import struct
import sys
import tempfile
import time

from push_hub import Hub

MEBIBYTE = 1 << 20


def full_disk(binary, folder):
    """What does not fit is refused with 507, what was there stays, and with room again all goes on."""
    state = pathlib.Path(folder) / "state"
    state.mkdir()
    mount = f'mount -t tmpfs -o size=3m tmpfs "{state}" && head -c 700000 /dev/zero > "{state}/filler" && exec "$@"'
    with Hub(binary, folder, wrapper=["unshare", "-m", "sh", "-c", mount, "sh"]) as hub:
        assert hub.request("PUT", "/metrics/job/kept", "kept 1\n")[0] == 200
        large = "".join(f'large{{n="{number}",filler="{"x" * 200}"}} {number}\n' for number in range(2000))
        codes = [hub.request("PUT", f"/metrics/job/large/part/{number}", large)[0] for number in range(12)]
        assert codes[0] == 200 and codes[-1] == 507, codes
        assert set(codes) == {200, 507}, codes
        stored = codes.count(200)
        assert hub.value('kept{instance="",job="kept"}') == 1
        assert len(hub.samples('^large.*n="7"')) >= 1
        assert len(hub.samples(r'^push_time_seconds.*job="large"')) == stored
        assert hub.value('hub_push_rejected_total{reason="disk_full"}') >= 1
        assert hub.request("GET", "/-/healthy")[0] == 200
        pathlib.Path(f"/proc/{hub.process.pid}/root{state}/filler").unlink()
        codes = [hub.request("DELETE", f"/metrics/job/large/part/{number}")[0] for number in range(12)]
        assert set(codes) == {202}, codes
        assert hub.request("PUT", "/metrics/job/large", large)[0] == 200


def broken_database(binary, folder):
    """A broken file is put aside and reported; the hub starts and takes pushes."""
    state = pathlib.Path(folder) / "state"
    with Hub(binary, folder) as hub:
        assert hub.request("PUT", "/metrics/job/before", "before 1\n")[0] == 200
    for content in (b"this is no database" * 1000, b"", None):
        if content is None:
            database = bytearray((state / "pushes.db").read_bytes())
            # Behind the first page, which says that this is a database.
            database[4096:] = b"\xff" * (len(database) - 4096)
            content = bytes(database)
        (state / "pushes.db").write_bytes(content)
        with Hub(binary, folder) as hub:
            expected = 0 if content == b"" else 1
            assert hub.value("hub_push_database_resets_total") == expected, content[:20]
            assert hub.request("PUT", "/metrics/job/after", "after 1\n")[0] == 200
            assert hub.value('after{instance="",job="after"}') == 1
        if expected:
            assert (state / "pushes.db.corrupt").read_bytes() == content
            assert "put aside" in hub.log()
    with Hub(binary, folder) as hub:
        assert hub.value('after{instance="",job="after"}') == 1


def unusable_folder(binary, folder):
    """Where the state cannot be kept the hub does not start, and says why."""
    (pathlib.Path(folder) / "state").write_text("a file\n")
    hub = Hub(binary, folder)
    try:
        hub.start()
    except RuntimeError as error:
        assert "pushes.db" in str(error), error
    else:
        hub.stop()
        raise AssertionError("the hub has started")


def two_processes(binary, folder):
    """A second hub on the same folder does not start."""
    with Hub(binary, folder) as first:
        second = Hub(binary, folder)
        try:
            second.start()
        except RuntimeError as error:
            assert "locked" in str(error), error
        else:
            second.stop()
            raise AssertionError("the second hub has started")
        assert first.request("PUT", "/metrics/job/a", "a 1\n")[0] == 200


def bombs(binary, folder):
    """What grows too large when it is unpacked is refused, and takes no memory."""
    with Hub(binary, folder) as hub:
        before = hub.resident_bytes()
        bomb = gzip.compress(b"#" * (512 * MEBIBYTE))
        for _ in range(4):
            code, _ = hub.request("PUT", "/metrics/job/bomb", bomb, {"Content-Encoding": "gzip"})
            assert code == 413, code
        chunk = b"\x00" + struct.pack("<I", 4 + 11)[:3] + b"\0\0\0\0" + b"\xff\xff\xff\xff\x0f" + b"x" * 6
        snappy = b"\xff\x06\x00\x00sNaPpY" + chunk
        code, _ = hub.request("PUT", "/metrics/job/bomb", snappy, {"Content-Encoding": "snappy"})
        assert code == 400, code
        protobuf = {"Content-Type": "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"}
        code, _ = hub.request("PUT", "/metrics/job/bomb", b"\xff\xff\xff\xff\x07", protobuf)
        assert code == 400, code
        grown = hub.resident_bytes() - before
        assert grown < 120 * MEBIBYTE, grown
        assert hub.value("hub_push_groups") == 0


def large_bodies(binary, folder):
    """A body over the limit is refused, announced or not."""
    with Hub(binary, folder, push=", limits: { body: 64KiB }") as hub:
        assert hub.request("PUT", "/metrics/job/a", "a 1\n" + "#" * 60000 + "\n")[0] == 200
        for chunked in (False, True):
            with hub.connect() as connection:
                length = "Transfer-Encoding: chunked" if chunked else "Content-Length: 100000000"
                connection.sendall(f"PUT /metrics/job/b HTTP/1.1\r\nHost: hub\r\n{length}\r\n\r\n".encode())
                try:
                    for _ in range(1000):
                        connection.sendall((b"1000\r\n" + b"#" * 4096 + b"\r\n") if chunked else b"#" * 4096)
                except OSError:
                    pass
                try:
                    answer = connection.recv(100)
                except OSError:
                    answer = b""
                assert answer == b"" or b" 413 " in answer, answer
        assert hub.samples('^push_time_seconds.*job="b"') == {}


def slow_bodies(binary, folder):
    """Many bodies that never end hold little, and are ended by the time limit."""
    with Hub(binary, folder, push=", limits: { timeout: 2s, body: 1MiB }") as hub:
        before = hub.resident_bytes()
        connections = []
        for _ in range(200):
            connection = hub.connect()
            connection.sendall(b"PUT /metrics/job/slow HTTP/1.1\r\nHost: hub\r\nContent-Length: 1000000\r\n\r\n" + b"#" * 100000)
            connections.append(connection)
        assert hub.request("PUT", "/metrics/job/other", "other 1\n")[0] == 200
        assert hub.request("GET", "/metrics")[0] == 200
        for connection in connections:
            answer = connection.recv(100)
            assert answer == b"" or b" 408 " in answer or b" 503 " in answer, answer
            connection.close()
        assert hub.resident_bytes() - before < 150 * MEBIBYTE
        assert hub.samples('^push_time_seconds.*job="slow"') == {}


def cut_connections(binary, folder):
    """A connection cut at any place stores nothing, and nothing is left of it."""
    body = b"cut_metric 1\n" * 1
    request = b"PUT /metrics/job/cut HTTP/1.1\r\nHost: hub\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    chunked = b"PUT /metrics/job/cut HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n" + body + b"\r\n0\r\n\r\n"
    with Hub(binary, folder) as hub:
        hub.request("GET", "/metrics")
        before = hub.open_descriptors()
        for whole in (request, chunked):
            for length in range(1, len(whole) - (5 if whole is chunked else 0)):
                for resets in (False, True):
                    connection = hub.connect()
                    if resets:
                        linger = struct.pack("ii", 1, 0)
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    connection.sendall(whole[:length])
                    connection.close()
        assert hub.samples("^(cut_metric|push_time)") == {}, hub.samples("^(cut_metric|push_time)")
        # A client that has sent all, and closes its own direction, is answered.
        with hub.connect() as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            assert b" 200 " in connection.recv(100)
        deadline = time.monotonic() + 30
        while hub.open_descriptors() > before + 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert hub.open_descriptors() <= before + 2


def time_to_live(binary, folder):
    """Groups go when their time is over, and not before, also after a restart."""
    with Hub(binary, folder, push=", ttl: 1h") as hub:
        assert hub.request("PUT", "/metrics/job/short?ttl=3s", "short 1\n")[0] == 200
        assert hub.request("PUT", "/metrics/job/header", "header 1\n", {"X-Push-TTL": "3s"})[0] == 200
        assert hub.request("PUT", "/metrics/job/ever?ttl=0", "ever 1\n")[0] == 200
        assert hub.request("PUT", "/metrics/job/usual", "usual 1\n")[0] == 200
        assert hub.request("PUT", "/metrics/job/wrong?ttl=soon", "wrong 1\n")[0] == 400
        assert len(hub.samples("^(short|header|ever|usual)")) == 4
        hub.stop(signal.SIGKILL)
        hub.start()
        deadline = time.monotonic() + 60
        while hub.samples("^(short|header)") and time.monotonic() < deadline:
            time.sleep(0.05)
        assert set(hub.samples("^(short|header|ever|usual|push_time)")) == {
            'ever{instance="",job="ever"}', 'usual{instance="",job="usual"}',
            'push_time_seconds{instance="",job="ever"}', 'push_time_seconds{instance="",job="usual"}',
        }
        while hub.value("hub_push_expired_groups_total") < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert hub.value("hub_push_expired_groups_total") == 2


def limits(binary, folder):
    """Limits on groups, samples and labels are answered with 507 and 400, and counted."""
    with Hub(binary, folder, push=", limits: { groups: 3, samples: 100, key: 100 }") as hub:
        for number in range(3):
            assert hub.request("PUT", f"/metrics/job/g{number}", "a 1\n")[0] == 200
        assert hub.request("PUT", "/metrics/job/g3", "a 1\n")[0] == 507
        assert hub.request("PUT", "/metrics/job/g2", "a 2\n")[0] == 200
        many = "".join(f'many{{n="{number}"}} 1\n' for number in range(99))
        assert hub.request("PUT", "/metrics/job/g1", many)[0] == 507
        assert hub.request("PUT", "/metrics/job/g1", many.split("\n", 2)[0] + "\n")[0] == 200
        assert hub.request("PUT", f"/metrics/job/g1/x/{'y' * 100}", "a 1\n")[0] == 400
        assert hub.value('hub_push_rejected_total{reason="limit"}') == 3
        assert hub.value("hub_push_groups") == 3 and hub.value("hub_push_samples") == 3


def credentials(binary, folder):
    """Jobs with credentials take pushes with them only."""
    jobs = ', jobs: { backup: { username: b, password: "${PUSH_PASSWORD}" }, ci: { bearer_token: "abcd1234" } }'
    with Hub(binary, folder, push=jobs, wrapper=["env", "PUSH_PASSWORD=s3cret99"]) as hub:
        right = {"Authorization": "Basic YjpzM2NyZXQ5OQ=="}
        token = {"Authorization": "Bearer abcd1234"}
        assert hub.request("PUT", "/metrics/job/backup", "a 1\n", right)[0] == 200
        assert hub.request("PUT", "/metrics/job/ci", "b 1\n", token)[0] == 200
        for job, headers in [("backup", {}), ("backup", token), ("ci", right), ("other", right), ("other", {}),
                             ("ci", {"Authorization": "Bearer abcd123"}), ("backup", {"Authorization": "Basic !"}),
                             ("backup", {"Authorization": "Basic YjpzM2NyZXQ5OQ==x"})]:
            assert hub.request("PUT", f"/metrics/job/{job}", "c 1\n", headers)[0] == 401, (job, headers)
            assert hub.request("DELETE", f"/metrics/job/{job}", None, headers)[0] == 401
        assert hub.request("PUT", "/api/v1/admin/wipe", None, right)[0] == 401
        assert len(hub.samples("^[abc]{")) == 2
        assert "s3cret99" not in hub.log()


def endless_queue(binary, folder):
    """More pushes at once than may wait: some are told to come again, the others are stored."""
    with Hub(binary, folder, push=", limits: { queue: 1 }") as hub:
        import concurrent.futures
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            codes = list(pool.map(lambda n: hub.request("PUT", f"/metrics/job/q/n/{n}", "q 1\n")[0], range(600)))
        assert set(codes) <= {200, 503}, set(codes)
        assert len(hub.samples("^q{")) == codes.count(200)
        assert codes.count(503) == hub.value('hub_push_rejected_total{reason="queue_full"}')


FAULTS = {
    function.__name__: function
    for function in [
        full_disk, broken_database, unusable_folder, two_processes, bombs, large_bodies, slow_bodies, cut_connections,
        time_to_live, limits, credentials, endless_queue,
    ]
}


def main():
    with tempfile.TemporaryDirectory() as folder:
        FAULTS[sys.argv[2]](sys.argv[1], folder)
    print("passed")


if __name__ == "__main__":
    main()
