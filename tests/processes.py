"""What the system says of the processes of a server."""

from pathlib import Path


def family(first: int) -> list[Path]:
    """The folders in /proc of those that it leads or has started, itself included. PostgreSQL's lead groups of their
    own."""
    return [stat.parent for stat in Path("/proc").glob("[0-9]*/stat") if first in _kin(stat)]


def fields(process: Path) -> list[str]:
    """What stands behind its name in `stat`, the state first; nothing when it is gone."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _kin(stat: Path) -> set[int]:
    """Its parent and the leader of its group."""
    return {int(each) for each in fields(stat.parent)[1:3]}
