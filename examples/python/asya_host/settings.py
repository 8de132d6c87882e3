"""The settings of a host, read from an environment."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_BYTES = {"": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_BOOLEANS = {"true": True, "1": True, "yes": True, "on": True}
_BOOLEANS.update({"false": False, "0": False, "no": False, "off": False})


@dataclass(frozen=True)
class Settings:
    """What a host needs to know."""

    handler: str
    """Where the handler is: ``module:function`` or ``module:Class.method``."""
    socket_path: str
    socket_mode: int
    reply_format: str
    """``object``, or ``list`` for sidecars that read nothing else."""
    timeout_s: float
    """How long the handler may take for one message, in seconds."""
    max_frame_bytes: int
    include_metadata: bool
    """Whether the handler gets the whole message instead of its payload."""


class BadSettings(Exception):
    """Something in the environment is wrong; its arguments say what, a sentence each."""


def read_settings(env: Mapping[str, str]) -> Settings:
    """Reads the settings.

    :param env: an environment
    :raises BadSettings: with all that is wrong, at once
    """
    problems: list[str] = []

    def read(name: str, default: str, parse: Callable[[str], T], allowed: str) -> T:
        text = env.get(name) or default
        try:
            return parse(text)
        except (KeyError, ValueError):
            problems.append(f"{name} is {text!r}; {allowed} is allowed")
            return parse(default)

    handler = env.get("ASYA_HANDLER", "")
    if not re.fullmatch(r"[\w.]+:[\w.]+", handler):
        allowed = "module:function or module:Class.method"
        problems.append(f"ASYA_HANDLER is {handler!r}; {allowed} is allowed")
    if read("ASYA_IS_TERMINAL", "false", _parse_boolean, "true or false"):
        problems.append("ASYA_IS_TERMINAL is true; this host serves steps, not terminal actors")
    # The name that existing Python runtimes have for it.
    is_whole = env.get("ASYA_HANDLER_ARG_TYPE") == "message"
    settings = Settings(
        handler=handler,
        socket_path=read("ASYA_SOCKET_PATH", "/tmp/sockets/app.sock", _parse_path, "a path"),
        socket_mode=read("ASYA_SOCKET_CHMOD", "0o660", lambda text: int(text, 8), "a file mode"),
        reply_format=read("ASYA_REPLY_FORMAT", "object", _parse_format, "object or list"),
        timeout_s=read("ASYA_RUNTIME_TIMEOUT", "5m", _parse_duration, "30s or 1h30m"),
        max_frame_bytes=read("ASYA_MAX_FRAME_BYTES", "64MiB", _parse_bytes, "4MiB or so"),
        include_metadata=read(
            "ASYA_INCLUDE_METADATA", str(is_whole), _parse_boolean, "true or false"
        ),
    )
    if problems:
        raise BadSettings(*problems)
    return settings


def _parse_path(text: str) -> str:
    if len(text.encode()) > 107:
        raise ValueError("the system knows no longer path of a socket")
    return text


def _parse_format(text: str) -> str:
    if text not in ("object", "list"):
        raise ValueError
    return text


def _parse_duration(text: str) -> float:
    if re.fullmatch(r"\d+(\.\d+)?", text):
        text += "s"
    if not re.fullmatch(r"(\d+(\.\d+)?(ms|[smhd]))+", text):
        raise ValueError
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|[smhd])", text)
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def _parse_bytes(text: str) -> int:
    match = re.fullmatch(r"(\d+) ?([A-Za-z]*)", text)
    if match is None:
        raise ValueError
    return int(match[1]) * _BYTES[match[2].lower()]


def _parse_boolean(text: str) -> bool:
    return _BOOLEANS[text.lower()]
