"""Puts what a path names in place before schemathesis calls it, so that more than "no such sandbox" is seen."""

import os

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation

URL = f"{os.environ['ECS_MOCK_URL']}/_mock/v1/sandboxes"
SESSION = requests.Session()
NAMES = {
    "sandbox": "known",
    "checkpoint": "known",
    "snapshot": "s-known",
    "disk": "d-known",
    "instance": "i-known",
    "image": "m-known",
    "snapshot_group": "ssg-known",
    "auto_snapshot_policy": "sp-known",
    "name": "known",
}
# What nobody calls meets it.
FAULT = {"Name": "known", "Match": {"Action": "DescribeZones"}, "Effect": {"DelayMs": 1}}
# Each is used by another, so that a change to one is a change to the columns of others.
STATE = {
    "Snapshots": [
        {"SnapshotId": "s-known", "SourceDiskId": "d-known"},
        {"SnapshotId": "s-slow", "ReadyTime": "2066-01-01T00:00:00Z"},
    ],
    "Disks": [{"DiskId": "d-known", "InstanceId": "i-known", "SourceSnapshotId": "s-slow"}, {"DiskId": "d-free"}],
    "Instances": [{"InstanceId": "i-known"}],
    "Images": [{"ImageId": "m-known", "SnapshotIds": ["s-known"]}],
    "SnapshotGroups": [{"SnapshotGroupId": "ssg-known", "SnapshotIds": ["s-known", "s-slow"]}],
    "AutoSnapshotPolicies": [{"AutoSnapshotPolicyId": "sp-known", "TimePoints": [1], "RepeatWeekdays": [1], "DiskIds": ["d-known"]}],
}


def arrange(method, path, body=None, expected=(200,)):
    reply = SESSION.request(method, URL + path, json=body, timeout=30)
    assert reply.status_code in expected, f"{method} {path}: {reply.status_code} {reply.text}"
    return reply


def put_in_place():
    """With the checkpoint, which is one request; all of it, where there is no checkpoint yet or a call has taken it away."""
    restored = arrange("POST", "/known/checkpoints/known/restore", expected=(204, 404))
    if restored.status_code == 404:
        arrange("POST", "", {"Name": "known", "From": "empty"}, expected=(201, 409))
        arrange("PUT", "/known/state", STATE)
        arrange("POST", "/known/faults", FAULT, expected=(201, 409))
        arrange("PUT", "/known/checkpoints/known", expected=(201,))


# At once, while even a server with little room has it.
put_in_place()
is_in_place = True


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Two calls take a document, as JSON and as YAML, and the same code reads it for both. What may be in one makes nearly six
    thousand cases, so each call gets them in one form only: thus either form, and either call, has had them all. Chains of
    operations, which have no hooks, mix them still."""
    calls = raw_schema["paths"]["/_mock/v1/sandboxes/{sandbox}/state"]
    del calls["put"]["requestBody"]["content"]["application/yaml"]
    del calls["post"]["requestBody"]["content"]["application/json"]


@schemathesis.hook
def filter_query(context, query):
    """An empty value is one that was not given, here as in the API itself; no type of a parameter can say that."""
    return not query or all(value not in ({}, [], "") for value in query.values())


@schemathesis.hook
def before_call(context, case, kwargs):
    global is_in_place
    names = NAMES.keys() & case.path_parameters.keys()
    if names and not is_in_place:
        put_in_place()
        is_in_place = True
    case.path_parameters.update({name: NAMES[name] for name in names})
    # A verification waits for as long as it is told to, which shows nothing that an answer at once does not show.
    if isinstance(case.body, dict) and isinstance(case.body.get("WaitSeconds"), int):
        case.body["WaitSeconds"] = min(case.body["WaitSeconds"], 0)
    # What is wrong on purpose stays so.
    query = case.meta and case.meta.components.get(ParameterLocation.QUERY)
    if query and query.mode.is_positive:
        case.query.update({name: "known" for name in ("from", "to") if case.query.get(name)})


@schemathesis.hook
def after_call(context, case, response):
    """What a call changes is put right before the next."""
    global is_in_place
    is_in_place = is_in_place and (case.method.upper() == "GET" or response.status_code >= 400)


@schemathesis.hook
def after_network_error(context, case, error):
    global is_in_place
    is_in_place = False
