"""The host as a process, as a sidecar meets it: one exchange on each connection."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from typing import Any, Optional

HERE = Path(__file__).resolve().parent

HANDLERS = '''
import sys
import time
from asya_host import Messages, RetryableError, ValidationError

class LookedUp(KeyError):
    code = 404

class Unwilling(Exception):
    def __str__(self):
        raise RuntimeError("no text")

def act(payload):
    return eval(payload["do"]) if "do" in payload else payload

def raise_(error):
    raise error

def sleep_on():
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass

class Model:
    made = 0
    def __init__(self):
        Model.made += 1
    def predict(self, payload):
        return {"made": Model.made}
'''

ROUTE = {"steps": ["step", "next"], "current": 0, "metadata": {"team": "ml"}}


class Host:
    """A host in a process and a folder of its own."""

    def __init__(self, handler: str = "handlers:act", **env: str) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="asya-")
        self.path = f"{self.folder.name}/app.sock"
        Path(self.folder.name, "handlers.py").write_text(HANDLERS, encoding="utf-8")
        self.env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(HERE),
            "ASYA_HANDLER": handler,
            "ASYA_SOCKET_PATH": self.path,
            **env,
        }
        self.process = self.start()

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "asya_host"],
            cwd=self.folder.name,
            env=self.env,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()
        self.folder.cleanup()

    def connect(self) -> socket.socket:
        """Connects as soon as somebody listens."""
        give_up_at = time.monotonic() + 10
        while True:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(10)
            try:
                connection.connect(self.path)
                return connection
            except (FileNotFoundError, ConnectionRefusedError):
                connection.close()
                if self.process.poll() is not None or time.monotonic() > give_up_at:
                    raise
                time.sleep(0.02)  # waits for the host to import its handler

    def ask(self, body: bytes) -> Any:
        with self.connect() as connection:
            send(connection, body)
            return receive(connection)

    def call(self, payload: Any, route: dict[str, Any] = ROUTE, **more: Any) -> Any:
        message = {"job_id": "j1", "route": route, "payload": payload, **more}
        return self.ask(json.dumps(message).encode())

    def do(self, expression: str) -> Any:
        return self.call({"do": expression})

    def ended(self) -> tuple[int, str]:
        """Waits until it has ended; gives its exit code, and what it wrote."""
        _, written = self.process.communicate(timeout=10)
        return self.process.returncode, written


def send(connection: socket.socket, body: bytes) -> None:
    connection.sendall(len(body).to_bytes(4, "big") + body)


def receive(connection: socket.socket) -> Any:
    """Reads the one reply, behind which the host closes."""
    received = b""
    while True:
        try:
            chunk = connection.recv(65_536)
        except ConnectionResetError:  # it closed before it had read all that was sent
            chunk = b""
        if not chunk:
            break
        received += chunk
    assert int.from_bytes(received[:4], "big") == len(received) - 4, received
    return json.loads(received[4:])


class HostTest(unittest.TestCase):
    maxDiff = None

    def assert_failed(self, reply: Any, code: str, **more: Optional[object]) -> None:
        self.assertEqual((reply["status"], reply["error"]), ("error", code), reply)
        self.assertTrue(reply["message"])
        for name, value in more.items():
            self.assertEqual(reply.get(name), value, reply)

    def test_results(self) -> None:
        table = [
            ('{"a": 1, "ö": "😀"}', {"result": {"a": 1, "ö": "😀"}}),
            ("{}", {"result": {}}),
            ("None", {"result": None}),
            ("[]", {"result": None}),
            ("()", {"result": None}),
            ('[{"p": 1}, None, {"p": 3}]', {"result": [{"p": 1}, None, {"p": 3}]}),
            ('({"p": 1},)', {"result": [{"p": 1}]}),
            ('{"half": chr(0xD800)}', {"result": {"half": "\ud800"}}),
            ("Messages([])", {"result": None}),
            (
                'Messages([{"payload": 7, "route": {"steps": ["step", "x"]}, "delay_ms": 5}])',
                {"messages": [{"payload": 7, "route": {"steps": ["step", "x"]}, "delay_ms": 5}]},
            ),
        ]
        with Host() as host:
            for expression, expected in table:
                with self.subTest(expression):
                    self.assertEqual(host.do(expression), {"status": "ok", **expected})
            for payload in ([1, 2], "text", 7, None, True):
                with self.subTest(payload):
                    self.assertEqual(host.call(payload)["result"], {"value": payload})

    def test_failures(self) -> None:
        """What says no severity is judged by the sidecar."""
        busy = {"severity": "recoverable", "retry_after": 3, "type": "RetryableError"}
        table = [
            ('raise_(ValueError("no"))', "processing_error", {"type": "ValueError"}),
            ('raise_(LookedUp("k"))', "processing_error", {"type": "LookedUp"}),
            ("raise_(Unwilling())", "processing_error", {"message": "Unwilling"}),
            ('raise_(RetryableError("busy", 3))', "retryable_error", busy),
            ('raise_(ValidationError("no"))', "validation_error", {"severity": "fatal"}),
            ("bytearray(1 << 62)", "oom_error", {"severity": "recoverable", "retry_after": 30}),
            ("sys.exit(3)", "processing_error", {"type": "SystemExit"}),
            ("1", "processing_error", {"type": None}),
            ('[{}, "text"]', "processing_error", {}),
            ('{"n": float("nan")}', "processing_error", {}),
            ('{"what": object()}', "processing_error", {}),
            ("(each for each in [{}])", "processing_error", {}),
            ('Messages([{"route": {}}])', "processing_error", {}),
            ('Messages([{"payload": 1, "route": {"steps": ["x"]}}])', "processing_error", {}),
            ('raise_(ValueError("x" * 99_999))', "processing_error", {"type": "ValueError"}),
        ]
        with Host() as host:
            for expression, code, more in table:
                with self.subTest(expression):
                    reply = host.do(expression)
                    self.assert_failed(reply, code, severity=more.pop("severity", None), **more)
                    self.assertLess(len(json.dumps(reply)), 40_000)
            self.assertEqual(host.do("{}"), {"status": "ok", "result": {}})

    def test_requests_that_are_no_messages(self) -> None:
        table = [
            (b'ASYA/1 {"version":1,"features":[]}', "invalid_json"),
            (b"", "invalid_json"),
            (b"\xff", "invalid_json"),
            (b"[" * 100_000, "invalid_json"),
            (b"{}", "malformed_message"),
            (b'{"route":{"steps":["a"],"current":2},"payload":1}', "malformed_message"),
        ]
        with Host() as host:
            for body, code in table:
                with self.subTest(body[:40]):
                    self.assert_failed(host.ask(body), code)

    def test_the_list_form(self) -> None:
        with Host(ASYA_REPLY_FORMAT="list") as host:
            item = {"payload": {"a": 1}, "route": ROUTE}
            self.assertEqual(host.call({"a": 1}), [item])
            self.assertEqual(host.do("None"), [])
            self.assertEqual(
                host.do('[{"p": 1}, None]'),
                [{"payload": {"p": 1}, "route": ROUTE}, {"payload": None, "route": ROUTE}],
            )
            (refused,) = host.ask(b"ASYA/1 {}")
            self.assertEqual(refused["error"], "invalid_json")
            (failed,) = host.do('raise_(RetryableError("busy"))')
            self.assertEqual(failed["error"], "retryable_error")
            self.assertEqual(failed["details"]["message"], "busy")
            self.assertEqual(failed["details"]["type"], "RetryableError")
            self.assertIn("handlers.py", failed["details"]["traceback"])
            (delayed,) = host.do('Messages([{"payload": 1, "delay_ms": 1}])')
            self.assertEqual(delayed["error"], "processing_error")

    def test_metadata(self) -> None:
        for env in ({"ASYA_INCLUDE_METADATA": "true"}, {"ASYA_HANDLER_ARG_TYPE": "message"}):
            with self.subTest(env), Host("handlers:act", **env) as host:
                route = {"actors": ["step"], "current": 0, "version": 2}
                message = {"id": "j1", "route": route, "headers": {"h": 1}, "payload": 7}
                self.assertEqual(
                    host.ask(json.dumps(message).encode())["result"],
                    {
                        "job_id": "j1",
                        "route": {"steps": ["step"], "current": 0, "metadata": {}},
                        "headers": {"h": 1},
                        "payload": {"value": 7},
                    },
                )

    def test_a_class_is_constructed_once(self) -> None:
        with Host("handlers:Model.predict") as host:
            for _ in range(2):
                self.assertEqual(host.call({})["result"], {"made": 1})

    def test_frames_over_the_cap(self) -> None:
        with Host(ASYA_MAX_FRAME_BYTES="1KiB") as host:
            for length in (1025, 0xFFFF_FFFF):
                with self.subTest(length), host.connect() as connection:
                    connection.sendall(length.to_bytes(4, "big"))
                    self.assert_failed(receive(connection), "frame_too_large")
            self.assert_failed(host.do('{"a": "x" * 1024}'), "frame_too_large")

    def test_peers_that_hang_up(self) -> None:
        with Host() as host:
            host.connect().close()
            for sent in (b"\0\0", b"\0\0\0\x09", b"\0\0\0\x09{"):
                with host.connect() as connection:
                    connection.sendall(sent)
            with host.connect() as connection:  # gone before its reply
                send(connection, b"{}")
            self.assertEqual(host.do("{}"), {"status": "ok", "result": {}})

    def test_a_handler_that_takes_too_long(self) -> None:
        with Host(ASYA_RUNTIME_TIMEOUT="200ms") as host:
            self.assert_failed(host.do("time.sleep(60)"), "timeout_error")
            self.assertEqual(host.do("{}"), {"status": "ok", "result": {}})

    def test_a_handler_that_cannot_be_told_ends_the_process(self) -> None:
        with Host(ASYA_RUNTIME_TIMEOUT="200ms") as host:
            with host.connect() as connection:
                send(connection, json.dumps(message_to("sleep_on()")).encode())
                self.assertEqual(connection.recv(1), b"")
            code, written = host.ended()
            self.assertEqual(code, 1)
            self.assertIn("sleep_on", written)

    def test_sigterm_lets_everybody_in_line_finish(self) -> None:
        with Host() as host:
            first, second = host.connect(), host.connect()
            send(first, json.dumps(message_to("time.sleep(0.5) or {}")).encode())
            send(second, json.dumps(message_to('{"second": 2}')).encode())
            replies: list[Any] = []
            reading = threading.Thread(target=lambda: replies.append(receive(first)))
            reading.start()
            host.process.send_signal(signal.SIGTERM)
            while os.path.exists(host.path):
                time.sleep(0.01)  # waits for the signal to be handled
            reading.join()
            replies.append(receive(second))
            self.assertEqual([reply["result"] for reply in replies], [{}, {"second": 2}])
            self.assertEqual(host.ended()[0], 0)
            first.close()
            second.close()

    def test_an_idle_host_ends_at_once(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number), Host() as host:
                host.connect().close()
                host.process.send_signal(number)
                self.assertEqual(host.ended()[0], 0)
                self.assertFalse(os.path.exists(host.path))

    def test_the_socket_of_a_killed_host_is_replaced(self) -> None:
        with Host(ASYA_SOCKET_CHMOD="600") as host:
            host.connect().close()
            self.assertEqual(stat.S_IMODE(os.stat(host.path).st_mode), 0o600)
            host.process.kill()
            host.ended()
            host.process = host.start()
            self.assertEqual(host.do("{}"), {"status": "ok", "result": {}})

    def test_all_bad_settings_are_told_at_once(self) -> None:
        env = {
            "ASYA_SOCKET_PATH": f"/tmp/{'x' * 108}",
            "ASYA_REPLY_FORMAT": "xml",
            "ASYA_RUNTIME_TIMEOUT": "soon",
            "ASYA_MAX_FRAME_BYTES": "many",
            "ASYA_SOCKET_CHMOD": "rw",
            "ASYA_INCLUDE_METADATA": "maybe",
            "ASYA_IS_TERMINAL": "true",
        }
        with Host("nothing", **env) as host:
            code, written = host.ended()
            self.assertEqual(code, 2)
            for name in ("ASYA_HANDLER", *env):
                self.assertRegex(written, rf"(?m)^{name} is ")

    def test_a_handler_that_is_not_there(self) -> None:
        table = [
            ("nowhere:act", "nowhere"),
            ("handlers:nothing", "no 'nothing' among"),
            ("handlers:ROUTE", "ROUTE"),
            ("handlers:Model.made", "cannot be called"),
        ]
        for handler, words in table:
            with self.subTest(handler), Host(handler) as host:
                code, written = host.ended()
                self.assertEqual(code, 2, written)
                self.assertRegex(written, words)


def message_to(expression: str) -> dict[str, Any]:
    return {"job_id": "j1", "route": ROUTE, "payload": {"do": expression}}


if __name__ == "__main__":
    unittest.main()
