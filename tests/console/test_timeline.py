"""The timeline: a lane for each disk, what was made of it, and what is going to be."""

import re

import pytest
from playwright.sync_api import expect

from visitors import form_with, heading, is_within_width, rows, send, unfold

# Where labels are seen, in pixels of the window: the text itself, as far as what is around it lets it be seen.
LABELS = """Array.from(document.querySelectorAll("main svg text")).map((text) => {
    const box = text.getBoundingClientRect();
    const frame = text.ownerSVGElement.getBoundingClientRect();
    return {
        text: text.textContent,
        left: Math.max(box.left, frame.left), right: Math.min(box.right, frame.right),
        top: Math.max(box.top, frame.top), bottom: Math.min(box.bottom, frame.bottom),
    };
}).filter((box) => box.right - box.left > 1 && box.bottom - box.top > 1)"""


def overlapping(page):
    labels = page.evaluate(LABELS)
    assert labels
    return [
        (one["text"], other["text"])
        for place, one in enumerate(labels)
        for other in labels[:place]
        if min(one["right"], other["right"]) - max(one["left"], other["left"]) > 0.5
        and min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) > 0.5
    ]


def many(number, disk="d-many", name="nightly"):
    return [
        {
            "SnapshotId": f"s-{disk}-{place:03}",
            "SnapshotName": name,
            "SourceDiskId": disk,
            "CreationTime": f"2026-{1 + place // 28 // 24:02}-{1 + place // 24 % 28:02}T{place % 24:02}:00:00Z",
        }
        for place in range(number)
    ]


@pytest.mark.parametrize("width", [1280, 360])
def test_no_two_labels_overlap(visit, furnished, arrange, width):
    visitor = visit()
    names = {"Snapshots": many(300) + many(50, "d-" + "long" * 15, "快照" * 64) + many(9, "d-few", "x" * 128)}
    for sandbox in (furnished, arrange(names)):
        page = visitor.open(f"/s/{sandbox.name}/timeline")
        page.set_viewport_size({"width": width, "height": 900})
        assert not overlapping(page)
        assert is_within_width(page)


def test_each_disk_has_a_lane_also_one_that_is_gone(visitor, furnished):
    page = visitor.open(f"/s/{furnished.name}/timeline")
    expect(heading(page)).to_contain_text("Timeline")
    labels = " ".join(page.locator("main svg text").all_text_contents())
    for disk in ("d-web-system", "d-db-data"):
        assert disk in labels
    unfold(page)
    listed = set(rows(page))
    assert {"s-release-1", "s-release-5", "s-group-1"} <= listed


def test_a_snapshot_in_the_picture_leads_to_its_page(visit, furnished):
    page = visit().open(f"/s/{furnished.name}/timeline?DiskId=d-web-system")
    link = page.locator("main svg a[href*='/snapshots/s-release-2']").first
    link.focus()
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Snapshot s-release-2")


def test_one_disk_is_chosen(visitor, furnished):
    page = visitor.open(f"/s/{furnished.name}/timeline")
    form = form_with(page, "DiskId")
    form.locator("[name=DiskId]").fill("d-db-data")
    send(form)
    unfold(page)
    assert "DiskId=d-db-data" in page.url
    shown = rows(page)
    assert "s-group-1" in shown and not any(id.startswith("s-release") for id in shown)


def test_many_are_gathered_into_counted_bars_that_open(visitor, arrange):
    sandbox = arrange({"Snapshots": many(300)})
    page = visitor.open(f"/s/{sandbox.name}/timeline")
    marks = page.locator("main svg a").count()
    assert marks < 100, f"{marks} marks are no picture"
    counts = [int(text) for text in page.locator("main svg text").all_text_contents() if re.fullmatch(r"\d+", text)]
    assert sum(counts) >= 240, counts
    # A bar opens: what it counts is shown over a shorter time.
    bar = page.locator("main svg a").filter(has=page.locator("text", has_text=re.compile(r"^\d+$"))).first
    target = bar.get_attribute("href")
    page.goto(f"{sandbox.server.url}{target}")
    expect(heading(page)).to_contain_text("Timeline")
    assert page.locator("main svg a").count() > 1
