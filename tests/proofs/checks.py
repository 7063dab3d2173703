"""What a proof has seen, told at its end, and its command line."""

import argparse
import pathlib
import shutil
import signal
import sys
import tempfile
import threading

from stress import Mismatch, short

# How many failures of one kind are told.
EXAMPLES = 5
# Characters of each.
LENGTH = 1_200


class Checks:
    """Counts what is as it must be, and keeps what is not."""

    def __init__(self):
        self.lock = threading.Lock()
        self.passed = 0
        self.failed = {}

    def check(self, what, is_so, told=""):
        """`what` is the claim, `told` what was seen."""
        with self.lock:
            if is_so:
                self.passed += 1
            else:
                self.failed.setdefault(what, []).append(told)
        return is_so

    def expect(self, what, actual, expected):
        return self.check(what, actual == expected, f"is {short(actual)} instead of {short(expected)}")

    def report(self):
        for what, told in self.failed.items():
            print(f"FAILED {what}" + (f": {len(told)} times, as in" if len(told) > 1 else ""))
            for text in told[:EXAMPLES]:
                print(f"    {text[:LENGTH]}")
        print(f"{self.passed} passed, {sum(map(len, self.failed.values()))} failed")


def main(document, prove, **options):
    """Runs `prove(arguments, folder, checks)`; `options` are numbers with what they are unless told otherwise."""
    sys.stdout.reconfigure(line_buffering=True)
    parser = argparse.ArgumentParser(description=document.splitlines()[0])
    parser.add_argument("binary", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--folder", type=pathlib.Path, help="an empty one, or one to be made")
    for name, default in options.items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    arguments = parser.parse_args()
    # Whoever stops this stops the servers with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = (arguments.folder or pathlib.Path(tempfile.mkdtemp(prefix="ecs-mock-proof-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        parser.error(f"there is something in {folder}")
    checks = Checks()
    try:
        prove(arguments, folder, checks)
    except Mismatch as mismatch:
        checks.check("the run ends", False, str(mismatch))
    checks.report()
    if checks.failed:
        print(f"all of it is in {folder}")
        sys.exit(1)
    # A run that never got going proves nothing.
    if checks.passed == 0:
        sys.exit(1)
    if arguments.folder is None:
        shutil.rmtree(folder)
