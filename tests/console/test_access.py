"""Who sees the console and who changes something: sessions, links from elsewhere, and what pages of other sites try."""

import http.server
import threading

import pytest
from playwright.sync_api import expect

from conftest import TOKEN
from servers import Sandbox
from visitors import form_to, form_with, heading, row, send


def log_in(page, token=TOKEN):
    page.get_by_label("Admin token").fill(token)
    page.get_by_role("button", name="Log in").click()


@pytest.fixture
def sandbox(guarded):
    sandbox = Sandbox(guarded, {"Snapshots": [{"SnapshotId": "s-1"}]})
    yield sandbox
    sandbox.delete()


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def stranger(request, visit, guarded):
    """Somebody who has not logged in."""
    return visit(guarded, scripts=request.param)


def test_a_wrong_token_is_told_and_the_right_one_goes_on_to_the_page(stranger, sandbox):
    stranger.provokes(401)
    page = stranger.open(f"/s/{sandbox.name}/snapshots?SnapshotIds=%5B%22s-1%22%5D")
    expect(heading(page)).to_have_text("Log in")
    for wrong in ("wrong", TOKEN.upper()):
        log_in(page, wrong)
        expect(page.get_by_role("alert")).to_contain_text("not the admin token")
    log_in(page)
    expect(heading(page)).to_have_text("Snapshots")
    expect(row(page, "s-1")).to_have_count(1)


def test_a_session_is_a_cookie_that_no_script_sees_and_that_is_not_the_token(stranger, sandbox):
    page = stranger.open(f"/s/{sandbox.name}")
    log_in(page)
    expect(heading(page)).to_contain_text(sandbox.name)
    [session] = [cookie for cookie in stranger.context.cookies() if "message" not in cookie["name"]]
    assert session["httpOnly"] and session["sameSite"] == "Lax" and session["path"] == "/_mock/console"
    assert TOKEN not in session["value"] and TOKEN not in page.content()
    assert page.evaluate("document.cookie") == ""


def test_a_session_changes_things_until_it_is_left(stranger, sandbox):
    page = stranger.open(f"/s/{sandbox.name}/snapshots/s-1")
    log_in(page)
    send(page.locator("#pin"))
    expect(page.get_by_role("status")).to_contain_text("Nothing has changed")
    send(form_to(page, "/delete"))
    expect(page.get_by_role("status")).to_contain_text("Deleted s-1")
    assert not sandbox.exists("snapshots/s-1")
    page.get_by_role("button", name="Log out").click()
    expect(heading(page)).to_have_text("Log in")
    page.goto(sandbox.console)
    expect(heading(page)).to_have_text("Log in")


def test_a_session_is_good_after_a_restart(visit, guarded):
    visitor = visit(guarded)
    page = visitor.open("/sandboxes")
    log_in(page)
    expect(heading(page)).to_have_text("Sandboxes")
    guarded.stop()
    guarded.start()
    page.reload()
    expect(heading(page)).to_have_text("Sandboxes")
    # And only for whoever has it.
    expect(heading(visit(guarded).open("/sandboxes"))).to_have_text("Log in")


def test_a_form_of_a_session_that_is_over_is_refused(visit, guarded, sandbox):
    visitor = visit(guarded)
    page = visitor.open(f"/s/{sandbox.name}/snapshots/s-1")
    log_in(page)
    expect(heading(page)).to_contain_text("s-1")
    visitor.context.clear_cookies()
    visitor.provokes(401)
    send(form_to(page, "/delete"))
    expect(page.get_by_role("alert")).to_contain_text("log in")
    assert sandbox.exists("snapshots/s-1")


