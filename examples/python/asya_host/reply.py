"""Replies to a sidecar, in the object form or in the list form that existing sidecars read."""

from __future__ import annotations

import json
from typing import Any, Optional

from .failure import Failure
from .handler import Messages
from .message import Message, is_steps

# Characters of a failure's message and of its traceback that are kept.
MAX_TEXT = 16_384


def encode_result(result: object, reply_format: str, received: Message) -> bytes:
    """Encodes what a handler returned.

    :param result: a dictionary, a list of dictionaries and Nones, Messages, or None
    :param reply_format: ``object`` or ``list``
    :param received: the message, whose route a list repeats
    :raises Failure: ``processing_error``, when it is anything else
    """
    is_list = isinstance(result, (list, tuple))
    outputs = _read_outputs(result if is_list else [result], received)
    if result is None or not outputs:
        return _encode([] if reply_format == "list" else {"status": "ok", "result": None})
    if reply_format == "list":
        return _encode([_list_item(output, received) for output in outputs])
    name = "messages" if isinstance(result, Messages) else "result"
    return _encode({"status": "ok", name: result})


def encode_failure(failure: Failure, reply_format: str) -> bytes:
    """Encodes a failure.

    :param reply_format: ``object`` or ``list``
    """
    message = _cut(failure.message)
    stack = failure.stack and _cut(failure.stack)
    if reply_format == "list":
        details = {"message": message, "type": failure.kind or failure.code, "traceback": stack}
        return _encode([{"error": failure.code, "details": _said(details)}])
    fields = {
        "message": message,
        "type": failure.kind,
        "severity": failure.severity,
        "retry_after": failure.retry_after,
        "stack": stack,
    }
    return _encode({"status": "error", "error": failure.code, **_said(fields)})


def _read_outputs(items: Any, received: Message) -> list[Optional[dict[str, Any]]]:
    """What is to be sent on, each as a whole message; None is an empty branch."""
    outputs: list[Optional[dict[str, Any]]] = []
    for index, item in enumerate(items):
        if item is not None and not isinstance(item, dict):
            raise _illegal(f"a {type(item).__name__} at place {index}")
        if isinstance(items, Messages) and item is not None:
            _check_output(item, f"a message at place {index}", received)
            outputs.append(item)
        else:
            outputs.append(None if item is None else {"payload": item})
    return outputs


def _check_output(output: dict[str, Any], name: str, received: Message) -> None:
    """Refuses what no sidecar would take, before one that does not look gets it."""
    if "payload" not in output:
        raise _illegal(f"{name} without a payload")
    route = output.get("route") or {}
    if not isinstance(route, dict) or not is_steps(route.get("steps", received.steps)):
        raise _illegal(f"{name} whose steps are not a list of queue names")
    steps, end = route.get("steps", received.steps), received.current + 1
    if steps[:end] != received.steps[:end] or route.get("current", end - 1) != end - 1:
        raise _illegal(f"{name} that changes the part of the route that is done")


def _list_item(output: Optional[dict[str, Any]], received: Message) -> dict[str, Any]:
    """An output with its whole route, spelled as the message spelled it."""
    if output is None:
        return {"payload": None, "route": received.route}
    if output.get("delay_ms"):
        raise _illegal("a message with a delay, which replies in list form cannot carry")
    changes = dict(output.get("route") or {})
    if "steps" in changes:
        changes[received.steps_key] = changes.pop("steps")
    return {**output, "route": {**received.route, **changes}}


def _encode(value: Any) -> bytes:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise _illegal(f"what cannot be written as JSON ({error})") from None
    # Half a character stands inside a string, if at all: there its escape means the same.
    return text.encode("utf-8", "backslashreplace")


def _illegal(what: str) -> Failure:
    allowed = "a dictionary, a list of dictionaries and Nones, Messages, or None"
    return Failure("processing_error", f"the handler returned {what}; allowed: {allowed}")


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: field for name, field in fields.items() if field is not None}
