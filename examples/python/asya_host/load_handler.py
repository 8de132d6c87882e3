"""Finds the author's handler."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any


class NoHandler(Exception):
    """There is no handler where one was looked for."""


def load_handler(specifier: str) -> Callable[[Any], Any]:
    """Imports a handler. A class on the way is constructed, once.

    :param specifier: ``module:function`` or ``module:Class.method``
    :raises NoHandler: it says what was looked for, and what there is
    """
    module_name, _, path = specifier.partition(":")
    try:
        found: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise NoHandler(f"ASYA_HANDLER is {specifier!r}: {error}") from None
    for name in path.split("."):
        if not hasattr(found, name):
            there_is = ", ".join(sorted(each for each in vars(found) if each[0] != "_"))
            raise NoHandler(f"ASYA_HANDLER is {specifier!r}: no {name!r} among {there_is}")
        found = getattr(found, name)
        if isinstance(found, type):
            found = found()
    if not callable(found):
        raise NoHandler(f"ASYA_HANDLER is {specifier!r}, which cannot be called")
    return found  # type: ignore[no-any-return]
