"""Recorded files that ``config.toml`` of a data directory plays as live sources."""

from collections.abc import Callable
from pathlib import Path

from dashboard.config import ReplayInput
from data_sources.file_replay import CASES_AT_ONCE, FIXES_AT_ONCE, AtOnce, AtSpeed, ByClock, FileReplay, Pace, Progress
from data_sources.imports.mapping import load_mapping
from data_sources.replay_files import Timeline, case_timeline, fix_timeline

Now = Callable[[], int]


def replayed(replay: ReplayInput, directory: Path, now: Now) -> FileReplay:
    """A recording as a source that goes on where it was; ``ImportFileError`` where it or its mapping cannot be used."""
    path = directory / replay.file
    mapping = load_mapping(directory / replay.map if replay.map else None)
    cases = replay.lane == "cases"
    timeline: Timeline = case_timeline(path, mapping) if cases else fix_timeline(path, mapping)
    progress = Progress(directory / f"{path.name}.progress", f"{path.name}:{len(timeline.times)}")
    return FileReplay(
        replay.lane, timeline, _pace(replay, timeline, progress.done, now), now, progress=progress,
        at_once=CASES_AT_ONCE if cases else FIXES_AT_ONCE,
    )  # fmt: skip


def _pace(replay: ReplayInput, timeline: Timeline, done: int, now: Now) -> Pace:
    """At a speed, a restart goes on from the item that comes next."""
    if replay.pace == "clock":
        return ByClock(now)
    if replay.pace == "speed" and done < len(timeline.times):
        return AtSpeed(int(timeline.times[done]), replay.speed)
    return AtOnce()
