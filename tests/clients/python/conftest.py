"""What both suites share: where the server is, and the cases of cases.json as arguments of tests."""

import json
import os
import pathlib

import pytest

CASES = json.loads(pathlib.Path(os.environ["ECS_MOCK_CASES"]).read_text("utf-8"))

ARGUMENTS = {"filter_case": "filters", "error_case": "errors", "snapshot_case": "snapshots"}


def pytest_generate_tests(metafunc):
    """A test with one of the ARGUMENTS runs once for each case of that section."""
    for argument, section in ARGUMENTS.items():
        if argument in metafunc.fixturenames:
            name = "SnapshotId" if section == "snapshots" else "name"
            metafunc.parametrize(argument, CASES[section], ids=lambda case: case[name])


@pytest.fixture(scope="session")
def host():
    """The server's host and port."""
    return os.environ["ECS_MOCK_HOST"]
