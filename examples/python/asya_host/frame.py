"""Frames on a stream: four bytes of length, big-endian, and a body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional

from .failure import Failure

HEADER_BYTES = 4
# The most that is asked of a stream at a time: Python sets that much aside before it reads.
CHUNK_BYTES = 1024 * 1024


class CutShort(EOFError):
    """A stream ended inside a frame: the peer died half-way."""

    def __init__(self, pending_bytes: int) -> None:
        """Creates the error.

        :param pending_bytes: bytes of the unfinished frame, its length included
        """
        super().__init__(f"the stream ended {pending_bytes} bytes into a frame")
        self.pending_bytes = pending_bytes


def encode_frame(body: bytes) -> bytes:
    """Encodes one frame."""
    return len(body).to_bytes(HEADER_BYTES, "big") + body


def read_frame(receive: Callable[[int], bytes], max_bytes: int) -> Optional[bytes]:
    """Reads one frame, and nothing behind it.

    :param receive: gives up to so many bytes, and none when the stream has ended
    :param max_bytes: cap on the body; a longer one is refused before memory is taken for it
    :returns: the body; ``None`` when the stream ended before a frame began
    :raises CutShort: the stream ended inside the frame
    :raises Failure: ``frame_too_large``
    """
    header = _read(receive, HEADER_BYTES)
    if not header:
        return None
    if len(header) < HEADER_BYTES:
        raise CutShort(len(header))
    length = int.from_bytes(header, "big")
    if length > max_bytes:
        allowed = f"at most {max_bytes} are allowed"
        raise Failure("frame_too_large", f"a frame announces {length} bytes; {allowed}")
    body = _read(receive, length)
    if len(body) < length:
        raise CutShort(HEADER_BYTES + len(body))
    return body


def _read(receive: Callable[[int], bytes], length: int) -> bytes:
    chunks, missing = [], length
    while missing > 0:
        chunk = receive(min(missing, CHUNK_BYTES))
        if not chunk:
            break
        chunks.append(chunk)
        missing -= len(chunk)
    return b"".join(chunks)
