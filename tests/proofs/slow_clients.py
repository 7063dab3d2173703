"""Clients that stop in the middle, and whether the server goes on for the others.

    slow_clients.py path/to/ecs-mock [--clients N] [--folder FOLDER]

The server may have 256 descriptors. Clients stop in the middle of a head or a body, on both planes, or keep a
connection and send nothing over it, as many as the server takes and more as soon as it takes more. All the while,

- a health check over a connection of its own is answered;
- each of those connections is closed by the server once its time is over.

Beside them, at other servers,

- the upload of a state that pauses for a while goes on, and one that pauses for too long is told so;
- heads and bodies that come a byte from time to time are given up, and the upload of a state that comes as slowly is not;
- hundreds of clients take an export in drops, and a health check is answered;
- clients ask for an export and do not read it, while others write. The write-ahead log must not grow for as long as they
  please, others must be able to read, and their descriptors must be given back.
"""

import json
import pathlib
import resource
import selectors
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from checks import main
from servers import MIB, PATIENCE, Connection, Server
from stress import LINES, Mismatch

DESCRIPTORS = 256
# Connections that wait for the server to take them, at most: what is behind more waits for the server, and not for us.
WAITING = 32
# Seconds within which a health check must be answered.
HEALTHY = 15
# Seconds that the upload of a state may pause, and those that it may not.
PAUSE, TOO_LONG = 15, 40
# Seconds without progress after which a request must be over, and a kept connection; more than each may take, since some
# wait until the server takes them.
REQUEST, KEPT = 25, 35
# Seconds between two bytes of clients that send drops, and seconds after which a head and a body must be over.
DROP, HEAD_OVER, BODY_OVER = 4, 15, 70
# Clients that take drops, the bytes of the export that they have asked for, and for how many seconds they do.
TAKERS, TAKEN, TAKE = 150, 2 * MIB, 20
# Clients that do not read, and what they have asked for.
READERS = 24
ROWS = 20_000
WRITES = 4_000
LOG = 64 * MIB
# Seconds until the server has its descriptors back.
GIVEN_BACK = 60

HEAD = b" HTTP/1.1\r\nHost: localhost\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nAction=Describe"
DOCUMENT = b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
KEPT_OPEN = "a kept connection"
# By what they stop in; each is sent, and then nothing.
KINDS = {
    "nothing": b"",
    "a head": b"GET /?Action=DescribeSnapshots" + HEAD + b"Accept: appl",
    "a form": b"POST /" + HEAD + FORM,
    "a document": b"POST /_mock/v1/sandboxes" + HEAD + DOCUMENT,
    "a state": b"PUT /_mock/v1/sandboxes/default/state" + HEAD + DOCUMENT,
    KEPT_OPEN: b"GET /_mock/health/live" + HEAD + b"\r\n",
}
LIMITS = dict.fromkeys(KINDS, REQUEST) | {"a state": TOO_LONG + 10, KEPT_OPEN: KEPT}


def address(netloc):
    host, _, port = netloc.rpartition(":")
    return host, int(port)


def waiting(port):
    """How many connections the system keeps for a listener that has not taken them: the queue of its row."""
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, _, state, queues, *_ = line.split()
        if state == "0A" and int(local.partition(":")[2], 16) == port:
            return int(queues.partition(":")[2], 16)
    return 0


class Crowd:
    """Clients that stop, in one thread."""

    def __init__(self, netloc, count):
        self.address = address(netloc)
        self.count = count
        self.opened = 0
        self.selector = selectors.DefaultSelector()
        # By kind, for how long each was open.
        self.closed = {kind: [] for kind in KINDS}

    def open(self):
        kind = list(KINDS)[self.opened % len(KINDS)]
        client = socket.create_connection(self.address, timeout=PATIENCE)
        client.sendall(KINDS[kind])
        client.setblocking(False)
        # When it was opened, or for a kept connection, when it was last answered.
        self.selector.register(client, selectors.EVENT_READ, [kind, time.monotonic()])
        self.opened += 1

    def listen(self, seconds):
        """What the server answers, or that it closes."""
        for key, _ in self.selector.select(seconds):
            kind, since = key.data
            try:
                is_over = not key.fileobj.recv(65536)
            except OSError:
                is_over = True
            if is_over:
                self.closed[kind].append(time.monotonic() - since)
                self.selector.unregister(key.fileobj)
                key.fileobj.close()
            elif kind == KEPT_OPEN:
                key.data[1] = time.monotonic()

    def still_open(self):
        return [key.data for key in self.selector.get_map().values()]

    def run(self):
        """Until all were there and all are gone, or nobody has come or gone for longer than anyone may stay."""
        progress, before = time.monotonic(), None
        while (self.opened < self.count or self.still_open()) and time.monotonic() < progress + max(LIMITS.values()):
            if self.opened < self.count and waiting(self.address[1]) < WAITING:
                self.open()
                self.listen(0)
            else:
                self.listen(0.05)
            now = (self.opened, len(self.still_open()))
            if now != before:
                progress, before = time.monotonic(), now


