"""Replays the golden vectors of the wire, which every implementation has to pass."""

from __future__ import annotations

import json
import unittest
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Optional

from asya_host import Messages
from asya_host.failure import Failure
from asya_host.frame import CutShort, encode_frame, read_frame
from asya_host.message import Message, parse_json, parse_message
from asya_host.reply import encode_failure, encode_result

VECTORS = Path(__file__).resolve().parents[2] / "protocol" / "vectors"


def vectors(file: str, group: str) -> list[dict[str, Any]]:
    found = json.loads((VECTORS / file).read_text(encoding="utf-8"))[group]
    assert found, f"{file} has no {group}"
    return found


def bytes_of(value: Any) -> bytes:
    parts = [value] if isinstance(value, str) else value
    return b"".join(
        bytes.fromhex(part if isinstance(part, str) else part["hex"] * part["times"])
        for part in parts
    )


def body_of(vector: dict[str, Any]) -> bytes:
    return vector["body"].encode() if "body" in vector else bytes.fromhex(vector["body_hex"])


def receiver(chunks: Iterable[bytes]) -> Callable[[int], bytes]:
    """A stream that arrives in these chunks, none of them empty."""
    waiting = [chunk for chunk in chunks if chunk]

    def receive(most: int) -> bytes:
        if not waiting:
            return b""
        chunk = waiting.pop(0)
        if len(chunk) > most:
            waiting.insert(0, chunk[most:])
        return chunk[:most]

    return receive


def cuts_of(length: int) -> Iterator[int]:
    """Where to cut a stream in two: everywhere, or around what matters in a long one."""
    return (cut for cut in range(length + 1) if length <= 2000 or not 600 <= cut <= length - 600)


def read_all(chunks: Iterable[bytes], max_bytes: int) -> dict[str, Any]:
    receive = receiver(chunks)
    frames: list[str] = []
    try:
        while True:
            body = read_frame(receive, max_bytes)
            if body is None:
                return {"frames": frames, "end": "between_frames", "pending_bytes": 0}
            frames.append(body.hex())
    except CutShort as cut:
        return {"frames": frames, "end": "inside_a_frame", "pending_bytes": cut.pending_bytes}
    except Failure as failure:
        return {"frames": frames, "end": failure.code, "pending_bytes": 4}


def message_of(route: dict[str, Any]) -> Message:
    return parse_message({"route": route, "payload": 0})


class VectorsTest(unittest.TestCase):
    maxDiff = None

    def test_frames_are_the_same_wherever_they_are_cut(self) -> None:
        for vector in vectors("frames.json", "cases"):
            stream = bytes_of(vector["bytes"])
            expected = {
                "frames": [bytes_of(frame).hex() for frame in vector["frames"]],
                "end": vector["end"],
                "pending_bytes": vector["pending_bytes"],
            }
            with self.subTest(vector["name"]):
                for cut in cuts_of(len(stream)):
                    chunks = [stream[:cut], stream[cut:]]
                    self.assertEqual(read_all(chunks, vector["max_bytes"]), expected, cut)
                single = [stream[at : at + 1] for at in range(len(stream))]
                self.assertEqual(read_all(single, vector["max_bytes"]), expected)

    def test_frames_of_sessions_are_read_and_written(self) -> None:
        for vector in vectors("sessions.json", "cases"):
            body, frame = body_of(vector), bytes_of(vector["frame"])
            with self.subTest(vector["name"]):
                self.assertEqual(encode_frame(body), frame)
                for cut in range(len(frame) + 1):
                    receive = receiver([frame[:cut], frame[cut:]])
                    self.assertEqual(read_frame(receive, len(body)), body)

    def test_a_hello_is_refused_as_no_json(self) -> None:
        for vector in vectors("sessions.json", "cases"):
            if vector["body"].startswith("ASYA/"):
                with self.subTest(vector["name"]), self.assertRaises(Failure) as refused:
                    parse_json(body_of(vector))
                self.assertEqual(refused.exception.code, "invalid_json")

    def test_messages_mean_what_they_mean(self) -> None:
        for vector in vectors("messages.json", "accepted"):
            with self.subTest(vector["name"]):
                message = parse_message(parse_json(body_of(vector)))
                route = dict(message.route)
                for name in (message.steps_key, "current", "metadata"):
                    route.pop(name, None)
                meaning = {
                    "job_id": message.job_id,
                    "steps": message.steps,
                    "current": message.current,
                    "metadata": message.metadata,
                    "headers": message.headers,
                    "payload": message.payload,
                    "unknown": message.unknown,
                    "route_unknown": route,
                }
                if message.deadline is not None:
                    meaning["deadline"] = message.deadline
                self.assertEqual(meaning, vector["meaning"])

    def test_malformed_messages_are_refused(self) -> None:
        for vector in vectors("messages.json", "malformed"):
            with self.subTest(vector["name"]), self.assertRaises(Failure) as refused:
                parse_message(parse_json(body_of(vector)))
            self.assertIn(refused.exception.code, ("invalid_json", "malformed_message"))

    def test_replies_are_written_in_both_forms(self) -> None:
        for vector in vectors("replies.json", "encoded"):
            kind = vector["meaning"]["kind"]
            if kind in ("absorbed", "joined", "sends"):
                continue  # what joins and terminal actors answer; this host serves neither
            with self.subTest(vector["name"]):
                message = message_of(vector["received_route"])
                self.assertEqual(written(vector, "object", message), vector["object"])
                self.assertEqual(written(vector, "list", message), vector["list"])

    def test_only_the_rest_of_a_route_may_change(self) -> None:
        for vector in vectors("routes.json", "rewrites"):
            message = message_of(vector["before"])
            result = Messages([{"payload": 1, "route": vector["after"]}])
            for reply_format in ("object", "list"):
                with self.subTest(vector["name"], form=reply_format):
                    code: Optional[str] = None
                    try:
                        encode_result(result, reply_format, message)
                    except Failure as failure:
                        code = failure.code
                    self.assertEqual(code, None if vector["allowed"] else "processing_error")

    def test_failures_have_their_defaults(self) -> None:
        for vector in vectors("failures.json", "defaults"):
            failure = Failure(vector["code"], "m")
            with self.subTest(vector["code"]):
                self.assertEqual(failure.severity or "fatal", vector["severity"])
                self.assertEqual(failure.retry_after, vector.get("retry_after"))


def written(vector: dict[str, Any], reply_format: str, message: Message) -> Any:
    """What comes of a handler that returns, or raises, what the vector means."""
    wire = vector["object"]
    if wire["status"] == "ok":
        result = Messages(wire["messages"]) if "messages" in wire else wire["result"]
        return json.loads(encode_result(result, reply_format, message))
    failure = Failure(
        wire["error"],
        wire["message"],
        kind=wire["type"],
        severity=wire["severity"],
        retry_after=wire["retry_after"],
        stack=wire["stack"],
    )
    return json.loads(encode_failure(failure, reply_format))


if __name__ == "__main__":
    unittest.main()
