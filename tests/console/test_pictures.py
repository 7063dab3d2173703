"""Pictures of the main pages, for people who read about them."""

import pytest

WIDTHS = (1280, 360)

# The pages of a sandbox, and what they are called.
PAGES = {
    "sandbox": "",
    "snapshots": "/snapshots",
    "snapshot": "/snapshots/s-release-2",
}


@pytest.mark.screenshots
@pytest.mark.parametrize("name", ["sandboxes", *PAGES])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_pictures_are_made(request, visit, furnished, name, colours):
    folder = request.config.getoption("--screenshots")
    visitor = visit(color_scheme=colours, device_scale_factor=1.5)
    page = visitor.open("/sandboxes" if name == "sandboxes" else f"/s/{furnished.name}{PAGES[name]}")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.screenshot(path=folder / f"{name}-{width}-{colours}.png")
