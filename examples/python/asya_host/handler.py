"""What a handler may raise and return. Nothing of the host may enter."""

from __future__ import annotations

from typing import Any, Optional


class RetryableError(Exception):
    """Raised when trying again later can help: a busy service, a model that still loads."""

    # The host looks at these words and not at the class: an error of your own may have them too.
    code = "retryable_error"
    severity = "recoverable"

    def __init__(self, message: str, retry_after: Optional[float] = None) -> None:
        """Creates the error.

        :param message: one sentence: what was got, what is allowed
        :param retry_after: seconds to wait, at least, before the message is tried again
        """
        super().__init__(message)
        self.retry_after = retry_after


class ValidationError(Exception):
    """Raised when an input is not what the handler accepts: trying again cannot help."""

    code = "validation_error"
    severity = "fatal"


class Messages(list[Optional[dict[str, Any]]]):
    """Whole messages, for a handler that changes more than the payload.

    Each is ``{"payload": …, "route": {"steps": […], "metadata": {…}}, "headers": {…}}``, of which
    only ``payload`` must be there; ``None`` is an empty branch. Of ``steps``, those behind the
    present one may change. With ``delay_ms`` a message waits before its next step.
    """
