"""Answers one request: from the bytes of a message to the bytes of a reply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .failure import Failure, failure_of
from .message import Message, parse_json, parse_message, payload_for_handler
from .reply import encode_failure, encode_result
from .settings import Settings
from .time_limit import TimeIsUp, time_limit


def answer(body: bytes, handler: Callable[[Any], Any], settings: Settings) -> bytes:
    """Answers a request. Total: whatever goes wrong is a reply, too.

    :param body: a frame's body; a session's hello is no JSON and is refused like anything else
    :param handler: the author's function
    """
    try:
        received = parse_message(parse_json(body))
        result = _call(handler, received, settings)
        reply = encode_result(result, settings.reply_format, received)
        if len(reply) > settings.max_frame_bytes:
            allowed = f"at most {settings.max_frame_bytes} are allowed"
            raise Failure("frame_too_large", f"the reply has {len(reply)} bytes; {allowed}")
        return reply
    except Failure as failure:
        return encode_failure(failure, settings.reply_format)


def _call(handler: Callable[[Any], Any], received: Message, settings: Settings) -> Any:
    argument = payload_for_handler(received.payload)
    if settings.include_metadata:
        argument = {**_metadata_of(received), "payload": argument}
    try:
        with time_limit(settings.timeout_s):
            return handler(argument)
    except TimeIsUp:
        words = f"the handler took longer than the {settings.timeout_s:g} s it may"
        raise Failure("timeout_error", words) from None
    except (Exception, SystemExit) as error:
        raise failure_of(error) from None


def _metadata_of(message: Message) -> dict[str, Any]:
    route = {"steps": message.steps, "current": message.current, "metadata": message.metadata}
    return {"job_id": message.job_id, "route": route, "headers": message.headers}
