"""Sandboxes: the list, making, forking and deleting one, and what clients are told to reach it."""

import uuid

import pytest
from playwright.sync_api import expect

from servers import Sandbox
from visitors import form_to, form_with, heading, row, rows, send, table, told, unfold


@pytest.fixture
def name(server):
    """One that nobody has yet; whoever has it in the end is deleted."""
    name = f"made-{uuid.uuid4().hex[:8]}"
    yield name
    server.send("DELETE", f"/sandboxes/{name}")


def test_one_is_made(visitor, server, name):
    page = visitor.open()
    expect(heading(page)).to_have_text("Sandboxes")
    form = form_with(page, "Name", "From", "AccessKeySecret")
    form.get_by_label("Name", exact=True).fill(name)
    form.get_by_label("From").select_option("nothing")
    form.get_by_label("TtlSeconds").fill("3600")
    form.get_by_label("AccessKeySecret").fill("a-secret-of-mine")
    send(form)
    expect(told(page)).to_contain_text(name)
    expect(heading(page)).to_have_text(f"Sandbox {name}")
    expect(row(page, name)).to_contain_text("a-secret-of-mine")
    made = server.control("GET", f"/sandboxes/{name}")
    assert (made["TtlSeconds"], made["Counts"]["Snapshots"]) == (3600, 0)
    # What was done is told once.
    page.reload()
    expect(told(page)).to_have_count(0)
    page.goto(f"{server.console}/sandboxes")
    expect(row(page, name)).to_contain_text("3600")
    row(page, name).get_by_role("link", name=name, exact=True).click()
    expect(heading(page)).to_have_text(f"Sandbox {name}")


def test_one_is_forked(visitor, server, arrange, name):
    sandbox = arrange({"Snapshots": [{"SnapshotId": "s-1"}, {"SnapshotId": "s-2"}]})
    sandbox.control("PUT", "/checkpoints/both")
    sandbox.control("DELETE", "/snapshots/s-2")
    page = visitor.open(f"/s/{sandbox.name}")
    form = form_with(page, "Name", "Checkpoint")
    form.get_by_label("Name", exact=True).fill(name)
    form.get_by_label("Checkpoint").select_option("both")
    send(form)
    expect(heading(page)).to_have_text(f"Sandbox {name}")
    row(page, "Snapshots").get_by_role("link").click()
    expect(table(page).locator("caption")).to_contain_text("2")
    assert sorted(rows(page)) == ["s-1", "s-2"]
    assert sandbox.ids() == ["s-1"], "the other one is as it was"


def test_one_is_deleted(visitor, server, arrange):
    sandbox = arrange()
    page = visitor.open(f"/s/{sandbox.name}")
    if visitor.scripts:
        visitor.agrees = False
        send(form_to(page, "/delete"))
        assert server.exists(f"/sandboxes/{sandbox.name}"), "nobody has agreed"
        visitor.agrees = True
    send(form_to(page, "/delete"))
    expect(told(page)).to_contain_text(sandbox.name)
    expect(row(page, sandbox.name)).to_have_count(0)
    assert not server.exists(f"/sandboxes/{sandbox.name}")
    assert len(visitor.questions) == (2 if visitor.scripts else 0)


def test_what_is_refused_is_told_beside_what_was_filled_in(visitor, arrange, name):
    visitor.provokes(400, 409)
    sandbox = arrange()
    page = visitor.open()
    form = form_with(page, "Name", "From")
    for field, wrong, right in [("Name", sandbox.name, name), ("TtlSeconds", "soon", "60")]:
        form.get_by_label("Name", exact=True).fill(name)
        form.get_by_label("TtlSeconds").fill("60")
        form.get_by_label(field, exact=True).fill(wrong)
        send(form)
        expect(page.get_by_role("alert")).to_contain_text(wrong if field == "Name" else field)
        expect(form.get_by_label(field, exact=True)).to_have_value(wrong)
        form.get_by_label(field, exact=True).fill(right)
    send(form)
    expect(heading(page)).to_have_text(f"Sandbox {name}")


def test_clients_are_told_how_to_reach_it(visit, arrange):
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    sandbox = arrange({"Snapshots": [{"SnapshotId": "s-1"}]})
    page = visitor.open(f"/s/{sandbox.name}")
    unfold(page)
    summaries = page.locator("summary").all_inner_texts()
    for client in ("Python", "Node", "Go", "Java", "Terraform", "CLI"):
        assert any(client.lower() in summary.lower() for summary in summaries), f"{client}: {summaries}"
    settings = page.locator("details").filter(has_text="Terraform")
    settings.get_by_role("button").click()
    expect(settings.get_by_role("button")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == settings.locator("code").text_content()
    assert sandbox.server.address in copied and sandbox.name in copied


def test_many_are_shown_a_page_at_a_time(visitor, server, arrange):
    sandboxes = [arrange(name=f"page-{number}") for number in range(3)]
    page = visitor.open("/sandboxes?MaxResults=2")
    seen = rows(page)
    while page.locator("[rel=next]").count():
        page.locator("[rel=next]").click()
        seen += rows(page)
    assert len(seen) == len(set(seen))
    assert {sandbox.name for sandbox in sandboxes} < set(seen)
