"""States as files, into a sandbox and out of it."""

import json

import pytest
from playwright.sync_api import expect

from visitors import form_to, heading, send, told

LINES = b'{"Snapshot": {"SnapshotId": "s-3"}}\n{"Disk": {"DiskId": "d-3"}}\n'


@pytest.fixture
def sandbox(arrange):
    return arrange({"Snapshots": [{"SnapshotId": "s-1"}]})


def choose(page, name, content, mode=None):
    form = form_to(page, "/import")
    form.locator("[type=file]").set_input_files({"name": name, "mimeType": "text/plain", "buffer": content})
    if mode:
        form.locator(f"[name=mode][value={mode}]").check()
    send(form)


def test_a_file_is_added_to_what_is_there(visitor, sandbox):
    page = visitor.open(f"/s/{sandbox.name}")
    choose(page, "more.yaml", b"Snapshots:\n- SnapshotId: s-2\n")
    expect(told(page)).to_contain_text("more.yaml: 1 added")
    choose(page, "more.ndjson", LINES)
    expect(told(page)).to_contain_text("more.ndjson: 2 added")
    assert sandbox.ids() == ["s-1", "s-2", "s-3"]


def test_a_file_takes_the_place_of_what_is_there(visitor, sandbox):
    page = visitor.open(f"/s/{sandbox.name}")
    choose(page, "other.ndjson", LINES, "replace")
    expect(told(page)).to_contain_text("2 added")
    assert (sandbox.ids(), sandbox.ids("Disks")) == (["s-3"], ["d-3"])


def test_a_file_that_is_no_state_is_refused_whole(visitor, sandbox):
    visitor.provokes(400)
    page = visitor.open(f"/s/{sandbox.name}")
    choose(page, "bad.json", b'{"Snapshots": [{"SnapshotId": "s-2"}, {"SnapshotName": 1, "Colour": 2}]}', "replace")
    expect(page.get_by_role("alert")).to_contain_text("Snapshots[1]")
    assert sandbox.ids() == ["s-1"]


@pytest.mark.parametrize("link, media_type", [
    ("JSON", "application/json"), ("YAML", "application/yaml"), ("lines of JSON", "application/x-ndjson"),
])
def test_an_export_is_a_file_that_can_be_imported(visitor, sandbox, arrange, link, media_type):
    page = visitor.open(f"/s/{sandbox.name}")
    with page.expect_download() as download:
        page.get_by_role("link", name=link, exact=True).click()
    content = open(download.value.path(), "rb").read()
    status, state = sandbox.server.send("GET", f"/sandboxes/{sandbox.name}/state", accept=media_type)
    assert (status, state) == (200, content)
    other = arrange()
    page.goto(other.console)
    expect(heading(page)).to_contain_text(other.name)
    choose(page, download.value.suggested_filename, content, "replace")
    expect(told(page)).to_contain_text("1 added")
    states = [json.loads(sandbox.server.send("GET", f"/sandboxes/{one.name}/state")[1]) for one in (sandbox, other)]
    assert states[0] == states[1]
