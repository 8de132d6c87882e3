"""A handler to copy from: counts words, and says what it does not take."""

from __future__ import annotations

from collections import Counter
from typing import Any

from asya_host import ValidationError


def count(payload: dict[str, Any]) -> dict[str, Any]:
    """Counts the words of a text: how many there are, and the most frequent ones."""
    text = payload.get("text")
    if not isinstance(text, str):
        raise ValidationError(f"text is {text!r}; a text is allowed")
    words = text.lower().split()
    return {"words": len(words), "most_common": dict(Counter(words).most_common(3))}


def split(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """Fans out: one message for each line that says something."""
    return [{"text": line} for line in payload["text"].splitlines() if line.strip()]
