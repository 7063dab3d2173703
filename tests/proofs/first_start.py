"""Kills first starts at each call that changes a file or a folder, and sees that the starts behind them work.

    first_start.py path/to/ecs-mock [--every N] [--folder FOLDER]

disk.c counts the calls and kills, for which it takes a C compiler. Over what a kill has left, three more starts must
serve the seed: one that is stopped in order, one that is killed, and one more. Without `--every` it kills at all calls;
`--every 10` kills at each of the first ones, in which the file becomes a database of ours, and at each tenth behind them.
"""

import json
import shutil

from checks import main
from servers import Connection, Server, library
from stress import Mismatch, expect

# Calls until the file is a database of ours, and some more.
FIRST = 40
SEED = '{"Snapshots": [{"SnapshotId": "s-1", "Tags": {"a": "b"}}, {"SnapshotId": "s-2"}]}'


class Proof:
    def __init__(self, binary, folder, checks):
        self.checks = checks
        self.binary = binary
        self.folder = folder
        self.library = library(folder)
        self.seed = folder / "seed.json"
        self.seed.write_text(SEED)

    def start(self, folder, **variables):
        environment = {"LD_PRELOAD": str(self.library), **variables} if variables else None
        return Server(self.binary, str(folder / "first.db"), str(self.seed), folder / "server.log", environment)

    def serves(self, server):
        """Whether it comes up and has the seed."""
        connection = Connection(server.wait().netloc)
        status, text = 503, ""
        while status == 503:
            status, text = connection.send("GET", "/_mock/v1/sandboxes/default/state")
        ids = sorted(row["SnapshotId"] for row in json.loads(text)["Snapshots"]) if status == 200 else text
        expect("the seed's snapshots", ids, ["s-1", "s-2"])

    def kill_at(self, call):
        """A first start that is killed at a call; False if it is ready before it gets so far."""
        folder = self.folder / "start"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        server = self.start(folder, DISK_KILL=str(call))
        try:
            self.serves(server)
            is_killed = False
        except Exception:
            if server.process.wait() != -9:
                raise
            is_killed = True
        server.process.kill()
        server.process.wait()
        for end in ("stop", "kill", "stop"):
            try:
                server = self.start(folder)
                self.serves(server)
                getattr(server, end)()
            except Mismatch as mismatch:
                raise Mismatch(f"killed at call {call}, then a start that was to {end}: {mismatch}") from None
        self.checks.check("three starts behind a killed one serve the seed", True)
        return is_killed

    def run(self, every):
        call = 1
        while self.kill_at(call):
            call += 1 if call < FIRST else every
        return call


def prove(arguments, folder, checks):
    calls = Proof(arguments.binary, folder, checks).run(arguments.every)
    print(f"a first start makes fewer than {calls} such calls until it serves")


if __name__ == "__main__":
    main(__doc__, prove, every=1)
