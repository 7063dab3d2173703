"""Resources of every kind: lists with the API's filters, pages of them, one with all that it is, and what changes it."""

import pytest
from playwright.sync_api import expect

from visitors import form_to, form_with, heading, row, rows, send, table, told, unfold

SNAPSHOTS = [
    {
        "SnapshotId": f"s-{number:03}",
        "SnapshotName": "weekly" if number % 10 == 0 else "nightly",
        "CreationTime": f"2026-03-{1 + number // 24:02}T{number % 24:02}:00:00Z",
        "SourceDiskId": f"d-{number % 2}",
        "Tags": {"env": "prod" if number % 3 == 0 else "test"},
    }
    for number in range(120)
]
DOCUMENT = {
    "Snapshots": SNAPSHOTS,
    "Disks": [{"DiskId": "d-0", "InstanceId": "i-1"}, {"DiskId": "d-1"}],
    "Instances": [{"InstanceId": "i-1"}],
    "Images": [{"ImageId": "m-1", "SnapshotIds": ["s-000"]}],
    "SnapshotGroups": [{"SnapshotGroupId": "ssg-1", "SnapshotIds": ["s-001"]}],
    "AutoSnapshotPolicies": [
        {"AutoSnapshotPolicyId": "sp-1", "TimePoints": [1], "RepeatWeekdays": [1], "DiskIds": ["d-1"]}
    ],
}
KINDS = {
    "Snapshots": "s-000",
    "Disks": "d-0",
    "Instances": "i-1",
    "Images": "m-1",
    "Snapshot groups": "ssg-1",
    "Automatic snapshot policies": "sp-1",
}


@pytest.fixture
def sandbox(arrange):
    return arrange(DOCUMENT)


def test_the_navigation_leads_to_every_kind(visitor, sandbox):
    page = visitor.open(f"/s/{sandbox.name}")
    for kind, id in KINDS.items():
        page.get_by_role("navigation", name="Sandbox").get_by_role("link", name=kind, exact=True).click()
        expect(heading(page)).to_have_text(kind)
        expect(table(page).locator("caption")).to_contain_text(kind)
        expect(page.locator("nav [aria-current=page]")).to_have_text(kind)
        if kind == "Snapshots":
            id = "s-119"
        row(page, id).get_by_role("link", name=id, exact=True).click()
        expect(heading(page)).to_contain_text(id)


def test_a_list_is_read_page_by_page_either_way(visitor, sandbox):
    page = visitor.open(f"/s/{sandbox.name}/snapshots")
    newest_first = [snapshot["SnapshotId"] for snapshot in reversed(SNAPSHOTS)]
    assert rows(page) == newest_first[:50]
    expect(table(page).locator("caption")).to_contain_text("1 to 50 of 120")
    page.get_by_role("link", name="Next page").click()
    expect(table(page).locator("caption")).to_contain_text("51 to 100")
    assert rows(page) == newest_first[50:100]
    page.get_by_role("link", name="Next page").click()
    expect(table(page).locator("caption")).to_contain_text("101 to 120")
    assert rows(page) == newest_first[100:]
    expect(page.get_by_role("link", name="Next page")).to_have_count(0)
    page.get_by_role("link", name="Previous page").click()
    assert rows(page) == newest_first[50:100]
    page.get_by_role("link", name="oldest first").click()
    expect(table(page).locator("caption")).to_contain_text("oldest first")
    assert rows(page) == newest_first[::-1][:50]


def test_a_list_is_filtered_by_what_the_api_filters_by(visitor, sandbox):
    page = visitor.open(f"/s/{sandbox.name}/snapshots")
    unfold(page)
    form = form_with(page, "SnapshotName")
    form.get_by_label("SnapshotName", exact=True).fill("weekly")
    form.get_by_label("DiskId", exact=True).fill("d-0")
    form.get_by_label("PageSize").fill("10")
    send(form)
    expect(table(page).locator("caption")).to_contain_text("of 12")
    assert rows(page) == [f"s-{number:03}" for number in range(110, 10, -10)]
    # The address is one to send to a colleague, and with a script it says no more than it has to.
    asked = page.url.partition("?")[2]
    assert "SnapshotName=weekly" in asked and "DiskId=d-0" in asked
    if visitor.scripts:
        assert sorted(part.split("=")[0] for part in asked.split("&")) == ["DiskId", "PageSize", "SnapshotName"]
    # Back where it began, the form can be used once more.
    page.go_back()
    unfold(page)
    form.get_by_label("SnapshotName", exact=True).fill("nightly")
    form.get_by_label("DiskId", exact=True).fill("")
    form.get_by_label("Status", exact=True).fill("accomplished")
    send(form)
    expect(table(page).locator("caption")).to_contain_text("of 108")
    page.get_by_role("link", name="No filters").click()
    expect(table(page).locator("caption")).to_contain_text("of 120")


def test_a_filter_that_is_wrong_is_told(visitor, sandbox):
    visitor.provokes(400)
    page = visitor.open(f"/s/{sandbox.name}/snapshots?Status=finished")
    expect(page.get_by_role("alert")).to_contain_text("Status")


def test_a_tag_is_a_filter(visitor, sandbox):
    page = visitor.open(f"/s/{sandbox.name}/snapshots")
    row(page, "s-117").get_by_role("link", name="env=prod").click()
    expect(table(page).locator("caption")).to_contain_text("of 40")
    assert all(int(id.partition("-")[2]) % 3 == 0 for id in rows(page))
    unfold(page)
    expect(page.get_by_label("Tag.1.Key", exact=True)).to_have_value("env")


