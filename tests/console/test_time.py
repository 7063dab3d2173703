"""The clock of a sandbox: what time it is there, moving it, and what that does."""

import pytest
from playwright.sync_api import expect

from visitors import form_with, heading, row, rows, send, table, told

DOCUMENT = {
    "Disks": [{"DiskId": "d-1"}],
    "Snapshots": [
        {
            "SnapshotId": "s-making",
            "SourceDiskId": "d-1",
            "CreationTime": "2026-03-05T10:00:00Z",
            "ReadyTime": "2026-03-05T12:00:00Z",
        }
    ],
    "AutoSnapshotPolicies": [
        {
            "AutoSnapshotPolicyId": "sp-1",
            "TimePoints": [2],
            "RepeatWeekdays": [1, 2, 3, 4, 5, 6, 7],
            "RetentionDays": 7,
            "DiskIds": ["d-1"],
        }
    ],
}


@pytest.fixture
def sandbox(arrange):
    sandbox = arrange()
    sandbox.freeze("2026-03-05T10:00:00Z")
    sandbox.control("PUT", "/state", DOCUMENT)
    return sandbox


def now(sandbox):
    return sandbox.control("GET", "/clock")["Now"]


def step(page, name):
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def test_the_clock_is_moved_by_a_button(visitor, sandbox):
    page = visitor.open(f"/s/{sandbox.name}/time")
    expect(heading(page)).to_have_text("Time")
    for button, time in [
        ("A minute", "2026-03-05T10:01:00Z"),
        ("An hour", "2026-03-05T11:01:00Z"),
        ("A day", "2026-03-06T11:01:00Z"),
    ]:
        step(page, button)
        expect(told(page)).to_contain_text(time)
        expect(page.locator("#now")).to_have_text(time)
        assert now(sandbox) == time


def test_progress_moves_with_the_clock(visitor, sandbox):
    page = visitor.open(f"/s/{sandbox.name}/time")
    progress = row(page, "s-making").get_by_role("progressbar")
    assert progress.get_attribute("value") == "0"
    step(page, "An hour")
    expect(told(page)).to_have_count(1)
    assert row(page, "s-making").get_by_role("progressbar").get_attribute("value") == "50"
    step(page, "An hour")
    expect(row(page, "s-making")).to_have_count(0)


def test_the_clock_goes_to_the_next_due_point(visitor, sandbox):
    page = visitor.open(f"/s/{sandbox.name}/time")
    due = table(page, "Due points").locator("tr[data-id]").first
    expect(due).to_contain_text("2026-03-05T18:00:00Z")
    expect(due).to_contain_text("sp-1")
    made = rows(page, "Due points")[0]
    step(page, "To the next due point")
    expect(told(page)).to_contain_text("2026-03-05T18:00:00Z")
    assert now(sandbox) == "2026-03-05T18:00:00Z"
    assert sandbox.entry(f"snapshots/{made}")["SourceDiskId"] == "d-1", "what was shown as due is what was made"


def test_the_clock_is_set_and_what_cannot_be_is_told(visitor, sandbox):
    visitor.provokes(400)
    page = visitor.open(f"/s/{sandbox.name}/time")
    form = form_with(page, "Time", "Rate")
    form.locator("[name=Mode]").select_option("frozen")
    form.locator("[name=Time]").fill("tomorrow")
    send(form)
    expect(page.get_by_role("alert")).to_contain_text("Time")
    expect(form.locator("[name=Time]")).to_have_value("tomorrow")
    form.locator("[name=Time]").fill("2030-01-01T00:00:00Z")
    send(form)
    expect(told(page)).to_contain_text("2030-01-01T00:00:00Z")
    assert sandbox.control("GET", "/clock")["Mode"] == "frozen"
    step(page, "Back to the real time")
    expect(told(page)).to_have_count(1)
    assert sandbox.control("GET", "/clock")["Mode"] == "real"


def test_a_running_clock_is_seen_to_run(visit, sandbox):
    page = visit().open(f"/s/{sandbox.name}/time")
    step(page, "Run from here")
    expect(told(page)).to_have_count(1)
    first = page.locator("#now").inner_text()
    # The page is not loaded anew for that.
    page.evaluate("window.isTheSame = true")
    expect(page.locator("#now")).not_to_have_text(first)
    assert page.evaluate("window.isTheSame")
