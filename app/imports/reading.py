"""The process that reads one file and ends: `python -m app.imports.reading`.

The file is its standard input; its standard output is one answer in JSON, the rows or a sentence that says why not.
It knows no database and no secrets, and what it may use is bounded: whoever sends a file that makes it burst, or run
for ever, ends this process and nothing else.
"""

import json
import os
import resource
import sys
import warnings

from app.imports.archive import FileRefused
from app.imports.sheets import read_rows

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 10
NICENESS = 10

TOO_MUCH = "Dit bestand is te groot of te ingewikkeld om te lezen. Bewaar alleen de rijen in een nieuw bestand."

# What it may use, and that it may write no file.
LIMITS = {
    resource.RLIMIT_AS: MEMORY,
    resource.RLIMIT_CPU: CPU_SECONDS,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
}


def main() -> None:
    os.nice(NICENESS)
    for limit, most in LIMITS.items():
        resource.setrlimit(limit, (most, most))
    warnings.simplefilter("ignore")
    json.dump(answer(sys.stdin.buffer.read()), sys.stdout, ensure_ascii=True)


def answer(content: bytes) -> dict[str, object]:
    try:
        return {"rows": read_rows(content)}
    except FileRefused as refusal:
        return {"refused": str(refusal)}
    except (MemoryError, RecursionError):
        return {"refused": TOO_MUCH}


if __name__ == "__main__":
    main()