class Health(threading.Thread):
    """Health checks, one behind the other, each over a connection of its own."""

    def __init__(self, netloc):
        super().__init__(daemon=True)
        self.address = address(netloc)
        self.times = []
        self.failures = []
        self.is_over = threading.Event()

    def run(self):
        while not self.is_over.wait(0.2):
            started = time.monotonic()
            try:
                with socket.create_connection(self.address, timeout=2 * HEALTHY) as connection:
                    connection.sendall(b"GET /_mock/health/ready" + HEAD + b"Connection: close\r\n\r\n")
                    answer = connection.recv(100)
                if not answer.startswith(b"HTTP/1.1 200 "):
                    self.failures.append(repr(answer))
            except OSError as error:
                self.failures.append(repr(error))
            self.times.append(time.monotonic() - started)


class Upload(threading.Thread):
    """Sends a state in two parts, with a pause between them."""

    def __init__(self, netloc, sandbox, pause):
        super().__init__(daemon=True)
        self.connection = socket.create_connection(address(netloc), timeout=TOO_LONG + PATIENCE)
        self.sandbox = sandbox
        self.pause = pause
        self.answer = None

    def part(self, number):
        line = json.dumps({"Snapshot": {"SnapshotId": f"s-{number}"}}).encode() + b"\n"
        return b"%x\r\n%s\r\n" % (len(line), line)

    def run(self):
        head = b"PUT /_mock/v1/sandboxes/" + self.sandbox.encode() + b"/state" + HEAD
        head += b"Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
        try:
            self.connection.sendall(head + self.part(1))
            self.connection.settimeout(self.pause)
            try:
                self.answer = self.connection.recv(1000)
                return
            except TimeoutError:
                pass
            self.connection.settimeout(PATIENCE)
            self.connection.sendall(self.part(2) + b"0\r\n\r\n")
            self.answer = self.connection.recv(1000)
        except OSError as error:
            self.answer = repr(error).encode()
        finally:
            self.connection.close()


class Drops(threading.Thread):
    """Sends a beginning, and then the same few bytes from time to time, until it is answered or for `seconds`."""

    def __init__(self, netloc, begin, drop, end, seconds):
        super().__init__(daemon=True)
        self.connection = socket.create_connection(address(netloc), timeout=PATIENCE)
        self.begin, self.drop, self.end = begin, drop, end
        self.seconds = seconds
        self.answer = b""
        self.took = 0

    def run(self):
        started = time.monotonic()
        try:
            self.connection.sendall(self.begin)
            self.connection.settimeout(DROP)
            while not self.answer and time.monotonic() < started + self.seconds:
                try:
                    self.answer = self.connection.recv(1000)
                    break
                except TimeoutError:
                    self.connection.sendall(self.drop)
            if not self.answer:
                self.connection.settimeout(PATIENCE)
                self.connection.sendall(self.end)
                self.answer = self.connection.recv(1000)
        except OSError as error:
            self.answer = self.answer or repr(error).encode()
        finally:
            self.took = time.monotonic() - started
            self.connection.close()


def put(connection, name, lines=""):
    for method, path, body, content_type, expected in (
        ("POST", "", json.dumps({"Name": name, "From": "empty"}), "application/json", 201),
        ("PUT", f"/{name}/state", lines, LINES, 200),
    ):
        status, text = connection.send(method, f"/_mock/v1/sandboxes{path}", body, content_type)
        if status != expected:
            raise Mismatch(f"{method} {path}: {status} {text[:300]}")