def test_one_leads_to_what_it_hangs_on(visitor, sandbox):
    page = visitor.open(f"/s/{sandbox.name}/snapshots/s-000")
    expect(row(page, "SourceDiskId")).to_contain_text("d-0")
    expect(row(page, "Status")).to_contain_text("accomplished")
    row(page, "SourceDiskId").get_by_role("link").click()
    expect(heading(page)).to_have_text("Disk d-0")
    row(page, "InstanceId").get_by_role("link").click()
    expect(heading(page)).to_have_text("Instance i-1")
    page.locator("main li").get_by_role("link", name="Disks").click()
    assert rows(page) == ["d-0"]


def test_one_is_edited(visitor, sandbox):
    visitor.provokes(400)
    page = visitor.open(f"/s/{sandbox.name}/snapshots/s-001")
    unfold(page)
    form = form_with(page, "SnapshotName", "Description")
    form.get_by_label("SnapshotName", exact=True).fill("renamed")
    form.get_by_label("RetentionDays", exact=True).fill("soon")
    send(form)
    expect(page.get_by_role("alert")).to_contain_text("RetentionDays")
    expect(form.get_by_label("SnapshotName", exact=True)).to_have_value("renamed")
    form.get_by_label("RetentionDays", exact=True).fill("7")
    form.get_by_label("Tags", exact=True).fill('{"team": "storage"}')
    send(form)
    expect(told(page)).to_have_text("Changed.")
    expect(row(page, "SnapshotName")).to_contain_text("renamed")
    expected = {**SNAPSHOTS[1], "SnapshotName": "renamed", "RetentionDays": 7, "Tags": {"team": "storage"}}
    entry = sandbox.entry("snapshots/s-001")
    assert {name: entry[name] for name in expected} == expected
    # A form that is sent back as it is changes nothing.
    unfold(page)
    send(form)
    expect(told(page)).to_contain_text("Nothing has changed")
    assert sandbox.entry("snapshots/s-001") == entry


def test_a_status_is_pinned_and_let_go(visitor, sandbox):
    page = visitor.open(f"/s/{sandbox.name}/snapshots/s-001")
    form = page.locator("#pin")
    form.get_by_label("Status").select_option("failed")
    send(form)
    expect(row(page, "Status")).to_contain_text("failed, pinned")
    assert sandbox.entry("snapshots/s-001")["Status"] == "failed"
    form.get_by_label("Status").select_option("")
    send(form)
    expect(row(page, "Status")).to_have_text("Statusaccomplished")
    assert "Status" not in sandbox.entry("snapshots/s-001")
    # What a list shows of one is what its page shows: here, what an image makes of it.
    page.goto(f"{sandbox.console}/snapshots/s-000")
    expect(row(page, "Usage")).to_contain_text("image")


def test_one_is_deleted(visitor, sandbox):
    page = visitor.open(f"/s/{sandbox.name}/snapshots/s-119")
    send(form_to(page, "/delete"))
    expect(told(page)).to_contain_text("s-119")
    expect(row(page, "s-119")).to_have_count(0)
    expect(row(page, "s-118")).to_have_count(1)
    assert not sandbox.exists("snapshots/s-119")


@pytest.mark.parametrize("kind, filled, shown", [
    ("snapshots", {"SnapshotName": "mine", "SourceDiskId": "d-1"}, "SnapshotName"),
    ("disks", {"DiskName": "mine", "Size": "100"}, "DiskName"),
    ("images", {"ImageName": "mine", "SnapshotIds": '["s-001"]'}, "ImageName"),
])
def test_one_is_added(visitor, sandbox, kind, filled, shown):
    page = visitor.open(f"/s/{sandbox.name}/{kind}")
    page.get_by_role("link", name="Add one").click()
    form = form_with(page, *filled)
    for field, value in filled.items():
        form.get_by_label(field, exact=True).fill(value)
    send(form)
    expect(told(page)).to_have_text("Added.")
    expect(row(page, shown)).to_contain_text("mine")
    id = page.url.rsplit("/", 1)[1]
    entry = sandbox.entry(f"{kind}/{id}")
    assert entry[shown] == "mine"


def test_one_that_is_there_already_is_not_added_again(visitor, sandbox):
    visitor.provokes(409)
    page = visitor.open(f"/s/{sandbox.name}/add/disks")
    form = form_with(page, "DiskId", "DiskName")
    form.get_by_label("DiskId", exact=True).fill("d-1")
    form.get_by_label("DiskName", exact=True).fill("another")
    send(form)
    expect(page.get_by_role("alert")).to_contain_text("d-1")
    expect(form.get_by_label("DiskName", exact=True)).to_have_value("another")
    assert "DiskName" not in sandbox.entry("disks/d-1")


def test_the_line_for_curl_gets_the_same(visit, sandbox):
    page = visit().open(f"/s/{sandbox.name}/snapshots?SnapshotName=weekly")
    line = page.locator("#curl code").inner_text().strip()
    listed = sandbox.server.control("GET", line.split("/_mock/v1")[1].rstrip("'"))
    assert [one["SnapshotId"] for one in listed["Snapshots"]] == rows(page)
