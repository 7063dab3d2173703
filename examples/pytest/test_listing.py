"""What was seeded is what the SDK lists: a page at a time, and by filters."""

import pytest
from alibabacloud_ecs20140526.models import DescribeSnapshotsRequestTag as Tag

# Newest first, as the service lists them. What an entry leaves out is filled in.
BACKUPS = {
    "RegionId": "cn-hangzhou",
    "Snapshots": [
        {
            "SnapshotId": f"s-backup-{number:02}",
            "CreationTime": f"2026-01-{30 - number:02}T02:00:00Z",
            "SourceDiskId": "d-orders" if number % 3 else "d-ledger",
            "Status": "failed" if number in (4, 9) else "accomplished",
            "Tags": {"env": "production" if number < 6 else "staging", "number": str(number)},
        }
        for number in range(25)
    ],
}


@pytest.fixture
def backups(sandbox):
    counts = sandbox.seed(BACKUPS)
    assert counts == {"Inserted": 25, "Changed": 0, "Removed": 0, "Unchanged": 0}
    return sandbox


def names(*numbers):
    return [f"s-backup-{number:02}" for number in numbers]


def ids(body):
    return [snapshot.snapshot_id for snapshot in body.snapshots.snapshot]


def test_pages_by_number(backups):
    pages = [backups.describe("cn-hangzhou", page_number=number, page_size=10) for number in (1, 2, 3, 4)]
    assert [ids(page) for page in pages] == [names(*range(10)), names(*range(10, 20)), names(*range(20, 25)), []]
    assert {page.total_count for page in pages} == {25}


def test_pages_by_token(backups):
    page = backups.describe("cn-hangzhou", max_results=12)
    seen = [ids(page)]
    while page.next_token:
        page = backups.describe("cn-hangzhou", max_results=12, next_token=page.next_token)
        seen.append(ids(page))
    assert seen == [names(*range(12)), names(*range(12, 24)), names(24)]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"status": "failed"}, names(4, 9)),
        ({"disk_id": "d-ledger"}, names(0, 3, 6, 9, 12, 15, 18, 21, 24)),
        ({"disk_id": "d-ledger", "status": "failed"}, names(9)),
        ({"tag": [Tag(key="env", value="production")]}, names(*range(6))),
        ({"tag": [Tag(key="env", value="staging"), Tag(key="number", value="7")]}, names(7)),
        ({"snapshot_ids": '["s-backup-03", "s-backup-01", "s-unknown"]'}, names(1, 3)),
        ({"status": "progressing"}, []),
    ],
    ids=["status", "disk", "disk-and-status", "tag", "two-tags", "ids", "nothing"],
)
def test_filters(backups, filters, expected):
    body = backups.describe("cn-hangzhou", page_size=50, **filters)
    assert ids(body) == expected
    assert body.total_count == len(expected)


def test_other_regions_are_empty(backups):
    assert ids(backups.describe("cn-beijing")) == []


@pytest.mark.parametrize("name", ["north", "south", "east", "west"])
def test_the_same_id_in_every_sandbox(sandbox, name):
    """These run at the same time on several workers, all with the same id, and none sees another's."""
    sandbox.seed({"Snapshots": [{"SnapshotId": "s-shared", "SnapshotName": name}]})
    for _ in range(5):
        [snapshot] = sandbox.describe("cn-hangzhou").snapshots.snapshot
        assert (snapshot.snapshot_id, snapshot.snapshot_name) == ("s-shared", name)
