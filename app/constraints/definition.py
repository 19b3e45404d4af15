"""How the schema names what Piccolo cannot declare."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """One object of the schema: its name and the statements that make it."""

    name: str
    make: tuple[str, ...]

    def __init__(self, name: str, *make: str) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "make", make)
