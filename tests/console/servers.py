"""Servers over files of their own, and what tests arrange and ask beside the browser."""

import json
import pathlib
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

from aliyunsdkcore.client import AcsClient

# Seconds that a start or a request may take.
PATIENCE = 60


class Server:
    """A server, and its control plane."""

    def __init__(self, binary, folder, *options, token=None):
        self.command = [binary, "--database", folder / "ecs-mock.db", *options]
        self.token = token
        self.log = pathlib.Path(folder, "server.log")
        folder.mkdir(parents=True, exist_ok=True)
        self.address = "127.0.0.1:0"
        self.start()

    def start(self):
        environment = {"ECS_MOCK_ADMIN_TOKEN": self.token} if self.token else {}
        with open(self.log, "ab") as output:
            before = output.tell()
            command = [*self.command, "--listen", self.address]
            self.process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
        deadline = time.monotonic() + PATIENCE
        while True:
            text = self.log.read_bytes()[before:].decode()
            _, found, rest = text.partition("listening on http://")
            if found and "\n" in rest:
                self.address = rest.split()[0]
                return
            assert self.process.poll() is None and time.monotonic() < deadline, f"the server did not start:\n{text}"
            time.sleep(0.02)

    def stop(self):
        """In order; what it did until then must have been in order, too."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0
        assert "panicked at" not in self.log.read_text("utf-8", "replace"), f"see {self.log}"

    @property
    def url(self):
        return f"http://{self.address}"

    @property
    def console(self):
        return f"{self.url}/_mock/console"

    def send(self, method, path, body=None, media_type="application/json", accept="application/json", patience=PATIENCE):
        """The status and body of an answer to a request below `/_mock/v1`."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": media_type, "Accept": accept}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(f"{self.url}/_mock/v1{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=patience) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def control(self, method, path, body=None):
        """The data of an answer of the control plane, which has to be a good one."""
        status, content = self.send(method, path, body)
        assert status < 300, f"{method} {path}: {status} {content.decode()}"
        return json.loads(content) if content else None

    def exists(self, path):
        """Whether the control plane finds something there."""
        status, content = self.send("GET", path)
        assert status in (200, 404), content
        return status == 200


class Sandbox:
    """A sandbox of a test's own."""

    def __init__(self, server, document=None, name=None, **fields):
        self.server = server
        self.name = name or f"t-{uuid.uuid4().hex[:12]}"
        made = server.control("POST", "/sandboxes", {"Name": self.name, "From": "empty", **fields})
        self.client = AcsClient(made["AccessKeyId"], made["AccessKeySecret"], "cn-hangzhou", auto_retry=False)
        if document is not None:
            self.control("PUT", "/state", document)

    @property
    def console(self):
        """Where its pages are."""
        return f"{self.server.console}/s/{self.name}"

    def control(self, method, path, body=None):
        return self.server.control(method, f"/sandboxes/{self.name}{path}", body)

    def entry(self, path):
        """A resource, by its kind and id."""
        return self.control("GET", f"/{path}")

    def ids(self, kind="Snapshots"):
        """The ids of a kind, in order."""
        listed = self.control("GET", f"/{kind.lower()}?PageSize=100")
        return sorted(one[f"{kind[:-1]}Id"] for one in listed[kind])

    def exists(self, path):
        return self.server.exists(f"/sandboxes/{self.name}/{path}")

    def call(self, request):
        """Calls the cloud plane by the SDK for Python, with a typed request."""
        request.set_endpoint(self.server.address)
        request.set_protocol_type("http")
        request.set_accept_format("JSON")
        return json.loads(self.client.do_action_with_exception(request))

    def freeze(self, time):
        self.control("PUT", "/clock", {"Mode": "frozen", "Time": time})

    def delete(self):
        """It may be gone already: some tests delete it as people do."""
        status, content = self.server.send("DELETE", f"/sandboxes/{self.name}")
        assert status in (204, 404), content


def encoded(text):
    """A text as a part of a URL."""
    return urllib.parse.quote(text, safe="")