def stop_in_the_middle(server, clients, checks):
    health = Health(server.netloc)
    crowd = Crowd(server.netloc, clients)
    health.start()
    started = time.monotonic()
    crowd.run()
    took = time.monotonic() - started
    health.is_over.set()
    health.join(3 * HEALTHY)
    print(
        f"{crowd.opened} clients that stop, in {took:.0f} s; closed by the server, and after how many seconds at most:"
    )
    for kind, times in crowd.closed.items():
        still = sum(kind == other for other, _ in crowd.still_open())
        print(f"    stopped in {kind}: {len(times)}, {max(times, default=0):.1f} s, still open {still}")
        for after in times:
            checks.check(f"who stops in {kind} is cut off in time", after < LIMITS[kind], f"after {after:.1f} s")
        checks.check(f"nobody who stops in {kind} stays", still == 0, f"{still} are still open")
    checks.check("all of them could come", crowd.opened == clients, f"only {crowd.opened}")
    print(f"{len(health.times)} health checks, the slowest {max(health.times):.1f} s")
    for after in health.times:
        checks.check(f"a health check is answered within {HEALTHY} s", after < HEALTHY, f"{after:.1f} s")
    checks.check("a health check says ready", not health.failures, "\n".join(health.failures[:3]))


def pause(server, seconds, checks):
    connection = Connection(server.netloc)
    for name in ("patient", "impatient"):
        put(connection, name)
    uploads = [Upload(server.netloc, "patient", PAUSE), Upload(server.netloc, "impatient", seconds)]
    for upload in uploads:
        upload.start()
    for upload in uploads:
        upload.join(seconds + PATIENCE)
    for upload, expected in zip(uploads, (b"HTTP/1.1 200 ", b"HTTP/1.1 408 ")):
        is_so = (upload.answer or b"").startswith(expected)
        checks.check(
            f"an upload that pauses {upload.pause} s gets {expected[9:12].decode()}", is_so, repr(upload.answer)
        )
    connection = Connection(server.netloc)
    for name, ids in (("patient", ["s-1", "s-2"]), ("impatient", [])):
        seen = [row["SnapshotId"] for row in connection.get(f"/{name}/state")["Snapshots"]]
        checks.expect(f"what sandbox {name} holds", seen, ids)


def send_drops(server, seconds, checks):
    put(Connection(server.netloc), "dripping")
    chunked = HEAD + b"Transfer-Encoding: chunked\r\nContent-Type: "
    entry = json.dumps({"Snapshot": {}}).encode() + b"\n"
    entry = b"%x\r\n%s\r\n" % (len(entry), entry)
    state = b"PUT /_mock/v1/sandboxes/dripping/state" + chunked + b"application/x-ndjson\r\n\r\n"
    clients = {
        ("a head", b"408", HEAD_OVER): (b"GET /?Format=JSON" + HEAD + b"X: ", b"x", b""),
        ("a form", b"400", seconds): (b"POST /" + HEAD + FORM, b"x", b""),
        ("a form in chunks", b"400", seconds): (b"POST /" + chunked + b"text/plain\r\n\r\n", b"1\r\nx\r\n", b""),
        ("a document", b"408", seconds): (b"POST /_mock/v1/sandboxes" + HEAD + DOCUMENT, b" ", b""),
        ("a state", b"200", seconds + HEALTHY): (state, entry, b"0\r\n\r\n"),
    }
    drops = {kind: Drops(server.netloc, *parts, seconds) for kind, parts in clients.items()}
    for client in drops.values():
        client.start()
    for (name, status, limit), client in drops.items():
        client.join(limit + 2 * PATIENCE)
        print(f"{name} that comes in drops: {client.answer[9:12].decode()} after {client.took:.0f} s")
        checks.check(f"{name} in drops gets {status.decode()}", client.answer[9:12] == status, repr(client.answer))
        checks.check(f"{name} in drops is over in time", client.took < limit, f"{client.took:.0f} s")


