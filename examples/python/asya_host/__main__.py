"""The program: settings, handler, socket; serve until told to end."""

from __future__ import annotations

import os
import sys

from .answer import answer
from .load_handler import NoHandler, load_handler
from .serve import listen, serve, stop_on_signals
from .settings import BadSettings, read_settings


def main() -> int:
    """Hosts a handler.

    :returns: the exit code: 0 after a signal, 2 when the settings are wrong
    """
    try:
        settings = read_settings(os.environ)
        handler = load_handler(settings.handler)
    except (BadSettings, NoHandler) as error:
        print(*error.args, sep="\n", file=sys.stderr)
        return 2
    with listen(settings.socket_path, settings.socket_mode) as listener:
        stop_on_signals(listener)
        print(f"{settings.handler} is served on {settings.socket_path}", file=sys.stderr)
        serve(listener, lambda body: answer(body, handler, settings), settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
