"""Faults: planning them, by templates and by hand, seeing them hit, and removing them."""

import re

import pytest
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkecs.request.v20140526.DescribeSnapshotsRequest import DescribeSnapshotsRequest
from playwright.sync_api import expect

from visitors import form_to, form_with, heading, row, rows, send, told


@pytest.fixture
def sandbox(arrange):
    return arrange({"Disks": [{"DiskId": "d-1"}]})


def planned(sandbox):
    return sandbox.control("GET", "/faults")["Faults"]


@pytest.mark.parametrize("template, effect, times, when", [
    ("Throttle", "Throttling", 3, "before"), ("Lose", "Connection", 1, "after"), ("slow", "DelayMs", None, "before"),
])
def test_one_is_planned_from_a_template(visitor, sandbox, template, effect, times, when):
    page = visitor.open(f"/s/{sandbox.name}/faults")
    expect(heading(page)).to_have_text("Faults")
    page.locator("main nav").get_by_role("link").filter(has_text=template).click()
    form = form_with(page, "Action", "Effect")
    expect(form.locator("[name=Effect]")).to_have_value(re.compile(effect))
    send(form)
    expect(told(page)).to_have_count(1)
    [fault] = planned(sandbox)
    assert effect in fault["Effect"] and fault.get("Times") == times and fault["When"] == when
    assert rows(page) == [fault["Name"]]


def test_its_hits_are_counted(visit, sandbox):
    page = visit().open(f"/s/{sandbox.name}/faults")
    form = form_with(page, "Action", "Effect")
    form.locator("[name=Name]").fill("mine")
    form.locator("[name=Action]").fill("DescribeSnapshots")
    form.locator("[name=Times]").fill("1")
    form.locator("[name=Effect]").fill('{"Throttling": {}}')
    send(form)
    expect(told(page)).to_contain_text("mine")
    with pytest.raises(ServerException, match="Throttling"):
        sandbox.call(DescribeSnapshotsRequest())
    sandbox.call(DescribeSnapshotsRequest())
    # The page counts with it, as it is.
    expect(row(page, "mine")).to_contain_text("yes")
    assert planned(sandbox)[0]["Hits"] == 1


def test_what_cannot_be_planned_is_told_beside_what_was_filled_in(visitor, sandbox):
    visitor.provokes(400, 409)
    page = visitor.open(f"/s/{sandbox.name}/faults")
    form = form_with(page, "Action", "Effect")
    for field, wrong, right, said in [
        ("Action", "DescribeSnapshot", "DescribeSnapshots", "DescribeSnapshots"),
        ("Effect", "{", '{"DelayMs": 1}', "Effect"),
        ("Times", "often", "2", "Times"),
    ]:
        form.locator("[name=Action]").fill("DescribeSnapshots")
        form.locator("[name=Effect]").fill('{"DelayMs": 1}')
        form.locator(f"[name={field}]").fill(wrong)
        send(form)
        expect(page.get_by_role("alert")).to_contain_text(said)
        expect(form.locator(f"[name={field}]")).to_have_value(wrong)
        form.locator(f"[name={field}]").fill(right)
    send(form)
    expect(told(page)).to_have_count(1)
    assert len(planned(sandbox)) == 1


def test_one_is_removed_and_then_all(visitor, sandbox):
    for name in ("a", "b", "c"):
        fault = {"Match": {"Action": "DescribeSnapshots"}, "Effect": {"DelayMs": 1}}
        sandbox.control("POST", "/faults", {"Name": name, **fault})
    page = visitor.open(f"/s/{sandbox.name}/faults")
    assert rows(page) == ["a", "b", "c"]
    row(page, "b").locator("[type=submit]").click()
    expect(told(page)).to_contain_text("b")
    assert [fault["Name"] for fault in planned(sandbox)] == ["a", "c"]
    send(form_to(page, "/faults/delete"))
    expect(told(page)).to_have_count(1)
    assert planned(sandbox) == []
