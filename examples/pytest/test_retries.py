"""What the code under test does when the service denies a call or an answer is lost on its way."""

import time
import uuid

import pytest
from alibabacloud_ecs20140526 import models
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from darabonba.exceptions import UnretryableException

REGION = "cn-hangzhou"


def make_snapshot(client, disk_id, sleep=time.sleep):
    """Code as a team would have it under test: tries until it has an answer, and never makes two snapshots."""
    request = models.CreateSnapshotRequest(disk_id=disk_id, client_token=str(uuid.uuid4()))
    for seconds in (1, 2, 4):
        try:
            return client.create_snapshot(request).body.snapshot_id
        except AlibabaCloudException as refusal:
            if not refusal.code.startswith("Throttling") and refusal.status_code < 500:
                raise
        except UnretryableException:
            pass  # Nobody knows whether there is a snapshot now; the token tells them apart.
        sleep(seconds)
    return client.create_snapshot(request).body.snapshot_id


@pytest.fixture
def disk(sandbox):
    """A sandbox with a disk, d-1."""
    sandbox.seed(
        {"RegionId": REGION, "Instances": [{"InstanceId": "i-1"}], "Disks": [{"DiskId": "d-1", "InstanceId": "i-1"}]}
    )
    return sandbox


@pytest.mark.parametrize(
    ("effect", "when"),
    [
        ({"Throttling": {}}, "before"),
        ({"Code": "ServiceUnavailable"}, "before"),
        ({"Connection": "reset"}, "before"),
        ({"Connection": "empty"}, "after"),
        ({"Connection": "truncate"}, "after"),
    ],
    ids=["throttled", "unavailable", "reset", "answer lost", "answer broken off"],
)
def test_one_snapshot_whatever_happens_to_the_first_call(disk, effect, when):
    disk.plan("CreateSnapshot", effect, When=when)
    # To sleep is to move the clock.
    snapshot_id = make_snapshot(disk.client, "d-1", sleep=disk.advance)

    disk.verify("CreateSnapshot", 2, DiskId="d-1")
    assert [snapshot.snapshot_id for snapshot in disk.describe(REGION).snapshots.snapshot] == [snapshot_id]


def test_it_gives_up_after_the_fourth_call(disk):
    disk.plan("CreateSnapshot", {"Throttling": {}}, Times=10)
    with pytest.raises(AlibabaCloudException) as caught:
        make_snapshot(disk.client, "d-1", sleep=disk.advance)
    assert caught.value.code == "Throttling.User"
    disk.verify("CreateSnapshot", 4)


def test_what_is_wrong_for_good_is_not_tried_again(disk):
    with pytest.raises(AlibabaCloudException) as caught:
        make_snapshot(disk.client, "d-missing", sleep=disk.advance)
    assert caught.value.code == "InvalidDiskId.NotFound"
    disk.verify("CreateSnapshot", 1, DiskId="d-missing", SnapshotName=None)
