"""People with browsers, whose pages must give them nothing to complain of."""

import re

from playwright.sync_api import expect

# Milliseconds in which a page has to do what it is asked: it shares the machine with all else that runs there.
PATIENCE = 15_000

expect.set_options(timeout=PATIENCE)

REFUSED = re.compile(r"the server responded with a status of (\d+)")

# What the Content-Security-Policy has kept from happening is told by an event.
TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
    tellOfViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


class Visitor:
    """A person with a browser of their own."""

    def __init__(self, chromium, server, scripts=True, **options):
        self.server = server
        self.scripts = scripts
        # What is wrong, and the statuses of answers that the test provokes.
        self.complaints = []
        self.provoked = set()
        # What was asked before something was done, and what is answered.
        self.questions = []
        self.agrees = True
        # Hosts beside the server's that a test lets pages ask.
        self.hosts = {server.address}
        self.context = chromium.new_context(
            java_script_enabled=scripts, viewport={"width": 1280, "height": 900}, accept_downloads=True, **options
        )
        self.context.set_default_timeout(PATIENCE)
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self.complaints.append(f"an error: {error.error}"))
        self.context.on("dialog", self._answer)
        self.context.on("request", self._watch)
        self.context.on("response", self._check)
        if scripts:
            self.context.expose_binding("tellOfViolation", lambda _, text: self.complaints.append(f"violation: {text}"))
            self.context.add_init_script(TELL_VIOLATIONS)

    def _hear(self, message):
        refused = REFUSED.search(message.text)
        is_provoked = refused is not None and int(refused[1]) in self.provoked
        if message.type in ("error", "warning") and not is_provoked:
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url')})")

    def _answer(self, dialog):
        if dialog.type == "confirm":
            self.questions.append(dialog.message)
        elif dialog.type != "beforeunload":
            self.complaints.append(f"{dialog.type}: {dialog.message}")
        if self.agrees:
            dialog.accept()
        else:
            dialog.dismiss()

    def _watch(self, request):
        scheme, _, rest = request.url.partition("://")
        if scheme not in ("data", "blob", "about") and rest.split("/")[0] not in self.hosts:
            self.complaints.append(f"{request.url} is asked, which is none of ours")

    def _check(self, response):
        if response.status >= 400 and response.status not in self.provoked:
            self.complaints.append(f"{response.request.method} {response.url} is answered with {response.status}")

    def provokes(self, *statuses):
        """Answers with these statuses are meant from here on."""
        self.provoked.update(statuses)

    def open(self, path=""):
        """A new tab with this page of the console; or with any page, by its URL."""
        page = self.context.new_page()
        page.goto(path if "://" in path else f"{self.server.console}{path}")
        return page

    def close(self):
        self.context.close()
        assert not self.complaints, "\n".join(self.complaints)


def heading(page):
    return page.locator("main h1")


def table(page, caption=""):
    """The table whose caption has this in it, or the first."""
    return page.locator("main table").filter(has=page.locator("caption", has_text=caption)).first


def rows(page, caption=""):
    """The ids of the rows of a table, from the top."""
    return table(page, caption).locator("tr[data-id]").evaluate_all("rows => rows.map(row => row.dataset.id)")


def row(page, id):
    return page.locator(f"main tr[data-id={quoted(id)}]")


def quoted(text):
    """A text as a string in a selector."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def told(page):
    """What was done just before."""
    return page.locator("#message")


def form_with(page, *fields):
    """The form that has these fields."""
    form = page.locator("main form")
    for field in fields:
        form = form.filter(has=page.locator(f"[name={quoted(field)}]"))
    return form


def send(form):
    form.locator("[type=submit]").click()


def form_to(page, end):
    """The form whose address ends so."""
    return page.locator(f"main form[action$={quoted(end)}]")


def unfold(page):
    """Opens all that is folded in, as a person does with a click on each."""
    folded = page.locator("main details:not([open]) > summary")
    while folded.count():
        folded.first.click()


def is_within_width(page):
    """Whether the page as a whole fits the window."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
