"""Pages about reports: what each state shows and offers, forms with their token, numbers as the files print them."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from dash.development.base_component import Component

from dashboard.reports.appeals import Appeal
from dashboard.reports.archive import FORMATS, KINDS, STATES, Listed
from dashboard.reports.comparison import Comparison, compared
from dashboard.reports.document import Chart
from dashboard.reports.files.grids import cells
from dashboard.reports.files.printed import text_of
from dashboard.reports.reading import blocks_of, tables_of
from layouts.address import COMPARE, REPORT, REPORTS, Address, parse_address
from layouts.figures.report import figure
from layouts.i18n import messages
from layouts.pages import report, report_compare, reports
from layouts.parts.frozen import ATTRIBUTE, frozen
from layouts.parts.report_acts import FINAL
from layouts.parts.report_appeals import Hearing
from layouts.parts.report_document import ROWS, document_view
from layouts.parts.report_make import recent_periods
from layouts.parts.report_works import PULSE, as_data
from tests.layouts import invented_reports as invented
from tests.reports.invented import snapshot

PAGE, ARCHIVE = Address(REPORT, id="rep-1"), Address(REPORTS)
TOKEN = "sealed"


def parts(component: Any) -> Iterator[Component]:
    """A component and everything in it."""
    if isinstance(component, Component):
        yield component
        children = getattr(component, "children", None)
        for child in children if isinstance(children, list | tuple) else [children]:
            yield from parts(child)


def words(component: Component) -> str:
    """All text of a component."""
    found: list[str] = []
    for part in parts(component):
        children = getattr(part, "children", None)
        found += [c for c in (children if isinstance(children, list | tuple) else [children]) if isinstance(c, str)]
    return " | ".join(found)


def links(component: Component) -> list[str]:
    return [part.href for part in parts(component) if getattr(part, "href", None)]


def forms(component: Component, method: str = "post") -> dict[str, dict[str, Any]]:
    """The fields of each form by its address and name."""
    found = {}
    for part in parts(component):
        if part._type == "Form" and part.method == method:
            fields = {field.name: getattr(field, "value", None) for field in parts(part) if getattr(field, "name", "")}
            found[f"{part.action} {part.className.split()[-1]}"] = fields
    return found


def shown(state: str = "issued", address: Address = PAGE, **changes: object) -> Component:
    return report.layout(address, invented.report_view(state, **changes), TOKEN)


def test_an_empty_archive_says_how_reports_come_about() -> None:
    page = reports.layout(ARCHIVE, invented.archive(invented.EMPTY), TOKEN)
    assert "还没有通报" in words(page) and "Table" not in {part._type for part in parts(page)}


def test_a_search_without_a_find_can_be_cleared() -> None:
    address = ARCHIVE.to(state="frozen", q="不存在")
    page = reports.layout(address, invented.archive(invented.EMPTY), TOKEN)
    assert "没有符合条件的通报" in words(page) and REPORTS in links(page)
    assert forms(page, "get")[f"{REPORTS} report-find"] == {
        "q": "不存在", "kind": None, "state": None, "region": None, "period": "",
    }  # fmt: skip


def test_issued_reports_alone_have_files() -> None:
    page = reports.layout(ARCHIVE, invented.archive(), TOKEN)
    with_files = {href.rpartition(".")[0] for href in links(page) if href.rpartition(".")[2] in FORMATS}
    issued = {f"{REPORT}/{one.id}" for one in invented.entries() if one.state == "issued"}
    assert with_files == issued and words(page).count("发布后提供") == 3


def test_a_page_of_the_archive_leads_to_the_next_and_the_first() -> None:
    listed = Listed(invented.entries()[:5], "report-004", 33)
    page = reports.layout(ARCHIVE.to(cursor="report-009"), invented.archive(listed), TOKEN)
    assert {REPORTS, f"{REPORTS}?cursor=report-004"} <= set(links(page)) and "共 33 份" in words(page)


def test_only_those_who_make_reports_get_to_the_form() -> None:
    make = f"{REPORTS}?view=make"
    assert make in links(reports.layout(ARCHIVE, invented.archive(), TOKEN))
    reader = invented.archive(making=None)
    assert make not in links(reports.layout(ARCHIVE, reader, TOKEN))
    assert forms(reports.layout(ARCHIVE.to(view="make"), reader, TOKEN)) == {}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_asked_for_with_its_own_fields(kind: str) -> None:
    page = reports.layout(ARCHIVE.to(view="make", kind=kind), invented.archive(), TOKEN)
    fields = forms(page)[f"{REPORTS}/make form-make"]
    own = {"excerpt": {"period", "region"}, "notice": {"from", "to", "region", "category", "channel", "unit"}}
    assert fields.keys() == {"csrf_token", "lang", "kind"} | own.get(kind, {"period", "region", "levels"})
    assert (fields["csrf_token"], fields["kind"]) == (TOKEN, kind)


def test_only_complete_periods_are_offered() -> None:
    assert recent_periods("month", 20260101, 2) == ["2025-12", "2025-11"]
    assert recent_periods("quarter", 20260331, 2) == ["2025-Q4", "2025-Q3"]
    assert recent_periods("year", 20261231, 2) == ["2025", "2024"]
    assert recent_periods("week", 20261019, 2) == ["2026-10-12..2026-10-18", "2026-10-05..2026-10-11"]


def test_what_is_made_is_asked_for_again_only_while_it_runs() -> None:
    def pulses(*states: str) -> int:
        works = [invented.work(state) for state in states]
        page = reports.layout(ARCHIVE, invented.archive(works=works), TOKEN)
        return sum(getattr(part, "id", None) == {"type": PULSE, "name": "archive"} for part in parts(page))

    assert (pulses(), pulses("done", "failed"), pulses("running", "done"), pulses("waiting")) == (0, 0, 1, 1)


def test_works_say_how_far_they_are_and_why_they_failed() -> None:
    data = as_data(ARCHIVE, invented.works(), invented.names())
    told = json.dumps(json.loads(data), ensure_ascii=False)
    for said in ("高桥街道2026年9月街道摘录", "排队等候", '"value": "42"', "未找到公文字体", f"{REPORT}?id=report-000"):
        assert said in told, said
    assert as_data(ARCHIVE, [], invented.names()) == "[]"


def test_each_state_stands_at_its_step_and_what_is_ahead_has_no_time() -> None:
    for place, state in enumerate(STATES):
        steps = next(part for part in parts(shown(state)) if getattr(part, "className", "") == "report-steps").children
        current = [getattr(step, "aria-current", None) for step in steps]
        assert current.index("step") == place and current.count("step") == 1
        assert [bool(words(step).split(" | ")[1]) for step in steps] == [n <= place for n in range(len(STATES))]


def test_acts_are_forms_with_the_token_and_what_is_final_needs_a_tick() -> None:
    page = shown("frozen", acts=["appeals", "correct", "freeze", "issue", "revise"])
    for act in ("appeals", "correct", "freeze", "issue", "revise"):
        fields = forms(page)[f"{REPORT}/act form-{act}"]
        assert fields["csrf_token"] == TOKEN and fields["act"] == act and fields["id"] == "rep-month-2026-09"
        assert ("sure" in fields) == (act in FINAL)


def test_while_a_report_is_worked_on_nothing_else_can_be_done() -> None:
    page = shown("appeals", acts=["freeze"], works=[invented.work("running", "freeze")], hearing=Hearing())
    assert f"{REPORT}/act form-freeze" not in forms(page) and "核对并定稿" in str(page)
    failed = shown("frozen", acts=["issue"], works=[invented.work("failed", "issue", key="fonts")])
    assert f"{REPORT}/act form-issue" in forms(failed)


def test_faults_stand_with_their_place_and_only_for_those_who_make_reports() -> None:
    page = words(shown("draft", faults=invented.FAULTS))
    assert "2 处不符" in page and all(where in page and what in page for where, what in invented.FAULTS)
    reader = shown("issued", makes=False, acts=[], hearing=Hearing())
    assert not any("report-checks" in str(getattr(part, "className", "")) for part in parts(reader))
    assert "zhou" not in words(reader) and "生成人" not in words(reader)


@pytest.mark.parametrize(("state", "said"), [("draft", "重新生成草案"), ("appeals", "请更正数据")])
def test_a_report_that_its_checks_block_says_what_helps_in_place_of_freezing(state: str, said: str) -> None:
    acts = ["correct"] if state == "appeals" else []
    page = shown(state, acts=acts, faults=invented.FAULTS, hearing=Hearing())
    assert said in words(page) and "申诉期未满" not in words(page)
    assert {key for key in forms(page) if key.startswith(f"{REPORT}/act")} == {f"{REPORT}/act form-{a}" for a in acts}


def test_appeals_are_lodged_in_their_time_and_decided_by_somebody_else() -> None:
    page = forms(shown("appeals"))
    assert page[f"{REPORT}/appeal form-lodge"].keys() >= {"id", "case", "change", "reason", "evidence", "csrf_token"}
    assert page[f"{REPORT}/decide form-decide-a1"].keys() >= {"id", "appeal", "verdict", "why", "csrf_token"}
    assert len([key for key in page if "decide" in key]) == 1
    own = Hearing(invented.appeals(), decides=True, name="unit-fire")
    assert not any("decide" in key for key in forms(shown("appeals", hearing=own)))
    assert not any("lodge" in key or "decide" in key for key in forms(shown("frozen")))


def test_an_answer_to_an_appeal_stands_under_it() -> None:
    told = words(shown("issued"))
    assert "经核实，案发地在邻街道，同意更正。" in told and "不成立 | NC20260925-0207" in told


def test_a_file_as_a_page_opens_and_the_others_are_kept() -> None:
    found = {part.href.rpartition(".")[2]: part for part in parts(shown("issued")) if part._type == "A"
             and str(part.href).startswith(f"{REPORT}/")}  # fmt: skip
    assert found.keys() == set(FORMATS)
    kept = {kind for kind, link in found.items() if getattr(link, "download", None) is not None}
    assert kept == set(FORMATS) - {"html"}


def test_every_number_and_cell_of_the_paper_is_what_the_files_print() -> None:
    paper = invented.document()
    view = document_view(PAGE, paper)
    text = "".join(words(view).split(" | "))
    paragraphs = [text_of(block.runs) for _, block in blocks_of(paper) if hasattr(block, "runs") and block.runs]
    assert paragraphs and all(one.strip() in text for one in paragraphs)
    for key, table in tables_of(paper).items():
        drawn = next(part for part in parts(view) if getattr(part, "id", "") == f"table-{key}")
        rows = [[words(cell) for cell in row.children] for part in parts(drawn) if part._type == "Tbody"
                for row in part.children]  # fmt: skip
        assert rows == cells(table)[:ROWS]


def test_whoever_reads_a_part_is_told_why() -> None:
    paper = invented.document()
    some = msgspec.structs.replace(paper, opening=[], sections=[])
    none = msgspec.structs.replace(some, annexes=[])
    assert "只列出与您有关的表格行" in words(document_view(PAGE, some, whole=False))
    assert "没有与您有关的行" in words(document_view(PAGE, none, whole=False))
    assert "尚未发布" not in words(document_view(PAGE, paper))
    assert "no row of its tables is about you" in words(document_view(PAGE.to(lang="en"), none, whole=False))
    assert "尚未发布" in words(report.layout(PAGE, invented.report_view("appeals", whole=False), TOKEN))


def test_long_tables_lead_to_all_their_rows() -> None:
    paper = invented.document()
    key, table = max(tables_of(paper).items(), key=lambda pair: len(pair[1].rows))
    assert len(table.rows) > ROWS and f"{REPORT}?id=rep-1&view={key}" in links(document_view(PAGE, paper))
    alone = document_view(PAGE.to(view=key), paper)
    assert sum(part._type == "Tr" for part in parts(alone)) == len(table.rows) + 1 and PAGE.href in links(alone)


def test_sentences_lead_to_the_tables_they_rest_on() -> None:
    view = document_view(PAGE, invented.document())
    ids = [getattr(part, "id", "") for part in parts(view)]
    anchors = {href[1:] for href in links(view) if href.startswith("#")}
    assert anchors and all(anchor in ids for anchor in anchors)


@pytest.mark.parametrize("lang", ["", "en"])
@pytest.mark.parametrize("state", STATES)
def test_both_languages_have_every_word(lang: str, state: str) -> None:
    page = shown(state, PAGE.to(lang=lang))
    assert words(page) and frozen(page)
    assert all(f"reports.act.{act}.sure" in messages("en") for act in FINAL)


def test_nothing_that_people_wrote_becomes_markup() -> None:
    evil = "<img src=x onerror=alert(1)>"
    hostile = [replace_appeal(one, evil) for one in invented.appeals()]
    page = frozen(shown("appeals", hearing=Hearing(hostile, decides=True)))
    data = [getattr(part, ATTRIBUTE) for part in parts(page) if getattr(part, ATTRIBUTE, None)]
    assert any(evil in text for one in data for text in texts(json.loads(one)))
    assert not any("dangerously" in str(vars(part)) for part in parts(page))


def replace_appeal(one: Appeal, evil: str) -> Appeal:
    return msgspec.structs.replace(one, reason=evil, evidence=evil, why=evil, case=evil)


def texts(node: Any) -> Iterator[str]:
    """The text nodes of frozen data."""
    for child in node:
        if isinstance(child, str):
            yield child
        else:
            yield from texts(child[2:])


def beside() -> Comparison:
    later = invented.entry(period="2026-10", id="later")
    return compared((later, invented.later_snapshot()), (invented.entry(), snapshot()))


def test_two_reports_stand_in_the_order_of_their_periods() -> None:
    found = beside()
    assert (found.earlier.asked.period, found.later.asked.period) == ("2026-09", "2026-10")
    totals = {one.key: one for one in found.totals}
    assert totals["accepted"].change.value == 312 and totals["on_time_rate"].change.unit == "points"
    streets = found.ranks["street"]
    assert [one.later for one in streets] == sorted(one.later or 0 for one in streets)
    assert streets[0].up == (streets[0].earlier or 0) - 1 > 0


def test_differences_are_written_with_their_sign_and_shares_in_points() -> None:
    page = words(report_compare.layout(Address(COMPARE, a="x", b="y"), [], beside()))
    assert "+312" in page and "+0.42 个百分点" in page and "▲" in page and "▼" in page
    english = words(report_compare.layout(Address(COMPARE, a="x", b="y", lang="en"), [], beside()))
    assert "+0.42 pp" in english


def without(found: Comparison) -> tuple[float | None, float | None, float | None]:
    """The counts and the difference of a category that only the later month names."""
    new = next(one for one in found.categories if one.key == "0999")
    return new.earlier.value, new.later.value, new.change.value


def test_a_level_that_nobody_was_ranked_on_has_no_card() -> None:
    found = beside()
    some = msgspec.structs.replace(found, ranks=found.ranks | {"community": []})
    page = words(report_compare.layout(Address(COMPARE, a="x", b="y"), [], some))
    assert "乡镇（街道）名次" in page and "社区（村）名次" not in page


def test_a_category_that_a_month_does_not_name_counts_nothing_only_where_it_names_all() -> None:
    assert without(beside()) == (None, 12, None), "a month that names its ten most frequent ones does not say"
    few = {key: fact for key, fact in snapshot().facts.items() if not key.startswith("category.")}
    earlier = msgspec.structs.replace(snapshot(), facts=few)
    later = invented.entry(period="2026-10", id="later")
    assert without(compared((later, invented.later_snapshot()), (invented.entry(), earlier))) == (0, 12, 12)


def test_channels_have_the_names_that_people_read_and_the_two_are_chosen() -> None:
    found = beside()
    page = report_compare.layout(Address(COMPARE, a="later", b=found.earlier.id, lang="en"), [], found)
    assert "Patrol reports" in words(page) and str(page).count("value='later'") >= 1


def test_categories_have_the_page_s_names_where_base_data_have_them() -> None:
    found, address = beside(), Address(COMPARE, a="x", b="y", lang="en")
    first, second = found.categories[:2]
    page = words(report_compare.layout(address, [], found, {first.key: "Occupied roads"}))
    assert "Occupied roads" in page and first.name not in page and second.name in page


def test_a_long_name_leaves_room_for_its_bar_unless_it_could_be_another_s() -> None:
    long = "UNITED NEIGHBORHOODS OF THE HISTORIC ARLINGTON HEIGHTS"
    drawn = " ".join(str(figure(Chart("c", "t", "bars", [long, "高桥街道"], [12, 3], "cases"))).split())
    assert "UNITED NEIGHBORHOODS O…" in drawn and "ARLINGTON" not in drawn and "高桥街道" in drawn
    alike = " ".join(str(figure(Chart("c", "t", "bars", [long, f"{long} EAST"], [12, 3], "cases"))).split())
    assert long in alike and f"{long} EAST" in alike


def test_capitals_have_more_room_than_small_letters() -> None:
    small, large = (figure(Chart("c", "t", "bars", [name], [12], "cases")) for name in ("noho nc", "NOHO NC"))
    assert large["layout"]["margin"]["l"] > small["layout"]["margin"]["l"]


def test_without_a_second_report_the_page_says_so() -> None:
    one = invented.entry()
    page = report_compare.layout(Address(COMPARE, a=one.id), [one], None)
    assert "没有更早的通报可以对比" in words(page)


def test_what_was_said_does_not_stay_in_the_links_of_a_page() -> None:
    address = parse_address(REPORT, "?id=rep-1&said=lodged")
    page = shown("appeals", address)
    assert "申诉已提交。" in words(page) and not any("said" in href for href in links(page))
    invented_words = words(shown("appeals", address.to(said="<b>evil</b>")))
    assert "evil" not in invented_words
