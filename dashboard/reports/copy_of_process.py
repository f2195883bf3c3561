"""Work that needs much memory, in a copy of this process: what it took is given back when the copy ends.

A fork loads no module twice. When it is made no other thread may run in this process, nor a connection be open.
"""

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection

from dashboard.reports.works import WorkFailed

_FORK = get_context("fork")


def in_a_copy(work: Callable[[], str]) -> str:
    """What ``work`` gives, or the ``WorkFailed`` it ends with; also where the copy ends without a word."""
    near, far = _FORK.Pipe(duplex=False)
    copy = _FORK.Process(target=_do, args=(work, far), daemon=True)
    copy.start()
    far.close()
    try:
        found, problem = near.recv()
    except EOFError:
        copy.join()
        raise WorkFailed(f"the process ended with {copy.exitcode} before it was done") from None
    except BaseException:
        copy.terminate()
        raise
    finally:
        copy.join()
    if problem is not None:
        raise WorkFailed(*problem)
    return str(found)


def _do(work: Callable[[], str], far: Connection) -> None:
    try:
        answer: tuple[str, tuple[str, str] | None] = (work(), None)
    except WorkFailed as problem:
        answer = "", (str(problem), problem.key)
    far.send(answer)
