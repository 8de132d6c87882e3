"""Hosts a Python handler for an Asya sidecar, with nothing but Python's own library.

Start it with ``ASYA_HANDLER=module:function python3 -m asya_host``. A handler imports from here
what it may raise and return; ``README.md`` in the folder above says the rest.
"""

from .handler import Messages, RetryableError, ValidationError

__all__ = ["Messages", "RetryableError", "ValidationError"]
