"""Names that somebody else has chosen: they are read, and they do nothing."""

import pytest
from playwright.sync_api import expect

from servers import encoded
from visitors import form_with, is_within_width, row, rows, send, table, told, unfold

# Names, and what is read of them where that is something else.
NAMES = {
    "markup": "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}",
    "entities": "&lt;b&gt; &amp; &#60;",
    "urls": "javascript:alert(3)//%00%2e?#&=+",
    "right-to-left": "صورة احتياطية שלום",
    "emoji": "👩‍👩‍👧‍👦 🇨🇳 ❤️",
    "cjk": "快照" * 64,
    "long-word": "x" * 128,
    "spaces": "  two  spaces  at  each  end  ",
}
HIDDEN = {
    "override": ("invoice\u202egpj.exe", "invoice\\u{202e}gpj.exe"),
    "invisible": ("a\u200bb\ufeffc", "a\\u{200b}b\\u{feff}c"),
    "control": ("a\x7fb\x85c", "a\\u{7f}b\\u{85}c"),
    "lines": ("one\ntwo\tthree", "one\\u{a}two\\u{9}three"),
}
ALL = [(name, name) for name in NAMES.values()] + list(HIDDEN.values())


@pytest.fixture
def sandbox(arrange):
    sandbox = arrange({
        "Snapshots": [
            {
                "SnapshotId": f"s-{number}",
                "SnapshotName": name,
                "Description": name,
                "Tags": {name[:128]: name[:128]},
            }
            for number, (name, _) in enumerate(ALL)
        ]
    })
    return sandbox


@pytest.mark.parametrize("width", [1280, 360])
def test_names_are_read_on_every_page_and_do_nothing(visitor, sandbox, width):
    page = visitor.open(f"/s/{sandbox.name}/snapshots")
    page.set_viewport_size({"width": width, "height": 800})
    assert is_within_width(page)
    for number, (_, shown) in enumerate(ALL):
        assert row(page, f"s-{number}").locator("bdi").first.inner_text() == shown
        assert f"{shown}={shown}" in row(page, f"s-{number}").inner_text()
    for number, (name, shown) in enumerate(ALL):
        page.goto(f"{sandbox.console}/snapshots/s-{number}")
        assert row(page, "SnapshotName").locator("bdi").inner_text() == shown
        assert row(page, "Description").locator("bdi").inner_text() == shown
        assert is_within_width(page), shown
        assert page.locator("main script, main img").count() == 0
        # The form holds the name itself, and gives back what it was given.
        value = form_with(page, "SnapshotName", "Description").locator("[name=SnapshotName]").input_value()
        assert value == name.replace("\n", "")


def test_a_text_runs_its_own_way_and_leaves_what_is_around_it(visit, sandbox):
    """A name from right to left stands in a box of its own: what follows it on the line stays where it is."""
    number = list(NAMES).index("right-to-left")
    page = visit().open(f"/s/{sandbox.name}/snapshots/s-{number}")
    tag = page.locator("ul.tags a bdi").first
    assert tag.evaluate("element => getComputedStyle(element).unicodeBidi") == "isolate"


def test_an_id_of_any_signs_has_a_page_and_a_form(visitor, arrange):
    id = "s-\"><script>alert(1)</script>/../?#%2f 快"
    sandbox = arrange({"Snapshots": [{"SnapshotId": id}]})
    page = visitor.open(f"/s/{sandbox.name}/snapshots")
    assert rows(page) == [id]
    table(page).get_by_role("link", name=id).click()
    assert page.url.endswith(f"/snapshots/{encoded(id)}")
    unfold(page)
    form = form_with(page, "SnapshotName", "Description")
    form.get_by_label("SnapshotName", exact=True).fill("found")
    send(form)
    expect(told(page)).to_have_text("Changed.")
    assert sandbox.entry(f"snapshots/{encoded(id)}")["SnapshotName"] == "found"


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_is_typed_in_and_found_again(visitor, sandbox, name):
    page = visitor.open(f"/s/{sandbox.name}/add/snapshots")
    form = form_with(page, "SnapshotId", "SnapshotName")
    form.get_by_label("SnapshotId", exact=True).fill("s-typed")
    form.get_by_label("SnapshotName", exact=True).fill(name)
    send(form)
    expect(told(page)).to_have_text("Added.")
    assert sandbox.entry("snapshots/s-typed")["SnapshotName"] == name
    page.goto(f"{sandbox.console}/snapshots")
    unfold(page)
    filters = form_with(page, "SnapshotName", "PageSize")
    filters.get_by_label("SnapshotName", exact=True).fill(name)
    send(filters)
    assert "s-typed" in rows(page) and len(rows(page)) == 2
