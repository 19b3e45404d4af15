"""What somebody gives as a second factor."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum


class Means(StrEnum):
    """As the log calls them."""

    APP = "app"
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"


@dataclass(frozen=True)
class Proof:
    """Right, as far as it can be told by looking at it."""

    user: int
    means: Means
    claim: Callable[[], Awaitable[bool]]
    """Uses it up, in the caller's transaction: of all who come with the same one, the first gets True."""
    lost: str = "used"
    """Why somebody gets False, as the log calls it."""
