"""State documents that are made to do harm, sent to the control plane and given as seeds.

    hostile_documents.py path/to/ecs-mock [--mebibytes N] [--rounds N] [--folder FOLDER]

Too many entries, too large ones, aliases that multiply, nesting without end, and what is broken in any other way. The
large ones have N MiB, 64 at most. Each gets the answer that is right for it, and soon. Meanwhile the memory of the
server stays within its bounds, and another sandbox is read and written as always. Afterwards the sandbox holds what it
held, or all of a document that was taken; the server is ready, and its memory is back where it was. As seeds, the same
documents are taken, or end the start with a message that names the file.
"""

import dataclasses
import gzip
import json
import resource
import select
import socket
import statistics
import subprocess
import threading
import time
from http.client import HTTPException, HTTPResponse

from checks import main
from servers import MIB, PATIENCE, Connection, Gone, Server
from stress import JSON, LINES, Mismatch

YAML = "application/yaml"
ENDINGS = {JSON: "json", YAML: "yaml", LINES: "ndjson"}
# Bytes of memory while a document is read, more than before once it was, and what ends a server without bounds.
MEMORY, MORE, END = 150 * MIB, 40 * MIB, 3072 * MIB
# Seconds that another sandbox may be kept waiting at the 99th percentile, ten times what is usual, and at most: who
# waits asks nothing else, so that one long wait is few among many.
WAITING, LONGEST = 0.5, 2
# Requests of the other sandbox that are waited for, at least.
SAMPLES = 30
# Seconds within which a document is refused, and one that is large; and those for which a seed that nothing limits is
# watched while it is being loaded.
SOON, LARGE, WATCHED = 5, 40, 8
# So that what has millions of entries comes to an end.
MAX_SNAPSHOTS = 20_000
HELD = {
    "Snapshots": [{"SnapshotId": f"s-{number}", "CreationTime": "2020-01-01T00:00:00Z"} for number in range(3)],
    "Settings": {"SnapshotSeconds": 7},
}
BAD = (400, 413, 422)


@dataclasses.dataclass
class Document:
    name: str
    content_type: str
    body: bytes
    # What may be answered.
    statuses: tuple = BAD
    # What the answer must say.
    says: str = ""
    within: float = SOON
    headers: str = ""
    # If it is taken: how many snapshots it has, their region, and a setting.
    holds: tuple = None


def entries(entry, size, end=b"]}"):
    start = b'{"Snapshots":['
    count = (size - len(start) - len(end)) // (len(entry) + 1)
    return start + b",".join([entry] * count) + end, count


