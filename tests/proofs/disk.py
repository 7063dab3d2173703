"""Fills the disk under a server, makes room again, and sees that it loses nothing and needs no restart.

    disk.py path/to/ecs-mock [--folder FOLDER]

The disk is full for writes to the write-ahead log, which ends changes at a statement or at COMMIT, or for writes to the
database file, which ends the moving of the log. disk.c makes it so, for which it takes a C compiler. While the disk is full, each
change that is refused must say so and change nothing, reads must go on, and readiness must tell the reason. When there
is room again, the same changes must be made, without a restart. In the end comes kill -9, and the next start must have
all that was acknowledged.
"""

import json
import pathlib
import sqlite3
import time
from urllib.parse import urlencode

from checks import main
from crash import first_difference
from servers import PATIENCE, Connection, Server, library
from stress import JSON, LINES, Mismatch, expect

LOG, DATABASE = "-wal", ".db"
FULL = "the disk is full"
# More than the writer keeps in memory, so that a statement writes before there is a COMMIT.
LARGE = "".join(
    json.dumps({"Snapshot": {"SnapshotId": f"s-large-{number:03}", "Description": str(number % 10) * 100_000}}) + "\n"
    for number in range(300)
)
MANY = "".join(json.dumps({"Snapshot": {"SnapshotId": f"s-many-{number:04}"}}) + "\n" for number in range(1_200))

# Each changes something if it is made; name, method, path, body, type, status when made.
CHANGES = [
    ("add", "POST", "/a/snapshots", '{"SnapshotId": "s-added"}', JSON, 201),
    ("patch", "PATCH", "/a/snapshots/s-0001", '{"SnapshotName": "patched"}', JSON, 200),
    ("delete", "DELETE", "/a/snapshots/s-0002", None, JSON, 204),
    ("patch many", "PATCH", "/a/snapshots?RegionId=cn-hangzhou", '{"Description": "all"}', JSON, 200),
    ("merge", "POST", "/a/state", '{"Snapshot": {"SnapshotId": "s-merged"}}\n', LINES, 200),
    ("merge many", "POST", "/a/state", MANY, LINES, 200),
    ("large statement", "POST", "/a/state", LARGE, LINES, 200),
    ("save", "PUT", "/a/checkpoints/later", None, JSON, 201),
    ("advance", "POST", "/a/clock/advance", '{"Seconds": 5}', JSON, 200),
    ("settings", "PATCH", "/a/settings", '{"SnapshotSeconds": 9}', JSON, 200),
    ("key", "POST", "/a/access-keys", '{"AccessKeyId": "a.2", "AccessKeySecret": "secret"}', JSON, 201),
    ("fork", "POST", "", '{"Name": "b", "From": {"Sandbox": "a"}}', JSON, 201),
    ("restore", "POST", "/a/checkpoints/first/restore", None, JSON, 204),
    ("replace", "PUT", "/a/state", MANY, LINES, 200),
    ("reset", "POST", "/a/reset?to=empty", None, JSON, 204),
]


class Full:
    """The disk, full for some files or for none."""

    def __init__(self, folder):
        self.path = folder / "full"
        self.environment = {"LD_PRELOAD": str(library(folder)), "DISK_FULL": str(self.path)}

    def set(self, ending):
        """At once: a writer finds all of it or nothing."""
        new = self.path.with_suffix(".new")
        new.write_text(ending)
        new.rename(self.path)


