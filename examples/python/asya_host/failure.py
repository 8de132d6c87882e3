"""Failures as values, in the words of the wire."""

from __future__ import annotations

import traceback
from typing import Optional

# Failures that are worth another try, with the seconds to wait. All others are fatal.
RECOVERABLE: dict[str, Optional[float]] = {
    "oom_error": 30,
    "cuda_oom_error": 60,
    "retryable_error": None,
}
# Codes that an error may carry itself; whatever else a handler raises is a processing_error.
RAISABLE = {"retryable_error", "validation_error", "processing_error"}


class Failure(Exception):
    """Why a request has no result."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        kind: Optional[str] = None,
        severity: Optional[str] = None,
        retry_after: Optional[float] = None,
        stack: Optional[str] = None,
    ) -> None:
        """Creates a failure.

        :param code: one of the codes of the wire, such as ``processing_error``
        :param message: one sentence: what was got, what is allowed
        :param kind: class name of the error that was raised
        :param severity: ``fatal`` or ``recoverable``; nothing leaves it to the code
        :param retry_after: seconds to wait, at least, before a retry
        :param stack: the traceback
        """
        super().__init__(message)
        self.code, self.message, self.kind, self.stack = code, message, kind, stack
        self.severity = severity or ("recoverable" if code in RECOVERABLE else None)
        is_recoverable = self.severity == "recoverable"
        default = RECOVERABLE.get(code) if is_recoverable else None
        self.retry_after = default if retry_after is None else retry_after


def failure_of(error: BaseException) -> Failure:
    """Turns what a handler raised into a failure. Total.

    A severity is given only where the error says it: what says none is judged by the sidecar, who
    also knows every framework's words for memory that is used up.
    """
    kind = type(error).__name__
    code = getattr(error, "code", None)
    severity = retry_after = None
    if isinstance(error, MemoryError):
        code = "oom_error"
    elif isinstance(code, str) and code in RAISABLE:
        severity = getattr(error, "severity", None)
        retry_after = getattr(error, "retry_after", None)
    else:
        code = "processing_error"
    return Failure(
        code,
        _text_of(error) or kind,
        kind=kind,
        severity=severity if severity in ("fatal", "recoverable") else None,
        retry_after=retry_after if isinstance(retry_after, (int, float)) else None,
        stack="".join(traceback.format_exception(type(error), error, error.__traceback__)),
    )


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # whatever an author's __str__ does, the failure must be told
        return ""
