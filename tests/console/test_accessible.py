"""Every page that links lead to, for everybody: what axe finds, widths, colours, and the keyboard."""

import re

import pytest
from playwright.sync_api import expect

from visitors import heading, is_within_width, unfold

WIDTHS = (1280, 360)
COLOURS = ("light", "dark")


# Where links lead, also those in pictures.
LINKS = "links => links.map((link) => new URL(link.getAttribute('href'), location).href)"


def shape(path):
    """What a page is, whatever it is about: pages of one shape are of one template."""
    path = re.sub(r"^/s/[^/]+", "/s/{sandbox}", path.partition("?")[0].partition("#")[0])
    parts = path.split("/")
    if len(parts) > 4 and parts[3] != "add":
        parts[4] = "{id}"
    return "/".join(parts)


def reached(page, sandbox):
    """The pages of a sandbox that links lead to from the list of all, one of each shape."""
    root = f"{sandbox.server.console}/"
    others = re.compile(r"/s/(?!%s(/|$|\?))" % re.escape(sandbox.name))
    paths, looked_at, seen = ["/sandboxes", f"/s/{sandbox.name}"], set(), {}
    while paths:
        path = paths.pop(0)
        if shape(path) in looked_at or others.match(path):
            continue
        looked_at.add(shape(path))
        answer = page.goto(root.rstrip("/") + path)
        assert answer.status == 200, f"{path}: {answer.status}"
        # Some data has addresses here, too, and is no page.
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        seen[shape(path)] = path
        links = page.locator("a[href]:not([download])").evaluate_all(LINKS)
        paths += [link.removeprefix(root.rstrip("/")) for link in links if link.startswith(root)]
    return seen


def axe(page, source):
    """What axe finds on a page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(source)
    found = page.evaluate("axe.run(document).then((results) => results.violations)")
    return [
        f"{violation['id']} ({violation['help']}): {node['html'][:200]} {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"][:3]
    ]


@pytest.fixture(scope="session")
def axe_source(request):
    return request.config.getoption("--axe").read_text("utf-8")


def examined(page, source, path):
    """What is wrong with a page that is shown, at each width and in all colours."""
    problems = []
    unfold(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if not is_within_width(page):
            wide = page.evaluate(WIDE)
            problems.append(f"{path} is wider than {width}: {wide}")
        for colours in COLOURS:
            page.emulate_media(color_scheme=colours, reduced_motion="reduce")
            problems += [f"{path}, {width}, {colours}: {found}" for found in axe(page, source)]
    return problems


# What reaches beyond the window, outside of what scrolls by itself.
WIDE = """Array.from(document.querySelectorAll("body *"))
    .filter((element) => !element.parentElement.closest(".wide") && element.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 5).map((element) => element.outerHTML.slice(0, 120))"""


def test_axe_finds_nothing_and_no_page_is_wider_than_the_window(visit, furnished, axe_source):
    visitor = visit()
    page = visitor.open()
    pages = reached(page, furnished)
    kinds = ("snapshots", "disks", "instances", "images", "snapshot-groups", "auto-snapshot-policies")
    expected = {f"/s/{{sandbox}}{way}" for kind in kinds for way in (f"/{kind}", f"/{kind}/{{id}}", f"/add/{kind}")}
    assert expected < set(pages), sorted(pages)
    problems = []
    for path in pages.values():
        page.goto(furnished.server.console + path)
        problems += examined(page, axe_source, path)
    assert not problems, "\n".join(problems)


def test_axe_finds_nothing_on_what_is_refused(visit, guarded, furnished, axe_source):
    visitor = visit()
    visitor.provokes(400, 404)
    page = visitor.open("/nothing-of-this-name")
    problems = examined(page, axe_source, "a page that is not there")
    page.goto(f"{furnished.console}/snapshots?Status=finished")
    problems += examined(page, axe_source, "a filter that is wrong")
    page.goto(f"{furnished.console}/snapshots/{furnished.ids()[0]}")
    unfold(page)
    page.locator("#edit [name=RetentionDays]").fill("soon")
    page.locator("#edit [type=submit]").click()
    expect(page.get_by_role("alert")).to_have_count(1)
    problems += examined(page, axe_source, "a form that is refused")
    stranger = visit(guarded)
    stranger.provokes(401)
    page = stranger.open()
    problems += examined(page, axe_source, "the login")
    page.get_by_label("Admin token").fill("wrong")
    page.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_have_count(1)
    problems += examined(page, axe_source, "a login that is refused")
    assert not problems, "\n".join(problems)


def test_the_keyboard_is_enough(visit, furnished):
    """To skip the navigation, follow a link, and send a form; and it is always seen where one is."""
    page = visit().open(f"/s/{furnished.name}/snapshots")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    expect(skip).to_have_text("Skip to the page")
    box = skip.bounding_box()
    assert box["x"] >= 0 and box["y"] >= 0, "it is seen while it has the focus"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").evaluate("element => element.closest('main') !== null")
    for _ in range(60):
        outline = page.locator(":focus").evaluate("element => getComputedStyle(element).outlineStyle")
        ring = page.locator(":focus").evaluate("element => getComputedStyle(element).boxShadow")
        where = page.locator(":focus").evaluate("element => element.outerHTML.slice(0, 100)")
        assert outline != "none" or ring != "none", where
        if page.locator("tr[data-id] :focus").count():
            break
        if page.locator("summary:focus").count():
            page.keyboard.press("Enter")
        page.keyboard.press("Tab")
    id = page.locator("tr[data-id]:has(:focus)").get_attribute("data-id")
    page.keyboard.press("Enter")
    expect(heading(page)).to_contain_text(id)