def take_drops(server, clients, checks):
    entry = json.dumps({"Snapshot": {"Description": "x" * 1000}}) + "\n"
    put(Connection(server.netloc), "taken", entry * (TAKEN // len(entry)))
    health = Health(server.netloc)
    health.start()
    request = b"GET /_mock/v1/sandboxes/taken/state" + HEAD + b"\r\n"
    takers, turn = [], 0
    for _ in range(clients):
        taker = socket.socket()
        taker.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        taker.settimeout(PATIENCE)
        taker.connect(address(server.netloc))
        taker.sendall(request)
        taker.setblocking(False)
        takers.append(taker)
    until = time.monotonic() + TAKE
    while time.monotonic() < until:
        turn += 1
        for taker in takers[turn % 10 :: 10]:
            try:
                taker.recv(1)
            except OSError:
                pass
        time.sleep(0.01)
    health.is_over.set()
    health.join(3 * HEALTHY)
    for taker in takers:
        taker.close()
    print(f"{len(health.times)} health checks beside {len(takers)} that take drops, the slowest {max(health.times):.1f} s")
    for after in health.times:
        checks.check(f"a health check beside them is answered within {HEALTHY} s", after < HEALTHY, f"{after:.1f} s")
    checks.check("a health check beside them says ready", not health.failures, "\n".join(health.failures[:3]))


def ask_and_not_read(server, writes, checks):
    connection = Connection(server.netloc)
    lines = "".join(
        json.dumps({"Snapshot": {"SnapshotId": f"s-{number:05}", "Description": str(number % 10) * 1000}}) + "\n"
        for number in range(ROWS)
    )
    put(connection, "large", lines)
    put(connection, "small", json.dumps({"Snapshot": {"SnapshotId": "s-1"}}) + "\n")
    before = server.held_for_clients()
    readers = []
    for number in range(READERS):
        reader = socket.socket()
        # Little of it is on the way.
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.settimeout(PATIENCE)
        reader.connect(address(server.netloc))
        accept = LINES if number % 2 else "application/json"
        request = b"GET /_mock/v1/sandboxes/large/state" + HEAD + b"Accept: " + accept.encode() + b"\r\n\r\n"
        reader.sendall(request)
        readers.append(reader)
    started = time.monotonic()
    log, largest, slowest = pathlib.Path(f"{server.database}-wal"), 0, 0
    try:
        for number in range(writes):
            begun = time.monotonic()
            body = json.dumps({"Description": f"write {number} " + "x" * 100})
            status, text = connection.send("PATCH", "/_mock/v1/sandboxes/small/snapshots/s-1", body)
            if status != 200:
                raise Mismatch(f"a small write: {status} {text[:300]}")
            if number % 100 == 0:
                Connection(server.netloc).get("/small/state")
            slowest = max(slowest, time.monotonic() - begun)
            largest = max(largest, log.stat().st_size)
        print(f"{writes} small writes in {time.monotonic() - started:.0f} s, the slowest {slowest * 1000:.0f} ms")
        print(f"the write-ahead log beside {READERS} clients that do not read: {largest / MIB:.0f} MiB at most")
        checks.check("the log does not grow for whoever does not read", largest < LOG, f"{largest / MIB:.0f} MiB")
        checks.check("others are not kept waiting", slowest < 5, f"{slowest:.1f} s")
        while server.held_for_clients() > before and time.monotonic() < started + GIVEN_BACK:
            time.sleep(0.1)
        taken = server.held_for_clients() - before
        print(f"connections and files of theirs after {time.monotonic() - started:.0f} s: {taken}")
        checks.check("what is held for whoever does not read is given back", taken <= 0, f"{taken} are still held")
    finally:
        for reader in readers:
            reader.close()


def prove(arguments, folder, checks):
    # Each of a thousand clients takes a descriptor of ours as well.
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    limits = {resource.RLIMIT_NOFILE: DESCRIPTORS}

    def beside(claim, count, name):
        server = Server(arguments.binary, folder / f"{name}.db", "none", folder / f"{name}.log", limits=limits).wait()
        try:
            claim(server, count, checks)
            server.stop()
        finally:
            server.process.kill()

    # This one works, and what is measured beside it would be its work.
    beside(ask_and_not_read, arguments.writes, "read")
    # The others wait more than they work.
    with ThreadPoolExecutor(4) as claims:
        for claim in [
            claims.submit(beside, stop_in_the_middle, arguments.clients, "stop"),
            claims.submit(beside, pause, TOO_LONG, "pause"),
            claims.submit(beside, send_drops, BODY_OVER, "send"),
            claims.submit(beside, take_drops, TAKERS, "take"),
        ]:
            claim.result()


if __name__ == "__main__":
    main(__doc__, prove, clients=1_000, writes=WRITES)
