"""What a refusal names."""

from __future__ import annotations

import pytest

from voting.domain.errors import BadInput


def fields(refusal: pytest.ExceptionInfo[BadInput]) -> list[str]:
    """The fields with a fault, in order."""
    return [error.field for error in refusal.value.errors]