class Proof:
    def __init__(self, binary, folder, checks):
        self.folder = folder
        self.checks = checks
        self.database = folder / "disk.db"
        self.full = Full(folder)
        log = folder / "server.log"
        self.backups = folder / "backups"
        variables = self.full.environment | {"ECS_MOCK_BACKUPS": str(self.backups)}
        self.server = Server(binary, str(self.database), "none", log, variables).wait()
        self.connection = Connection(self.server.netloc)

    def check(self, what, actual, expected):
        """What a change leaves behind is the ground of the next, so the first that is not so ends the run."""
        expect(what, actual, expected)
        self.checks.expect(what, actual, expected)

    def health(self):
        status, text = self.connection.send("GET", "/_mock/health/ready")
        return status, json.loads(text).get("detail", "")

    def send(self, change):
        _, method, path, body, content_type, _ = change
        return self.connection.send(method, f"/_mock/v1/sandboxes{path}", body, content_type)

    def seen(self):
        """All that the control plane shows, but for what a request or the time changes."""
        sandboxes = {}
        for view in self.connection.get("")["Sandboxes"]:
            name = view["Name"]
            view.pop("LastUsedTime", None)
            clock = self.connection.get(f"/{name}/clock")
            del clock["Now"]
            checkpoints = self.connection.get(f"/{name}/checkpoints")["Checkpoints"]
            state = self.connection.get(f"/{name}/state")
            sandboxes[name] = [view, clock, checkpoints, state, self.connection.get(f"/{name}/settings")]
        return sandboxes

    def ask(self, action, **parameters):
        """A call of the cloud plane, as sandbox a."""
        query = {"Action": action, "Version": "2014-05-26", "Format": "JSON", "AccessKeyId": "a", **parameters}
        status, text = self.connection.send("GET", "/?" + urlencode(query))
        return status, json.loads(text)

    def prepare(self):
        """The sandbox as each change finds it."""
        for name in ("a", "b"):
            self.connection.send("DELETE", f"/_mock/v1/sandboxes/{name}")
        clock = {"Mode": "frozen", "Time": "2026-01-01T00:00:00Z"}
        body = json.dumps({"Name": "a", "From": "empty", "AccessKeySecret": "secret", "Clock": clock})
        lines = "".join(json.dumps({"Snapshot": {"SnapshotId": f"s-{number:04}"}}) + "\n" for number in range(700))
        for change in (
            (None, "POST", "", body, JSON, 201),
            (None, "PUT", "/a/state", lines, LINES, 200),
            (None, "POST", "/a/state", '{"Disk": {"DiskId": "d-1", "Category": "cloud_essd"}}\n', LINES, 200),
            (None, "PUT", "/a/checkpoints/first", None, JSON, 201),
            (None, "POST", "/a/snapshots", '{"SnapshotId": "s-behind"}', JSON, 201),
        ):
            status, text = self.send(change)
            expect(f"{change[1]} {change[2]} {text[:300]}", status, change[5])

    def refuse(self, change):
        """A change on a full disk, and then with room."""
        name = change[0]
        self.prepare()
        before = self.seen()
        self.full.set(LOG)
        status, text = self.send(change)
        self.check(f"{name} on a full disk: {text[:300]}", (status, json.loads(text)["detail"]), (507, FULL))
        self.check(f"readiness after {name}", self.health(), (503, FULL))
        after = self.seen()
        if after != before:
            raise Mismatch(f"{name} was refused and changed something: {first_difference(after, before)}")
        self.check(f"a page after {name}", self.ask("DescribeSnapshots", RegionId="cn-hangzhou")[1]["TotalCount"], 701)
        self.full.set("")
        self.check(f"readiness with room, after {name}", self.health(), (200, ""))
        status, text = self.send(change)
        self.check(f"{name} with room: {text[:300]}", status, change[5])

    def refuse_a_call(self):
        """The same on the cloud plane."""
        self.prepare()
        self.full.set(LOG)
        status, reply = self.ask("CreateSnapshot", DiskId="d-1", ClientToken="once")
        self.check("CreateSnapshot on a full disk", (status, reply["Code"]), (503, "ServiceUnavailable"))
        self.full.set("")
        status, first = self.ask("CreateSnapshot", DiskId="d-1", ClientToken="once")
        self.check(f"CreateSnapshot with room: {first}", status, 200)
        status, again = self.ask("CreateSnapshot", DiskId="d-1", ClientToken="once")
        self.check("the same again", (status, again["SnapshotId"]), (200, first["SnapshotId"]))

    def back_up(self):
        """No room for a backup: nothing is left of it."""
        self.full.set(".part")
        status, text = self.connection.send("POST", "/_mock/v1/backup")
        self.check("a backup on a full disk", (status, json.loads(text)["detail"]), (507, FULL))
        self.check("what is left of it", list(self.backups.iterdir()), [])
        self.full.set("")
        self.check("a backup with room", self.connection.send("POST", "/_mock/v1/backup")[0], 201)
        self.check("the backups", len(list(self.backups.iterdir())), 1)

    def keep_the_log(self):
        """No room in the database file: what is in the log stays there, and is read from there."""
        self.prepare()
        self.full.set(DATABASE)
        deadline = time.monotonic() + PATIENCE
        number = 0
        while self.health() != (503, FULL):
            number += 1
            status, text = self.send((None, "POST", "/a/snapshots", json.dumps({"SnapshotId": f"s-log-{number}"}), JSON, 201))
            expect(f"a change while the log cannot be moved: {text[:300]}", status, 201)
            if time.monotonic() > deadline:
                raise Mismatch("nobody noticed that the log cannot be moved")
        self.check("a page while the log cannot be moved", self.ask("DescribeSnapshots", RegionId="cn-hangzhou")[0], 200)
        self.full.set("")
        self.check("readiness once it can", self.health(), (200, ""))

    def run(self):
        for change in CHANGES:
            self.refuse(change)
        self.refuse_a_call()
        self.back_up()
        self.keep_the_log()

    def restart(self, binary):
        """What was acknowledged is there after kill -9."""
        before = self.seen()
        self.server.kill()
        copy = self.folder / "copy.db"
        for ending in ("", "-wal"):
            file = pathlib.Path(f"{self.database}{ending}")
            if file.exists():
                pathlib.Path(f"{copy}{ending}").write_bytes(file.read_bytes())
        connection = sqlite3.connect(copy)
        self.check("the file's integrity", connection.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        self.check("its foreign keys", connection.execute("PRAGMA foreign_key_check").fetchall(), [])
        connection.close()
        self.server = Server(binary, str(self.database), "none", self.folder / "restarted.log").wait()
        self.connection = Connection(self.server.netloc)
        after = self.seen()
        if after != before:
            raise Mismatch(f"the restart changed something: {first_difference(after, before)}")
        self.server.stop()


def prove(arguments, folder, checks):
    proof = Proof(arguments.binary, folder, checks)
    try:
        proof.run()
        proof.restart(arguments.binary)
    finally:
        proof.server.process.kill()


if __name__ == "__main__":
    main(__doc__, prove)
