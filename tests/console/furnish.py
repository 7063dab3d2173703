"""A sandbox with something of everything."""

from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkecs.request.v20140526.CreateSnapshotRequest import CreateSnapshotRequest
from aliyunsdkecs.request.v20140526.DeleteSnapshotRequest import DeleteSnapshotRequest
from aliyunsdkecs.request.v20140526.DescribeSnapshotsRequest import DescribeSnapshotsRequest

from servers import Sandbox

DOCUMENT = {
    "Instances": [
        {"InstanceId": "i-web", "InstanceName": "web", "InstanceType": "ecs.g7.large"},
        {"InstanceId": "i-db", "InstanceName": "db", "InstanceType": "ecs.r7.xlarge"},
    ],
    "Disks": [
        {"DiskId": "d-web-system", "DiskName": "web system", "Type": "system", "Size": 40, "InstanceId": "i-web"},
        {"DiskId": "d-db-data", "DiskName": "db data", "Type": "data", "Size": 500, "InstanceId": "i-db"},
        {"DiskId": "d-spare", "DiskName": "spare", "Type": "data", "Size": 100},
    ],
    "Snapshots": [
        {
            "SnapshotId": f"s-release-{number}",
            "SnapshotName": f"before release {number}",
            "SourceDiskId": "d-web-system",
            "CreationTime": f"2026-03-0{number}T08:00:00Z",
            "Tags": {"env": "prod", "release": str(number)},
        }
        for number in range(1, 6)
    ]
    + [
        {"SnapshotId": "s-gone", "SourceDiskId": "d-gone", "CreationTime": "2026-03-01T12:00:00Z", "Status": "failed"},
        {
            "SnapshotId": "s-group-1",
            "SourceDiskId": "d-db-data",
            "CreationTime": "2026-03-05T09:00:00Z",
            "RetentionDays": 30,
        },
    ],
    "Images": [{"ImageId": "m-golden", "ImageName": "golden", "SnapshotIds": ["s-release-5"]}],
    "SnapshotGroups": [{"SnapshotGroupId": "ssg-db", "Name": "db", "SnapshotIds": ["s-group-1"]}],
    "AutoSnapshotPolicies": [
        {
            "AutoSnapshotPolicyId": "sp-nightly",
            "AutoSnapshotPolicyName": "nightly",
            "TimePoints": [2],
            "RepeatWeekdays": [1, 2, 3, 4, 5, 6, 7],
            "RetentionDays": 7,
            "DiskIds": ["d-db-data"],
        }
    ],
}


def furnish(server, name="team-storage"):
    sandbox = Sandbox(server, name=name)
    sandbox.freeze("2026-03-05T10:00:00Z")
    sandbox.control("PATCH", "/settings", {"SnapshotSeconds": 3600})
    sandbox.control("PUT", "/state", DOCUMENT)
    sandbox.control("PUT", "/checkpoints/arranged")
    sandbox.control("POST", "/clock/advance", {"Seconds": 4 * 24 * 3600})

    create = CreateSnapshotRequest()
    create.set_DiskId("d-web-system")
    create.set_SnapshotName("by-hand")
    made = sandbox.call(create)["SnapshotId"]
    sandbox.control("POST", "/clock/advance", {"Seconds": 1800})
    delete = DeleteSnapshotRequest()
    delete.set_SnapshotId("s-gone")
    sandbox.call(delete)
    sandbox.control("PATCH", "/snapshots/s-release-2", {"Description": "kept for the audit"})
    sandbox.control("PUT", "/checkpoints/after-release")

    describe = DescribeSnapshotsRequest()
    describe.set_DiskId("d-web-system")
    describe.set_Status("accomplished")
    describe.set_SnapshotName("by-hand ")
    sandbox.call(describe)
    fault = {"Match": {"Action": "CreateSnapshot"}, "Times": 3, "Effect": {"Throttling": {"RetryAfterMs": 500}}}
    sandbox.control("POST", "/faults", {"Name": "throttle", **fault})
    try:
        sandbox.call(create)
    except ServerException as refused:
        assert refused.get_error_code() == "Throttling.User"
    assert sandbox.exists(f"snapshots/{made}")
    return sandbox
