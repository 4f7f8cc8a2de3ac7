"""Places where a test may end, stop or delay this process, to see that nothing is lost there.

Off unless the environment names a directory in DIGLOT_FAILPOINTS; production never does.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Final

FAILPOINTS_VARIABLE: Final = "DIGLOT_FAILPOINTS"

_directory: Final = Path(os.environ[FAILPOINTS_VARIABLE]) if os.environ.get(FAILPOINTS_VARIABLE) else None


def failpoint(name: str) -> None:
    """Do what the file `name` of the failpoints' directory says, and remove it; nothing where there is none.

    Its text is `kill` or `stop` (the process sends itself SIGKILL or SIGSTOP), `sleep <seconds>` (this thread waits) or
    `raise` (OSError). Of several processes that share the directory, one takes the file.
    """
    if _directory is None:
        return
    path = _directory / name
    # A file has one taker; whoever reads it before it is his may read what another one carries out.
    taken = _directory / f".{name}.{os.getpid()}.{threading.get_ident()}"
    try:
        path.rename(taken)
    except FileNotFoundError:
        return
    order = taken.read_text()
    taken.unlink()
    match order.split():
        case ["kill"]:
            os.kill(os.getpid(), signal.SIGKILL)
        case ["stop"]:
            os.kill(os.getpid(), signal.SIGSTOP)
        case ["sleep", seconds]:
            time.sleep(float(seconds))
        case ["raise"]:
            raise OSError(f"failpoint {name}")
        case _:
            raise ValueError(f"{path} holds no order: {order!r}")
