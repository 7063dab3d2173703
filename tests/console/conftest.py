"""What tests have: servers, sandboxes of their own, and people with browsers."""

import pathlib

import pytest
from playwright.sync_api import sync_playwright

from furnish import furnish
from servers import Sandbox, Server
from visitors import Visitor

TOKEN = "s3cret-token"


def pytest_addoption(parser):
    for name, described in [
        ("--binary", "ecs-mock"),
        ("--chromium", "the browser"),
        ("--axe", "axe.min.js"),
        ("--folder", "where servers have their files"),
        ("--seed", "what they are seeded from"),
        ("--screenshots", "a folder for pictures"),
    ]:
        parser.addoption(name, type=pathlib.Path, help=described)
    parser.addoption("--long", action="store_true", help="also what takes minutes")


def pytest_configure(config):
    config.addinivalue_line("markers", "long: takes minutes, and runs with --long only")
    config.addinivalue_line("markers", "screenshots: makes pictures, and runs with --screenshots only")


def pytest_collection_modifyitems(config, items):
    for option in ("long", "screenshots"):
        if not config.getoption(option):
            left_out = [item for item in items if item.get_closest_marker(option)]
            config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def folder(request, worker_id):
    """Where the servers of this process have their files."""
    return request.config.getoption("--folder") / worker_id


@pytest.fixture(scope="session")
def serve(request, folder):
    """Starts servers, which stop at the end."""
    servers = []

    def serve(name, *options, **more):
        binary = request.config.getoption("--binary")
        servers.append(Server(binary, folder / name, "--seed", request.config.getoption("--seed"), *options, **more))
        return servers[-1]

    yield serve
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def server(serve, folder):
    """A server for whoever is on this machine."""
    return serve("open", "--backups", folder / "backups")


@pytest.fixture(scope="session")
def guarded(serve):
    """A server with an admin token."""
    return serve("guarded", token=TOKEN)


@pytest.fixture
def arrange(server):
    """Makes sandboxes for the length of the test."""
    sandboxes = []

    def arrange(document=None, **fields):
        sandboxes.append(Sandbox(server, document, **fields))
        return sandboxes[-1]

    yield arrange
    for sandbox in sandboxes:
        sandbox.delete()


@pytest.fixture(scope="session")
def chromium(request):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=request.config.getoption("--chromium"))
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, server):
    """A person of one's own, by how they come: to the open server, unless told otherwise."""
    visitors = []

    def visit(to=server, **options):
        visitors.append(Visitor(chromium, to, **options))
        return visitors[-1]

    yield visit
    for visitor in visitors:
        visitor.close()


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def visitor(request, visit):
    """Everybody, once with scripts and once without: pages do the same for both."""
    return visit(scripts=request.param)


@pytest.fixture(scope="session")
def furnished(server):
    """A sandbox with something of everything, as it is after some days of use. Tests look at it, and change nothing."""
    return furnish(server)
