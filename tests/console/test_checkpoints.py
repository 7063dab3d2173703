"""Checkpoints: saving and restoring them, and what differs between any two."""

import pytest
from playwright.sync_api import expect

from visitors import form_with, heading, row, rows, send, told


@pytest.fixture
def sandbox(arrange):
    return arrange({"Snapshots": [{"SnapshotId": f"s-{number}", "SnapshotName": "before"} for number in range(3)]})


def save(page, name):
    form = form_with(page, "Name")
    form.get_by_label("Name", exact=True).fill(name)
    send(form)


def button(page, name, label):
    return row(page, name).locator("[type=submit]").filter(has_text=label)


def test_one_is_saved_restored_and_deleted(visitor, sandbox):
    page = visitor.open(f"/s/{sandbox.name}/checkpoints")
    expect(heading(page)).to_have_text("Checkpoints")
    save(page, "three")
    expect(told(page)).to_contain_text("three")
    expect(row(page, "three")).to_contain_text("3")
    sandbox.control("DELETE", "/snapshots/s-1")
    button(page, "three", "Restore").click()
    expect(told(page)).to_contain_text("three")
    assert sandbox.ids() == ["s-0", "s-1", "s-2"]
    button(page, "three", "Delete").click()
    expect(told(page)).to_contain_text("three")
    expect(row(page, "three")).to_have_count(0)
    assert sandbox.control("GET", "/checkpoints")["Checkpoints"] == []


def test_nothing_is_restored_until_that_is_agreed_to(visit, sandbox):
    visitor = visit()
    sandbox.control("PUT", "/checkpoints/three")
    sandbox.control("DELETE", "/snapshots/s-1")
    page = visitor.open(f"/s/{sandbox.name}/checkpoints")
    visitor.agrees = False
    button(page, "three", "Restore").click()
    assert len(visitor.questions) == 1 and sandbox.ids() == ["s-0", "s-2"]


def test_a_name_that_none_may_have_is_told(visitor, sandbox):
    visitor.provokes(400)
    page = visitor.open(f"/s/{sandbox.name}/checkpoints")
    save(page, "now")
    expect(page.get_by_role("alert")).to_have_count(1)
    expect(form_with(page, "Name").get_by_label("Name", exact=True)).to_have_value("now")


def test_what_has_changed_since_one_is_seen_field_by_field(visitor, sandbox):
    sandbox.control("PUT", "/checkpoints/before")
    sandbox.control("DELETE", "/snapshots/s-0")
    sandbox.control("PATCH", "/snapshots/s-1", {"SnapshotName": "after"})
    sandbox.control("POST", "/snapshots", {"SnapshotId": "s-9"})
    page = visitor.open(f"/s/{sandbox.name}/checkpoints")
    row(page, "before").get_by_role("link").click()
    assert sorted(rows(page)) == ["s-0", "s-1", "s-9"]
    for id, what in [("s-0", "removed"), ("s-1", "changed"), ("s-9", "added")]:
        expect(row(page, id)).to_contain_text(what)
    expect(row(page, "s-1").locator("del")).to_have_text("before")
    expect(row(page, "s-1").locator("ins")).to_have_text("after")


def test_any_two_are_compared(visitor, sandbox):
    visitor.provokes(400, 404)
    for name in ("one", "two"):
        sandbox.control("PUT", f"/checkpoints/{name}")
        sandbox.control("POST", "/disks", {"DiskId": f"d-after-{name}"})
    page = visitor.open(f"/s/{sandbox.name}/diff")
    form = form_with(page, "from", "to")
    form.locator("[name=from]").fill("one")
    form.locator("[name=to]").fill("two")
    send(form)
    assert rows(page) == ["d-after-one"]
    form.locator("[name=from]").fill("two")
    form.locator("[name=to]").fill("now")
    send(form)
    assert rows(page) == ["d-after-two"]
    form.locator("[name=from]").fill("none-of-these")
    send(form)
    expect(page.get_by_role("alert")).to_contain_text("none-of-these")
