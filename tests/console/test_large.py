"""A sandbox of a million snapshots, which is as quick as one of a hundred."""

import statistics
import time
import urllib.request

import pytest
from aliyunsdkecs.request.v20140526.DescribeSnapshotsRequest import DescribeSnapshotsRequest
from playwright.sync_api import expect

from visitors import rows, table

MILLION = 1_000_000
DISKS = 100_000

# What people look at, by what is behind the sandbox.
PAGES = [
    "",
    "/snapshots",
    "/snapshots?PageNumber=2",
    "/snapshots?DiskId=d-1",
    "/snapshots/s-7",
    "/disks",
    "/time",
    "/timeline",
    "/timeline?DiskId=d-1",
    "/checkpoints",
    "/requests",
    "/requests/{last}",
    "/faults",
]
ROUNDS = 15


def lines(number):
    """That many snapshots, a second apart, ten of each disk."""
    for place in range(number):
        minute, second = divmod(place, 60)
        hour, minute = divmod(minute, 60)
        day, hour = divmod(hour, 24)
        created = f"2026-01-{1 + day:02}T{hour:02}:{minute:02}:{second:02}Z"
        yield f'{{"Snapshot": {{"SnapshotId": "s-{place}", "SourceDiskId": "d-{place % DISKS}", "CreationTime": "{created}"}}}}\n'


def fill(sandbox, number):
    content = "".join(lines(number)).encode()
    status, answer = sandbox.server.send(
        "PUT", f"/sandboxes/{sandbox.name}/state", content, "application/x-ndjson", patience=900
    )
    assert status == 200, answer
    sandbox.call(DescribeSnapshotsRequest())
    return sandbox


def last(sandbox):
    """The number of the newest entry of its journal."""
    return sandbox.control("GET", "/requests?MaxResults=1")["LastSequence"]


def seconds(url):
    """How long a page takes, as a rule."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        with urllib.request.urlopen(url, timeout=60) as answer:
            answer.read()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


@pytest.mark.long
def test_a_million_snapshots_are_as_quick_as_a_hundred(visit, arrange):
    small, large = fill(arrange(), 100), fill(arrange(), MILLION)
    slow = []
    for path in PAGES:
        times = [seconds(sandbox.console + path.format(last=last(sandbox))) for sandbox in (small, large)]
        print(f"{path or 'the sandbox'}: {times[0] * 1000:.1f} ms and {times[1] * 1000:.1f} ms")
        if times[1] > 2 * times[0] + 0.02:
            slow.append((path, times))
    assert not slow
    page = visit().open(f"/s/{large.name}/snapshots")
    expect(table(page).locator("caption")).to_contain_text("1000000")
    assert rows(page)[0] == f"s-{MILLION - 1}"