@pytest.fixture
def elsewhere():
    """A site of others: it answers each path with what stands in its `pages`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = self.server.pages.get(self.path, "").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as site:
        site.pages = {}
        # Another name of this machine, and so another site than 127.0.0.1.
        site.url = f"http://localhost:{site.server_address[1]}"
        site.sibling = f"http://127.0.0.1:{site.server_address[1]}"
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield site
        site.shutdown()


def come_from(visitor, site):
    visitor.hosts |= {site.url.partition("://")[2], site.sibling.partition("://")[2]}


@pytest.mark.parametrize("of", ["url", "sibling"])
def test_a_link_from_another_site_opens_the_page(visitor, arrange, elsewhere, of):
    sandbox = arrange({"Snapshots": [{"SnapshotId": "s-1"}]})
    come_from(visitor, elsewhere)
    elsewhere.pages["/"] = f'<a href="{sandbox.console}/snapshots/s-1">the one that is missing</a>'
    page = visitor.open(f"{getattr(elsewhere, of)}/")
    page.get_by_role("link").click()
    expect(heading(page)).to_have_text("Snapshot s-1")
    # What is on the page works as for whoever has come by another way.
    send(form_to(page, "/delete"))
    expect(heading(page)).to_have_text("Snapshots")
    assert not sandbox.exists("snapshots/s-1")


def test_a_link_from_another_site_opens_the_page_of_a_session(visit, guarded, sandbox, elsewhere):
    visitor = visit(guarded)
    log_in(visitor.open("/sandboxes"))
    come_from(visitor, elsewhere)
    elsewhere.pages["/"] = f'<a href="{sandbox.console}/snapshots/s-1">the one that is missing</a>'
    page = visitor.open(f"{elsewhere.url}/")
    page.get_by_role("link").click()
    expect(heading(page)).to_have_text("Snapshot s-1")


@pytest.mark.parametrize("of", ["url", "sibling"])
def test_a_form_on_another_site_changes_nothing(visitor, arrange, elsewhere, of):
    sandbox = arrange({"Snapshots": [{"SnapshotId": "s-1"}]})
    come_from(visitor, elsewhere)
    visitor.provokes(403)
    elsewhere.pages["/"] = f"""
        <form method=post action="{sandbox.console}/snapshots/s-1/delete"><button>Win</button></form>
        <form method=post action="{sandbox.console}/snapshots/s-1" id=change><input name=Description value=hit>
        <button>Win more</button></form>"""
    for button in ("Win", "Win more"):
        page = visitor.open(f"{getattr(elsewhere, of)}/")
        page.get_by_role("button", name=button, exact=True).click()
        expect(heading(page)).to_have_text("Forbidden")
    assert "Description" not in sandbox.entry("snapshots/s-1")


def test_a_form_on_another_site_changes_nothing_in_a_session(visit, guarded, sandbox, elsewhere):
    visitor = visit(guarded)
    log_in(visitor.open("/sandboxes"))
    come_from(visitor, elsewhere)
    visitor.provokes(403)
    elsewhere.pages["/"] = f'<form method=post action="{sandbox.console}/delete"><button>Win</button></form>'
    page = visitor.open(f"{elsewhere.url}/")
    page.get_by_role("button").click()
    expect(heading(page)).to_have_text("Forbidden")
    assert sandbox.exists("snapshots/s-1")


def test_a_page_is_nobodys_frame_picture_or_script(visit, server, arrange, elsewhere):
    visitor = visit()
    sandbox = arrange()
    come_from(visitor, elsewhere)
    visitor.provokes(403)
    elsewhere.pages["/"] = f"""
        <iframe src="{sandbox.console}"></iframe>
        <p id=fetched></p>
        <script>
        fetch("{sandbox.console}", {{mode: "no-cors"}}).then(
            (answer) => {{ document.getElementById("fetched").textContent = answer.type; }},
            () => {{ document.getElementById("fetched").textContent = "failed"; }});
        </script>"""
    answers = {}
    visitor.context.on("response", lambda response: answers.setdefault(response.url, []).append(response.status))
    page = visitor.open(f"{elsewhere.url}/")
    expect(page.locator("#fetched")).not_to_be_empty()
    page.wait_for_load_state("networkidle")
    assert set(answers.get(sandbox.console, [])) == {403}, answers
    # That a frame may not show it is what a browser says by itself.
    visitor.complaints = [text for text in visitor.complaints if "frame-ancestors" not in text and "ORB" not in text]
