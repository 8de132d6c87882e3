"""Serves a Unix socket: one connection after the other, one request and one reply on each."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress

from .failure import Failure
from .frame import CutShort, encode_frame, read_frame
from .reply import encode_failure
from .settings import Settings

# How long a peer may take to send or to take more: all others wait for the one that is served.
PEER_LIMIT_S = 10.0
# How many may stand in line.
BACKLOG = 5


def listen(path: str, mode: int) -> socket.socket:
    """Listens on a Unix socket; a file that an earlier host left there is removed.

    :param path: of at most 107 bytes
    :param mode: of the socket's file
    """
    with suppress(FileNotFoundError):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    os.chmod(path, mode)
    listener.listen(BACKLOG)
    return listener


def stop_on_signals(listener: socket.socket) -> None:
    """Lets a first SIGTERM or SIGINT end `serve`, and a second one the process.

    Nobody finds the socket any more; who stands in line, or is being served, still gets a reply.
    """
    path = listener.getsockname()
    inode = os.stat(path).st_ino

    def stop(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        with suppress(OSError):  # it is gone, or a later host's
            if os.stat(path).st_ino == inode:
                os.unlink(path)
        listener.setblocking(False)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def serve(listener: socket.socket, reply_to: Callable[[bytes], bytes], settings: Settings) -> None:
    """Serves until `stop_on_signals` makes the listener one that does not wait, and nobody is left.

    :param reply_to: answers a frame's body
    """
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            return
        with connection:
            connection.settimeout(PEER_LIMIT_S)
            try:
                _exchange(connection, reply_to, settings)
            except (CutShort, OSError) as error:
                print(f"a connection ended early: {error}", file=sys.stderr)


def _exchange(
    connection: socket.socket, reply_to: Callable[[bytes], bytes], settings: Settings
) -> None:
    try:
        body = read_frame(connection.recv, settings.max_frame_bytes)
        if body is not None:
            connection.sendall(encode_frame(reply_to(body)))
    except Failure as failure:
        connection.sendall(encode_frame(encode_failure(failure, settings.reply_format)))
