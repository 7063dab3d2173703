"""Two tabs of one browser, of which one does not know what the other one does."""

from playwright.sync_api import expect

from conftest import TOKEN
from visitors import form_to, form_with, heading, row, send, told, unfold


def test_what_the_other_tab_has_deleted_is_told_to_be_gone(visitor, arrange):
    visitor.provokes(404)
    sandbox = arrange({"Snapshots": [{"SnapshotId": "s-1"}]})
    one, other = (visitor.open(f"/s/{sandbox.name}/snapshots/s-1") for _ in range(2))
    send(form_to(one, "/delete"))
    expect(told(one)).to_contain_text("s-1")
    unfold(other)
    send(form_with(other, "SnapshotName", "Description"))
    expect(other.get_by_role("alert")).to_contain_text("s-1")


def test_what_was_done_is_told_in_one_of_them(visitor, arrange):
    sandbox = arrange({"Snapshots": [{"SnapshotId": "s-1"}]})
    one, other = (visitor.open(f"/s/{sandbox.name}/snapshots/s-1") for _ in range(2))
    send(form_to(one, "/delete"))
    expect(told(one)).to_have_count(1)
    other.goto(sandbox.console)
    expect(told(other)).to_have_count(0)


def test_they_see_what_the_other_one_has_changed(visitor, arrange):
    sandbox = arrange({"Snapshots": [{"SnapshotId": "s-1"}]})
    one, other = (visitor.open(f"/s/{sandbox.name}/snapshots/s-1") for _ in range(2))
    unfold(one)
    form = form_with(one, "SnapshotName", "Description")
    form.get_by_label("SnapshotName", exact=True).fill("from the other tab")
    send(form)
    expect(told(one)).to_have_text("Changed.")
    other.reload()
    expect(row(other, "SnapshotName")).to_contain_text("from the other tab")


def test_of_two_who_edit_the_same_the_second_is_told(visitor, arrange):
    visitor.provokes(412)
    sandbox = arrange({"Snapshots": [{"SnapshotId": "s-1", "SnapshotName": "before"}]})
    one, other = (visitor.open(f"/s/{sandbox.name}/snapshots/s-1") for _ in range(2))
    for page, field in ((one, "SnapshotName"), (other, "Description")):
        unfold(page)
        form_with(page, "SnapshotName", "Description").get_by_label(field, exact=True).fill("mine")
    send(form_with(one, "SnapshotName", "Description"))
    expect(told(one)).to_have_text("Changed.")
    form = form_with(other, "SnapshotName", "Description")
    send(form)
    expect(other.get_by_role("alert")).to_contain_text("somebody else has changed it")
    expect(row(other, "SnapshotName")).to_contain_text("mine")
    expect(form.get_by_label("Description", exact=True)).to_have_value("mine")
    entry = sandbox.entry("snapshots/s-1")
    assert entry["SnapshotName"] == "mine" and "Description" not in entry
    # Who has read that, and sends it again, means it.
    send(form)
    expect(told(other)).to_have_text("Changed.")
    entry = sandbox.entry("snapshots/s-1")
    assert (entry["SnapshotName"], entry["Description"]) == ("before", "mine")


def test_two_sandboxes_do_not_mix(visitor, arrange):
    sandboxes = [arrange({"Snapshots": [{"SnapshotId": f"s-{number}"}]}) for number in range(2)]
    pages = [visitor.open(f"/s/{sandbox.name}/snapshots") for sandbox in sandboxes]
    for number, (sandbox, page) in enumerate(zip(sandboxes, pages)):
        row(page, f"s-{number}").get_by_role("link").first.click()
        send(form_to(page, "/delete"))
        expect(told(page)).to_contain_text(f"s-{number}")
        assert [len(one.ids()) for one in sandboxes] == [0, 1 - number]


def test_a_session_that_one_leaves_is_over_in_the_other(visit, guarded):
    visitor = visit(guarded)
    one = visitor.open("/sandboxes")
    one.get_by_label("Admin token").fill(TOKEN)
    one.get_by_role("button", name="Log in").click()
    expect(heading(one)).to_have_text("Sandboxes")
    other = visitor.open("/sandboxes")
    expect(heading(other)).to_have_text("Sandboxes")
    one.get_by_role("button", name="Log out").click()
    expect(heading(one)).to_have_text("Log in")
    visitor.provokes(401)
    form = form_with(other, "Name", "From")
    form.get_by_label("Name", exact=True).fill("never")
    send(form)
    expect(other.get_by_role("alert")).to_contain_text("log in")
    assert not guarded.exists("/sandboxes/never")
