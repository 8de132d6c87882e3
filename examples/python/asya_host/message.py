"""Messages as a step receives them, spelled in any of the accepted ways."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn, Optional

from .failure import Failure

# Under which names a route may hold its steps; the first that says something counts.
STEPS_KEYS = ("steps", "route", "actors")

_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_RFC_3339 = re.compile(
    rf"(\d{{4}}-\d\d-\d\d)[Tt]{_CLOCK}:[0-5]\d(?:\.\d+)?(?:[Zz]|[+-]{_CLOCK})", re.ASCII
)
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Message:
    """The body on a step's queue."""

    job_id: str
    steps: list[str]
    current: int
    metadata: dict[str, Any]
    headers: dict[str, Any]
    payload: Any
    deadline: Optional[str]
    route: dict[str, Any]
    """The route as it came, and `steps_key` is its field with the steps."""
    steps_key: str
    unknown: dict[str, Any]
    """Every other field at the top."""


def parse_json(body: bytes) -> Any:
    """Parses UTF-8 JSON, strictly: what is parsed can be written again and means the same.

    :raises Failure: ``invalid_json``
    """
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise Failure("invalid_json", f"the request is not JSON: {error}") from None


def parse_message(value: Any) -> Message:
    """Parses a message.

    :param value: the JSON of the body
    :raises Failure: ``malformed_message``
    """
    fields = _object("the body", value)
    route = _object("route", fields.get("route"))
    steps_key, steps = _parse_steps(route)
    id_key, job_id = _parse_job_id(fields, steps_key)
    deadline = fields.get("deadline")
    if not _is_empty(deadline) and not _is_time(deadline):
        raise _malformed("deadline", deadline, "an RFC 3339 time")
    if "payload" not in fields:
        raise Failure("malformed_message", "payload is missing; any JSON value is allowed")
    known = {id_key, "route", "headers", "payload", "deadline"}
    return Message(
        job_id=job_id,
        steps=steps,
        current=_parse_current(route.get("current"), len(steps)),
        metadata=_optional_object("route.metadata", route.get("metadata")),
        headers=_optional_object("headers", fields.get("headers")),
        payload=fields["payload"],
        deadline=deadline or None,
        route=route,
        steps_key=steps_key,
        unknown={name: field for name, field in fields.items() if name not in known},
    )


def payload_for_handler(payload: Any) -> dict[str, Any]:
    """What a handler sees as its payload: always a dictionary."""
    return payload if isinstance(payload, dict) else {"value": payload}


def is_steps(value: Any) -> bool:
    """Whether a value is a list of queue names."""
    return isinstance(value, list) and all(isinstance(step, str) and step for step in value)


def _parse_steps(route: dict[str, Any]) -> tuple[str, list[str]]:
    key = next((key for key in STEPS_KEYS if not _is_empty(route.get(key))), STEPS_KEYS[0])
    steps = route.get(key)
    if not steps or not is_steps(steps):
        raise _malformed(f"route.{key}", steps, "a non-empty list of queue names")
    return key, steps


def _parse_current(value: Any, count: int) -> int:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or value != int(value) or not 0 <= value <= count:
        raise _malformed("route.current", value, f"an integer from 0 to {count}")
    return int(value)


def _parse_job_id(fields: dict[str, Any], steps_key: str) -> tuple[str, str]:
    key = "id" if steps_key == "actors" and _is_empty(fields.get("job_id")) else "job_id"
    job_id = "" if fields.get(key) is None else fields[key]
    if not isinstance(job_id, str) or _HALF_CHARACTER.search(job_id):
        raise _malformed(key, job_id, "text without half characters")
    return key, job_id


def _object(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _malformed(name, value, "an object")
    return value


def _optional_object(name: str, value: Any) -> dict[str, Any]:
    return {} if value is None else _object(name, value)


def _malformed(name: str, value: Any, allowed: str) -> Failure:
    text = repr(value)
    shown = text if len(text) <= 100 else f"{text[:100]}…"
    return Failure("malformed_message", f"{name} is {shown}; {allowed} is allowed")


def _is_empty(value: Any) -> bool:
    """Some producers write every field they know, and leave empty what they cannot fill."""
    return value is None or value == ""


def _is_time(value: Any) -> bool:
    match = _RFC_3339.fullmatch(value) if isinstance(value, str) else None
    try:
        return match is not None and bool(date.fromisoformat(match[1]))
    except ValueError:  # a day that no calendar has
        return False


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number is over 1.8e308; what a double can hold is allowed")
    return number
