"""Servers over database files, requests to them, and what the system says of their processes."""

import http.client
import json
import os
import pathlib
import resource
import signal
import subprocess
import time

from stress import JSON, Mismatch, expect

# Seconds that a start, a request, or the clearing up after a kill may take before it counts as one that hangs.
PATIENCE = 60
MIB = 1024 * 1024


class Gone(Exception):
    """No answer. Whether the request can have reached the server."""

    def __init__(self, is_sent):
        super().__init__()
        self.is_sent = is_sent


def environment(more=None):
    """The variables of a server: none that whoever uses a server of their own has set for it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ECS_MOCK_")} | (more or {})


class Server:
    """A server over a database file. `limits`: of its process, by the numbers of the module resource."""

    def __init__(self, binary, database, seed, log, more=None, options=(), limits=None):
        self.log = pathlib.Path(log)
        self.database = database
        command = [binary, "--listen", "127.0.0.1:0", "--database", database, "--seed", seed, *options]

        def limit():
            for number, value in limits.items():
                resource.setrlimit(number, (value, value))

        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment(more),
                preexec_fn=limit if limits else None,
            )
        self.netloc = None

    def wait(self, patience=PATIENCE):
        """Until it is ready."""
        deadline = time.monotonic() + patience
        while self.netloc is None:
            text = self.log.read_text("utf-8", "replace")
            address = text.partition("listening on http://")[2].split(maxsplit=1)
            # A line that is there in part has no end yet.
            if address and "\n" in text.partition("listening on http://")[2]:
                self.netloc = address[0]
            elif self.process.poll() is not None or time.monotonic() > deadline:
                raise Mismatch(f"the server did not start:\n{text}")
            else:
                time.sleep(0.001)
        return self

    def kill(self):
        """At once; what it did until then must have been in order."""
        ended = self.process.poll()
        self.process.kill()
        self.process.wait()
        if ended is not None:
            raise Mismatch(f"the server ended by itself with {ended}, see {self.log}")
        self.check_log()

    def stop(self):
        """In order, which leaves no log beside the database."""
        self.process.send_signal(signal.SIGTERM)
        try:
            expect("how the server ends", self.process.wait(PATIENCE), 0)
        except subprocess.TimeoutExpired:
            raise Mismatch("the server does not end") from None
        self.check_log()

    def check_log(self):
        text = self.log.read_text("utf-8", "replace")
        if "panicked at" in text:
            raise Mismatch(f"the server panicked, see {self.log}:\n{text.partition('panicked at')[2][:500]}")

    def counted(self, name):
        """A number of its process, by its name in /proc: VmRSS and VmHWM are in KiB."""
        return counted(self.process.pid, name)

    def resident(self):
        """Bytes of memory."""
        return self.counted("VmRSS") * 1024

    def peak(self):
        """Bytes of memory at most, since the last `forget_peak`."""
        return self.counted("VmHWM") * 1024

    def forget_peak(self):
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def held_for_clients(self):
        """Connections, and files without a name. Connections to the database have names, and stay for the next reader."""
        held = 0
        for descriptor in pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir():
            try:
                target = os.readlink(descriptor)
            except FileNotFoundError:
                continue
            held += target.startswith("socket:") or target.endswith("(deleted)")
        return held


def counted(pid, name):
    """0 for a process that is gone."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0


class Connection:
    """Requests to the control plane over one kept connection."""

    def __init__(self, netloc):
        self.connection = http.client.HTTPConnection(netloc, timeout=PATIENCE)

    def send(self, method, path, body=None, content_type=JSON):
        """Status and text. An answer counts from its first line on."""
        headers = {"Content-Type": content_type} if body is not None else {}
        is_sent = False
        try:
            if self.connection.sock is None:
                self.connection.connect()
            is_sent = True
            self.connection.request(method, path, body=body.encode() if body is not None else None, headers=headers)
            reply = self.connection.getresponse()
        except (http.client.HTTPException, OSError):
            self.connection.close()
            raise Gone(is_sent) from None
        try:
            return reply.status, reply.read().decode()
        except (http.client.HTTPException, OSError):
            self.connection.close()
            return reply.status, ""

    def get(self, path):
        """What the control plane says, None for what is not there."""
        status, text = self.send("GET", f"/_mock/v1/sandboxes{path}")
        if status not in (200, 404):
            raise Mismatch(f"GET {path}: {status} {text[:500]}")
        return json.loads(text) if status == 200 else None


def library(folder):
    """disk.c, for a server to be started with."""
    built = folder / "disk.so"
    source = pathlib.Path(__file__).with_name("disk.c")
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", built, source], check=True)
    return built
