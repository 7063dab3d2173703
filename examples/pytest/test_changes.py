"""Snapshots that change between two calls: at once by a patch, or with the time of the sandbox's clock."""

import time

import pytest
from alibabacloud_ecs20140526 import models

REGION = "cn-hangzhou"


def wait_until_finished(describe, snapshot_id, sleep=time.sleep):
    """Code as a team would have it under test: polls until a snapshot is no longer in the making."""
    seen = []
    while True:
        [snapshot] = describe(REGION, snapshot_ids=f'["{snapshot_id}"]').snapshots.snapshot
        seen.append(snapshot.progress)
        if snapshot.status != "progressing":
            return snapshot.status, seen
        sleep(60)


def only(sandbox):
    [snapshot] = sandbox.describe(REGION).snapshots.snapshot
    return snapshot


def test_a_snapshot_fails_between_two_calls(sandbox):
    sandbox.seed({"Snapshots": [{"SnapshotId": "s-nightly", "RegionId": REGION}]})
    before = only(sandbox)
    assert (before.status, before.progress, before.available) == ("accomplished", "100%", True)

    sandbox.patch("s-nightly", Status="failed", Progress="37%", Tags={"reason": "disk detached"})

    after = only(sandbox)
    assert (after.status, after.progress, after.available) == ("failed", "37%", False)
    assert [(tag.tag_key, tag.tag_value) for tag in after.tags.tag] == [("reason", "disk detached")]
    assert sandbox.describe(REGION, status="accomplished").total_count == 0

    # Null takes the given status and progress back.
    sandbox.patch("s-nightly", Status=None, Progress=None)
    assert (only(sandbox).status, only(sandbox).progress) == ("accomplished", "100%")


@pytest.fixture
def in_the_making(sandbox):
    """A sandbox whose clock stands at noon, and in it a snapshot that takes ten minutes from then."""

    def in_the_making(**fields):
        sandbox.freeze("2026-05-01T12:00:00Z")
        times = {"CreationTime": "2026-05-01T12:00:00Z", "ReadyTime": "2026-05-01T12:10:00Z"}
        sandbox.seed({"Snapshots": [{"SnapshotId": "s-slow", "RegionId": REGION, **times, **fields}]})
        return sandbox

    return in_the_making


def test_progress_follows_the_clock(in_the_making):
    sandbox = in_the_making()
    seen = []
    for seconds in (0, 150, 300, 149, 1):
        sandbox.advance(seconds)
        snapshot = only(sandbox)
        seen.append((snapshot.status, snapshot.progress, snapshot.remain_time))
    assert seen == [
        ("progressing", "0%", 600),
        ("progressing", "25%", 450),
        ("progressing", "75%", 150),
        ("progressing", "99%", 1),
        ("accomplished", "100%", None),
    ]


def test_a_frozen_clock_stands_still(in_the_making):
    sandbox = in_the_making()
    before = only(sandbox)
    time.sleep(1.5)
    assert only(sandbox).to_map() == before.to_map()


@pytest.mark.parametrize(
    ("fields", "status", "last"),
    [({}, "accomplished", "100%"), ({"Outcome": "failed"}, "failed", "99%")],
    ids=["accomplished", "failed"],
)
def test_ten_minutes_of_polling_in_no_time(in_the_making, fields, status, last):
    sandbox = in_the_making(**fields)
    # To sleep is to move the clock.
    result, seen = wait_until_finished(sandbox.describe, "s-slow", sleep=sandbox.advance)
    assert result == status
    assert seen == ["0%", "10%", "20%", "30%", "40%", "50%", "60%", "70%", "80%", "90%", last]


def test_a_snapshot_expires(in_the_making):
    sandbox = in_the_making(ExpirationTime="2026-05-02T12:00:00Z")
    sandbox.advance(24 * 3600 - 1)
    assert sandbox.describe(REGION).total_count == 1
    sandbox.advance(1)
    assert sandbox.describe(REGION).total_count == 0


def test_a_snapshot_from_its_making_to_its_end(sandbox):
    """The code under test makes a snapshot of a disk, waits for it, and cleans up."""
    sandbox.seed(
        {
            "RegionId": REGION,
            "Instances": [{"InstanceId": "i-1"}],
            "Disks": [{"DiskId": "d-1", "Category": "cloud_essd", "Size": 100, "InstanceId": "i-1"}],
            "Settings": {"SnapshotSeconds": 300},
        }
    )
    sandbox.freeze("2026-05-01T12:00:00Z")
    tags = [models.CreateSnapshotRequestTag(key="env", value="test")]
    request = models.CreateSnapshotRequest(disk_id="d-1", snapshot_name="nightly", tag=tags, client_token="once")
    snapshot_id = sandbox.client.create_snapshot(request).body.snapshot_id
    assert sandbox.client.create_snapshot(request).body.snapshot_id == snapshot_id, "a repeat makes no other"

    assert wait_until_finished(sandbox.describe, snapshot_id, sleep=sandbox.advance) == (
        "accomplished",
        ["0%", "20%", "40%", "60%", "80%", "100%"],
    )
    tagged = sandbox.describe(REGION, tag=[models.DescribeSnapshotsRequestTag(key="env", value="test")])
    assert [snapshot.snapshot_id for snapshot in tagged.snapshots.snapshot] == [snapshot_id]

    sandbox.client.delete_snapshot(models.DeleteSnapshotRequest(snapshot_id=snapshot_id))
    assert sandbox.describe(REGION).total_count == 0
