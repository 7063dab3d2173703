"""Saving a state, changing it, saying exactly what changed, and going back."""

import pytest

REGION = "cn-beijing"


@pytest.fixture
def saved(sandbox):
    """A sandbox with three snapshots and a checkpoint of them."""
    entries = [{"SnapshotId": f"s-{name}", "SnapshotName": name} for name in ("a", "b", "c")]
    sandbox.seed({"RegionId": REGION, "Snapshots": entries})
    sandbox.save("before")
    return sandbox


def shown(sandbox):
    return {snapshot.snapshot_id: snapshot.snapshot_name for snapshot in sandbox.describe(REGION).snapshots.snapshot}


def ids(sandbox):
    """Of all regions."""
    return {entry["SnapshotId"] for entry in sandbox.state()["Snapshots"]}


def test_nothing_differs_at_first(saved):
    assert saved.diff("before") == {"Added": [], "Removed": [], "Changed": []}


def test_the_difference_is_an_assertion(saved):
    removed = saved("GET", "snapshots/s-a")
    added = saved("POST", "snapshots", json={"SnapshotName": "d", "RegionId": REGION})
    saved("DELETE", "snapshots/s-a")
    saved.patch("s-b", SnapshotName="renamed", Status="failed")

    assert saved.diff("before") == {
        "Added": [added],
        "Removed": [removed],
        "Changed": [
            {
                "SnapshotId": "s-b",
                "Fields": {
                    "SnapshotName": {"From": "b", "To": "renamed"},
                    "Status": {"From": None, "To": "failed"},
                },
            }
        ],
    }
    assert shown(saved) == {"s-b": "renamed", "s-c": "c", added["SnapshotId"]: "d"}


def test_a_restore_undoes_it_all(saved):
    state = saved.state()
    saved.reset("empty")
    assert shown(saved) == {}

    saved.restore("before")
    assert shown(saved) == {"s-a": "a", "s-b": "b", "s-c": "c"}
    assert saved.state() == state
    assert saved.diff("before") == {"Added": [], "Removed": [], "Changed": []}


def test_a_restore_puts_the_clock_and_the_ids_back(sandbox):
    sandbox.freeze("2026-05-01T12:00:00Z")
    sandbox.save("noon")
    first = sandbox("POST", "snapshots", json={})
    sandbox.advance(3600)
    assert sandbox("GET", "clock")["Now"] == "2026-05-01T13:00:00Z"

    sandbox.restore("noon")
    assert sandbox("GET", "clock")["Now"] == "2026-05-01T12:00:00Z"
    assert sandbox.state() == {"Snapshots": []}
    # The same steps from the same checkpoint give the same ids and times, so a test may name them.
    assert sandbox("POST", "snapshots", json={}) == first


def test_two_checkpoints_compared(saved):
    saved.patch("s-c", Description="checked")
    saved.save("after")
    saved.reset("empty")
    difference = saved.diff("before", to="after")
    assert difference["Changed"] == [
        {"SnapshotId": "s-c", "Fields": {"Description": {"From": None, "To": "checked"}}}
    ]
    assert difference["Added"] == difference["Removed"] == []


def test_reset_to_the_seed(new_sandbox):
    """The seed is whatever the server was started with; a reset gives all of it back, and nothing more."""
    sandbox = new_sandbox(From="seed")
    seed = sandbox.state()
    sandbox("POST", "state", json={"Snapshots": [{"SnapshotId": "s-mine", "RegionId": REGION}]})
    assert "s-mine" in ids(sandbox)

    sandbox.reset("seed")
    assert sandbox.state() == seed
    assert "s-mine" not in ids(sandbox)

    sandbox.reset("empty")
    assert sandbox.state() == {"Snapshots": []}
    sandbox.reset("seed")
    assert sandbox.state() == seed


def test_a_fork_goes_its_own_way(saved, new_sandbox):
    fork = new_sandbox(From={"Sandbox": saved.name, "Checkpoint": "before"})
    fork.patch("s-a", SnapshotName="forked")
    saved("DELETE", "snapshots/s-b")
    assert shown(fork) == {"s-a": "forked", "s-b": "b", "s-c": "c"}
    assert shown(saved) == {"s-a": "a", "s-c": "c"}
