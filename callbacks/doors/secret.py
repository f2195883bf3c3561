"""The secret that forms are sealed with: made once for a data directory, readable by its owner alone."""

import os
import secrets
from pathlib import Path

FILE_NAME = "form-secret"
LENGTH = 32


def load_secret(directory: Path) -> bytes:
    """``DIR/form-secret`` (mode 600), made where it does not exist. ``ValueError`` where it is too short to be one."""
    path = directory / FILE_NAME
    if not path.exists():
        _write(path)
    found = path.read_bytes()
    if len(found) < LENGTH:
        raise ValueError(f"{path} is no secret of {LENGTH} bytes: remove it")
    return found


def _write(path: Path) -> None:
    """Under another name first, so that two processes that start together read one whole secret."""
    own = path.with_name(f"{FILE_NAME}.{os.getpid()}")
    with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(LENGTH))
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        own.unlink()