def json_documents(mebibytes):
    size = min(mebibytes * MIB, 64 * MIB - 1024)
    empty, _ = entries(b"{}", size)
    last = b'],"RegionId":"us-west-1","Settings":{"SnapshotSeconds":9}}'
    full, count = entries(b'{"Description":"%s"}' % (b"x" * 8_000), size, last)
    yield Document("6 MB of empty entries", JSON, entries(b"{}", 6_000_000)[0], (507,), within=LARGE)
    yield Document(f"{mebibytes} MiB of empty entries", JSON, empty, (507,), within=LARGE)
    # What must be known first comes last.
    holds = (count, "us-west-1", 9)
    yield Document(f"{mebibytes} MiB of entries, then their region", JSON, full, (200,), within=LARGE, holds=holds)
    small, count = entries(b"{}", 100, last)
    yield Document("region and settings at the end", JSON, small, (200,), holds=(count, "us-west-1", 9))
    text = b'{"Snapshots":[{"Description":"%s"}]}' % (b"x" * (size - 100))
    yield Document(f"one text of {mebibytes} MiB", JSON, text, within=LARGE)
    tags = ",".join(f'"key-{number:07}":"{"v" * 40}"' for number in range(size // 60))
    many = f'{{"Snapshots":[{{"Tags":{{{tags}}}}}]}}'.encode()
    yield Document(f"{size // 60} tags of one entry", JSON, many, within=LARGE)
    yield Document("more than 64 MiB", JSON, b" " * (65 * MIB), (413,), says="ndjson", within=LARGE)
    deep = 1_000_000
    yield Document("lists in lists", JSON, b'{"Snapshots":' + b"[" * deep + b"]" * deep + b"}")
    body = b'{"RequestId":' + b"[" * deep + b"]" * deep + b"}"
    yield Document("lists in lists, where nobody looks", JSON, body, (*BAD, 200))
    yield Document("objects in objects", JSON, b'{"Snapshots":[' + b'{"Tags":' * deep + b"}" * deep + b"]}")
    yield Document("a list twice", JSON, b'{"Snapshots":[],"Snapshots":[{}]}')
    yield Document("a field twice", JSON, b'{"Snapshots":[{"SnapshotId":"s-a","SnapshotId":"s-b"}]}')
    yield Document("an id twice", JSON, b'{"Snapshots":[{"SnapshotId":"s-a"},{"SnapshotId":"s-a"}]}')
    yield Document("half a document", JSON, small[: len(small) // 2])
    yield Document("half an ending", JSON, small[:-1])
    yield Document("something behind the end", JSON, small + b"{}")
    yield Document("nothing", JSON, b"")
    yield Document("a byte order mark", JSON, b"\xef\xbb\xbf" + small, (*BAD, 200))
    yield Document("UTF-16", JSON, small.decode().encode("utf-16"))
    yield Document("Latin-1", JSON, '{"Snapshots":[{"Description":"é"}]}'.encode("latin-1"))
    yield Document("half of a surrogate pair", JSON, b'{"Snapshots":[{"Description":"\\ud800"}]}')
    yield Document("NUL", JSON, b'{"Snapshots":[{"Description":"a\0b"}]}')
    yield Document("NUL, written as it should be", JSON, b'{"Snapshots":[{"Description":"a\\u0000b"}]}')
    yield Document("nothing but NUL", JSON, b"\0" * 100_000)
    for number in ("1e999", "-1", "9" * 400, "NaN", "0x1", "1.5"):
        body = b'{"Snapshots":[{"SourceDiskSize":%s}]}' % number.encode()
        yield Document(f"a size of {number[:9]}", JSON, body)
    packed = gzip.compress(small)
    yield Document("gzip, as it says", JSON, packed, (415,), headers="Content-Encoding: gzip\r\n")
    yield Document("gzip, as it does not say", JSON, packed)


def yaml_documents():
    def document(name, text, statuses=BAD, **more):
        return Document(name, YAML, text.encode(), statuses, **more)

    count = 4 * MIB // 30
    yield document(
        "YAML of 5 MB", "Snapshots:\n" + "- {Description: abcdefghijklmnopqr}\n" * count, (413,), says="ndjson"
    )
    yield document(
        "YAML of empty entries", "Snapshots: [" + "{}," * (4 * MIB // 3 - 10) + "]", (*BAD, 507), within=LARGE
    )
    levels = ["&a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"&a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 10)]
    yield document("aliases of aliases", f"RequestId: [{', '.join(levels)}]\nSnapshots: [{{}}]\n")
    yield document("aliases of aliases as tags", f"Snapshots:\n- Tags: [{', '.join(levels)}]\n")
    maps = ["&m0 {Tags: {a: b}}"] + [f"&m{level} [{', '.join([f'*m{level - 1}'] * 10)}]" for level in range(1, 10)]
    yield document("aliases of aliases as entries", f"Snapshots: [{', '.join(maps)}]\n")
    long = "x" * 100_000
    tags = ", ".join(f"t{number}: *long" for number in range(5_000))
    yield document("a long text as 5000 tags", f"Snapshots:\n- {{Description: &long {long}, Tags: {{{tags}}}}}\n")
    yield document(
        "a long text in 5000 entries", f"Snapshots:\n- &long {{Description: {long}}}\n" + "- *long\n" * 5_000
    )
    keys = "- {Tags: {*long : a}}\n" * 5_000
    yield document("a long text as 5000 keys", f"Snapshots:\n- {{Tags: {{&long {long}: a}}}}\n{keys}")
    merged = "- {<<: *long, SnapshotName: a}\n" * 5_000
    yield document("a long text merged 5000 times", f"Snapshots:\n- &long {{Description: {long}}}\n{merged}")
    deep = 100_000
    yield document("YAML lists in lists", "Snapshots: " + "[" * deep + "]" * deep)
    yield document("YAML lists in lists, where nobody looks", "RequestId: " + "[" * deep + "]" * deep, (*BAD, 200))
    yield document("YAML lists by dashes", "Snapshots:\n" + "- " * deep + "a\n")
    yield document("YAML maps by indentation", "".join(f"{' ' * level}a:\n" for level in range(2_500)))
    yield document("a text without end", 'Snapshots: ["' + "x" * 3_000_000)
    yield document("a YAML field twice", "Snapshots:\n- {SnapshotId: s-a, SnapshotId: s-b}\n")
    yield document("an alias of nothing", "Snapshots: [*nothing]\n")
    yield document("an alias of itself", "Snapshots: &a [*a]\n")
    yield document("two YAML documents", "Snapshots: []\n---\nSnapshots: [{}]\n")
    yield document("a tag of another language", "Snapshots: !!python/object/apply:os.system [ls]\n", (*BAD, 200))
    yield document("NUL in YAML", "Snapshots:\n- {Description: a\0b}\n")
    yield Document("UTF-16 in YAML", YAML, "Snapshots: [{}]\n".encode("utf-16"), (200,))


def line_documents(mebibytes):
    line = b'{"Snapshot":{}}\n'
    long = b'{"Snapshot":{"Description":"%s"}}\n' % (b"x" * 10_000_000)
    yield Document("a line of 10 MB", LINES, line + long + line, says="line 2")
    yield Document("a line without end", LINES, b" " * (mebibytes * MIB))
    yield Document("too many lines", LINES, line * (MAX_SNAPSHOTS + 2_000), (507,), within=LARGE)
    yield Document("half a line", LINES, line + line[:-5], says="line 2")
    yield Document(
        "a line of Latin-1", LINES, line + '{"Snapshot":{"Description":"é"}}\n'.encode("latin-1"), says="line 2"
    )
    yield Document("a line in a line", LINES, line + b'{"Snapshot":{}}{"Snapshot":{}}\n', says="line 2")
    yield Document("a line deeper than deep", LINES, b'{"Snapshot":' + b'{"Tags":' * 100_000 + b"\n")


class Bystander(threading.Thread):
    """Reads and writes another sandbox, all the time."""

    def __init__(self, netloc):
        super().__init__(daemon=True)
        self.connection = Connection(netloc)
        self.times = []
        self.failures = []
        self.is_over = False

    def run(self):
        number = 0
        while not self.is_over:
            number += 1
            path = "/_mock/v1/sandboxes/beside/snapshots/s-1"
            change = json.dumps({"Description": f"change {number}"})
            page = "/?Action=DescribeSnapshots&Version=2014-05-26&RegionId=cn-hangzhou&AccessKeyId=beside"
            for method, target, body in (("PATCH", path, change), ("GET", page, None), ("GET", path, None)):
                started = time.monotonic()
                try:
                    status, text = self.connection.send(method, target, body)
                except Gone:
                    return
                self.times.append(time.monotonic() - started)
                if status != 200 or (body is None and f"change {number}" not in text):
                    self.failures.append(f"{method} {target}: {status} {text[:300]}")

    def waited(self, since):
        times = self.times[since:]
        return (statistics.quantiles(times, n=100, method="inclusive")[98] if len(times) > 1 else 0), max(
            times, default=0
        )


def send(netloc, method, document):
    """Status and text. What is answered before all was sent counts."""
    host, _, port = netloc.rpartition(":")
    head = (
        f"{method} /_mock/v1/sandboxes/target/state HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"{document.headers}Content-Type: {document.content_type}\r\nContent-Length: {len(document.body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=document.within + SOON) as connection:
        try:
            connection.sendall(head.encode())
            rest = memoryview(document.body)
            while rest and not select.select([connection], [], [], 0)[0]:
                rest = rest[connection.send(rest[: 256 * 1024]) :]
            reply = HTTPResponse(connection)
            reply.begin()
            return reply.status, reply.read().decode()
        except (OSError, HTTPException) as error:
            return 0, repr(error)


class Proof:
    def __init__(self, arguments, folder, checks):
        self.binary = arguments.binary
        self.folder = folder
        self.checks = checks
        self.server = None
        self.starts = self.tried = 0

    def start(self, seed="none", database="hostile.db", patience=PATIENCE):
        self.starts += 1
        log = self.folder / f"server-{self.starts}.log"
        options = ["--max-snapshots", str(MAX_SNAPSHOTS)]
        limits = {resource.RLIMIT_DATA: END}
        return Server(self.binary, self.folder / database, seed, log, options=options, limits=limits)

    def put(self, name, document):
        connection = Connection(self.server.netloc)
        connection.send("POST", "/_mock/v1/sandboxes", json.dumps({"Name": name, "From": "empty"}))
        status, text = connection.send("PUT", f"/_mock/v1/sandboxes/{name}/state", json.dumps(document))
        if status != 200:
            raise Mismatch(f"the state of {name}: {status} {text[:300]}")

    def prepare(self):
        """A server, its sandboxes as they are before each document, and whoever uses one of them."""
        if self.server is None or self.server.process.poll() is not None:
            self.server = self.start().wait()
            self.put("beside", {"Snapshots": [{"SnapshotId": "s-1"}]})
            self.bystander = Bystander(self.server.netloc)
            self.bystander.start()
        self.put("target", HELD)

    def state(self):
        return Connection(self.server.netloc).get("/target/state")

    def tell(self, document, figures):
        """Small ones are many, and differ little."""
        self.tried += 1
        if len(document.body) >= MIB:
            print(figures)

    def try_out(self, document, method):
        self.prepare()
        checks, server, name = self.checks, self.server, f"{document.name} ({method})"
        held, resident, since = self.state(), server.resident(), len(self.bystander.times)
        server.forget_peak()
        started = time.monotonic()
        status, text = send(server.netloc, method, document)
        took = time.monotonic() - started
        while len(self.bystander.times) < since + SAMPLES and self.bystander.is_alive():
            time.sleep(0.01)
        peak = server.peak()
        usual, worst = self.bystander.waited(since)
        self.tell(
            document,
            f"{name}: {status} in {took:.2f} s, {peak / MIB:.0f} MiB, "
            f"others waited {usual * 1000:.0f} ms at p99 and {worst * 1000:.0f} ms at most",
        )
        checks.check("the answer", status in document.statuses, f"{name}: {status} {text[:300]}")
        checks.check("what the answer says", document.says in text, f"{name}: {text[:300]}")
        checks.check("the time that it takes", took < document.within, f"{name}: {took:.1f} s")
        checks.check("memory", peak < MEMORY, f"{name}: {peak / MIB:.0f} MiB")
        checks.check("how long others wait", usual < WAITING, f"{name}: {usual * 1000:.0f} ms")
        checks.check("how long others wait at most", worst < LONGEST, f"{name}: {worst * 1000:.0f} ms")
        checks.check("what others see", not self.bystander.failures, f"{name}: {self.bystander.failures[:1]}")
        self.bystander.failures.clear()
        is_alive = checks.check("the server lives", server.process.poll() is None, f"{name}, see {server.log}")
        if not (is_alive and status and self.look_after(document, method, name, status, held, resident)):
            # Whatever it still does or keeps is not for the next document to suffer from.
            server.process.kill()
            server.process.wait()

    def look_after(self, document, method, name, status, held, resident):
        """False if the server keeps more memory than it should."""
        checks = self.checks
        ready, _ = Connection(self.server.netloc).send("GET", "/_mock/health/ready")
        checks.check("readiness afterwards", ready == 200, f"{name}: {ready}")
        if status != 200:
            checks.check("what the sandbox holds", self.state() == held, name)
        elif document.holds and method == "PUT":
            connection = Connection(self.server.netloc)
            first = connection.get("/target/snapshots?MaxResults=1")["Snapshots"][0]
            settings = connection.get("/target/settings")
            seen = (connection.get("/target")["SnapshotCount"], first["RegionId"], settings["SnapshotSeconds"])
            checks.check("what the sandbox holds", seen == document.holds, f"{name}: {seen}")
        self.put("target", HELD)
        deadline = time.monotonic() + SOON
        while self.server.resident() > resident + MORE and time.monotonic() < deadline:
            time.sleep(0.1)
        more = (self.server.resident() - resident) / MIB
        return checks.check("memory afterwards", more < MORE / MIB, f"{name}: {more:.0f} MiB more than before")

    def try_as_seed(self, document):
        seed = self.folder / f"seed.{ENDINGS[document.content_type]}"
        seed.write_bytes(document.body)
        for path in self.folder.glob("seed.db*"):
            path.unlink()
        server = self.start(seed, "seed.db")
        # Lines are no seed, however many.
        is_endless = 507 in document.statuses and document.content_type != LINES
        within = WATCHED if is_endless else document.within
        peak, started = 0, time.monotonic()
        while server.process.poll() is None and time.monotonic() - started < within:
            peak = max(peak, server.peak())
            if "listening on" in (text := server.log.read_text("utf-8", "replace")):
                break
            time.sleep(0.002)
        took, ended, text = time.monotonic() - started, server.process.poll(), server.log.read_text("utf-8", "replace")
        is_taken = ended is None and "listening on" in text
        told = "taken" if is_taken else f"ended with {ended}" if ended is not None else "not over"
        if is_endless and told == "not over":
            server.process.terminate()
            try:
                ended = server.process.wait(SOON)
            except subprocess.TimeoutExpired:
                pass
            told = f"told to end, which it did with {ended}"
        server.process.kill()
        server.process.wait()
        self.tell(document, f"{document.name} (seed): {told} after {took:.2f} s, {peak / MIB:.0f} MiB")
        name, checks = f"{document.name} (seed): {text[-300:]}", self.checks
        if is_endless:
            checks.check("a start that takes long ends when it is told to", is_taken or ended == 0, f"{told}: {name}")
        else:
            checks.check("a bad seed ends the start, a good one does not", is_taken or ended == 1, f"{told}: {name}")
            checks.check("a seed is taken only if it may be", 200 in document.statuses or not is_taken, name)
            checks.check("a start that ends names the file", is_taken or seed.name in text, name)
        checks.check("memory of a start", peak < MEMORY, f"{peak / MIB:.0f} MiB: {name}")

    def round(self, mebibytes):
        for documents in (json_documents(mebibytes), yaml_documents(), line_documents(mebibytes)):
            for document in documents:
                self.try_out(document, "PUT")
                if len(document.body) < MIB:
                    self.try_out(document, "POST")
                # A seed has no headers, and is not limited in size.
                if not document.headers and 413 not in document.statuses[:1]:
                    self.try_as_seed(document)

    def run(self, mebibytes, rounds):
        for _ in range(rounds):
            self.round(mebibytes)
        print(f"{self.tried} documents were sent or given as seeds")
        self.bystander.is_over = True
        self.bystander.join(PATIENCE)
        if self.server.process.poll() is None:
            self.server.stop()


def prove(arguments, folder, checks):
    proof = Proof(arguments, folder, checks)
    try:
        proof.run(arguments.mebibytes, arguments.rounds)
    finally:
        if proof.server is not None:
            proof.server.process.kill()


if __name__ == "__main__":
    main(__doc__, prove, mebibytes=64, rounds=1)
