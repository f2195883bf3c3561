"""Answers as a caller without the right ``personal`` may see them: names, numbers and citizens' words masked."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from dashboard.queries.answers import (
    CasePage,
    CaseRecord,
    Quarantine,
    QuarantineSample,
    Timeline,
    WorkerList,
)
from dashboard.security.caller import Caller
from dashboard.security.masking import HIDDEN, CaseVeil, mask_event_data, mask_name, mask_text

Answer = TypeVar("Answer", Timeline, CasePage, WorkerList, Quarantine)
replace = msgspec.structs.replace


def veiled(caller: Caller, answer: Answer) -> Answer:
    """The answer itself for who may read personal data, a masked copy for everybody else."""
    return answer if caller.may("personal") else _MASKS[type(answer)](answer)


def _case(case: CaseRecord) -> CaseRecord:
    return replace(case, title=mask_text(case.title))


def _timeline(found: Timeline) -> Timeline:
    """Whom one event names is masked in the texts of all of them."""
    veil = CaseVeil(event.data for event in found.events)
    events = [replace(event, data=veil.data(event.data)) for event in found.events]
    return Timeline(replace(found.case, title=veil.text(found.case.title)), events)


def _page(page: CasePage) -> CasePage:
    return replace(page, cases=[_case(case) for case in page.cases])


def _workers(listed: WorkerList) -> WorkerList:
    return WorkerList(listed.region, [replace(worker, name=mask_name(worker.name)) for worker in listed.workers])


def _quarantine(kept: Quarantine) -> Quarantine:
    return replace(kept, samples=[_sample(sample) for sample in kept.samples])


def _sample(sample: QuarantineSample) -> QuarantineSample:
    """Fields are masked by their names; what has none, because it cannot be read, is hidden as a whole."""
    try:
        raw = msgspec.json.encode(mask_event_data(msgspec.json.decode(sample.raw, type=dict[str, Any]))).decode()
    except msgspec.MsgspecError:
        raw = HIDDEN
    return replace(sample, raw=raw, detail=mask_text(sample.detail))


_MASKS: dict[type, Callable[[Any], Any]] = {
    Timeline: _timeline,
    CasePage: _page,
    WorkerList: _workers,
    Quarantine: _quarantine,
}
