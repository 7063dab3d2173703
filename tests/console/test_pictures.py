"""Pictures of the main pages, for people who read about them."""

import pytest

WIDTHS = (1280, 360)

# The pages of a sandbox, and what they are called.
PAGES = {
    "sandbox": "",
    "snapshots": "/snapshots",
    "snapshot": "/snapshots/s-release-2",
    "time": "/time",
    "timeline": "/timeline",
    "checkpoints": "/checkpoints",
    "differences": "/diff?from=arranged&to=now",
    "requests": "/requests",
    "faults": "/faults",
}


@pytest.fixture
def explanation(furnished):
    """The page of a request, with why a snapshot is not in its answer."""
    [asked] = furnished.control("GET", "/requests?Action=DescribeSnapshots")["Requests"]
    [made] = furnished.control("GET", "/snapshots?SnapshotName=by-hand")["Snapshots"]
    return f"/requests/{asked['Sequence']}?id={made['SnapshotId']}"


@pytest.mark.screenshots
@pytest.mark.parametrize("name", ["sandboxes", "server", *PAGES, "explanation"])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_pictures_are_made(request, visit, furnished, explanation, name, colours):
    folder = request.config.getoption("--screenshots")
    visitor = visit(color_scheme=colours, device_scale_factor=1.5)
    paths = PAGES | {"explanation": explanation}
    page = visitor.open(f"/s/{furnished.name}{paths[name]}" if name in paths else f"/{name}")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if name == "explanation":
            page.locator("#explain").evaluate("form => form.scrollIntoView()")
        page.screenshot(path=folder / f"{name}-{width}-{colours}.png")
