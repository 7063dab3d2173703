"""The journal: what was asked, live, one request with all of it, and why a row is not in an answer."""

import pytest
from aliyunsdkecs.request.v20140526.CreateSnapshotRequest import CreateSnapshotRequest
from aliyunsdkecs.request.v20140526.DescribeDisksRequest import DescribeDisksRequest
from aliyunsdkecs.request.v20140526.DescribeSnapshotsRequest import DescribeSnapshotsRequest
from playwright.sync_api import expect

from visitors import form_to, form_with, heading, row, rows, send, table, told, unfold

HOSTILE = "\"'><script>alert(1)</script>\u202eevil\x01"


@pytest.fixture
def sandbox(arrange):
    return arrange({
        "Disks": [{"DiskId": "d-1"}],
        "Snapshots": [
            {"SnapshotId": "s-1", "SnapshotName": "nightly ", "SourceDiskId": "d-1"},
            {"SnapshotId": "s-2", "SnapshotName": "nightly", "SourceDiskId": "d-1"},
        ],
    })


def describe(**parameters):
    request = DescribeSnapshotsRequest()
    for name, value in parameters.items():
        getattr(request, f"set_{name}")(value)
    return request


def last(sandbox):
    return sandbox.control("GET", "/requests")["LastSequence"]


def test_the_answer_of_a_call_appears_by_itself(visit, sandbox):
    page = visit().open(f"/s/{sandbox.name}/requests")
    before = rows(page)
    page.evaluate("window.isTheSame = true")
    create = CreateSnapshotRequest()
    create.set_DiskId("d-1")
    made = sandbox.call(create)["SnapshotId"]
    new = page.locator("main tr[data-id]").first
    expect(new).to_contain_text("CreateSnapshot")
    expect(new).to_contain_text("200")
    assert rows(page)[1:] == before and page.evaluate("window.isTheSame"), "nothing was loaded anew"
    new.get_by_role("link").first.click()
    expect(heading(page)).to_contain_text("Request")
    expect(page.locator("main")).to_contain_text(made)


def test_each_tab_has_its_own_stream(visit, sandbox):
    """Also where a browser opens but few connections at a time."""
    visitor = visit()
    pages = [visitor.open(f"/s/{sandbox.name}/requests") for _ in range(3)]
    sandbox.call(describe(SnapshotName="nightly"))
    for page in pages:
        expect(page.locator("main tr[data-id]").first).to_contain_text("DescribeSnapshots")
        assert len(rows(page)) == len(set(rows(page)))


def test_they_are_filtered(visitor, sandbox):
    sandbox.call(describe())
    sandbox.call(DescribeDisksRequest())
    page = visitor.open(f"/s/{sandbox.name}/requests")
    unfold(page)
    form = form_with(page, "Action", "Code")
    form.locator("[name=Action]").fill("DescribeDisks")
    send(form)
    assert "Action=DescribeDisks" in page.url
    assert len(rows(page)) == 1
    expect(page.locator("main tr[data-id]").first).to_contain_text("DescribeDisks")


def test_one_is_shown_with_all_that_was_sent(visitor, sandbox):
    sandbox.call(describe(SnapshotName=HOSTILE, DiskId="d-1"))
    number = str(last(sandbox))
    page = visitor.open(f"/s/{sandbox.name}/requests")
    row(page, number).get_by_role("link").first.click()
    expect(heading(page)).to_contain_text(number)
    parameters = table(page, "Parameters")
    expect(parameters.locator("tr[data-id=DiskId]")).to_contain_text("d-1")
    shown = parameters.locator("tr[data-id=SnapshotName] bdi").last.inner_text()
    assert shown == "\"'><script>alert(1)</script>\\u{202e}evil\\u{1}"
    assert page.locator("main script").count() == 0
    expect(row(page, "Status")).to_contain_text("200")
    expect(page.locator("#curl code")).to_contain_text(f"/requests/{number}")


def test_why_a_row_is_not_in_that_answer(visitor, sandbox):
    sandbox.call(describe(SnapshotName="nightly"))
    number = str(last(sandbox))
    page = visitor.open(f"/s/{sandbox.name}/requests/{number}")
    page.get_by_role("link", name="narrow").click()
    expect(table(page, "Conditions").locator("tr[data-id=SnapshotName]")).to_contain_text("nightly")
    form = form_with(page, "id")
    form.locator("[name=id]").fill("s-1")
    send(form)
    missed = table(page, "What keeps it")
    expect(missed.locator("tr[data-id=SnapshotName]")).to_contain_text("nightly")
    expect(missed).to_contain_text("space")
    form.locator("[name=id]").fill("s-2")
    send(form)
    expect(page.locator("main")).to_contain_text("is listed")


def test_the_requests_that_touched_a_resource(visitor, sandbox):
    sandbox.call(describe(SnapshotName="nightly"))
    sandbox.control("PATCH", "/snapshots/s-2", {"Description": "touched"})
    page = visitor.open(f"/s/{sandbox.name}/snapshots/s-2")
    page.get_by_role("link", name="requests that touched it").click()
    expect(heading(page)).to_have_text("Requests")
    assert str(last(sandbox)) in rows(page)


def test_the_journal_is_emptied(visitor, sandbox):
    sandbox.call(describe())
    page = visitor.open(f"/s/{sandbox.name}/requests")
    assert rows(page)
    send(form_to(page, "/delete"))
    expect(told(page)).to_have_count(1)
    assert rows(page) == [] and sandbox.control("GET", "/requests")["TotalCount"] == 0
