"""Names and titles of four thousand characters, formulas, markup, control characters, marks of direction, rare ones."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx as word
import openpyxl
import pytest
from lxml import etree

from dashboard.reports.document import Words
from dashboard.reports.files.docx import docx
from dashboard.reports.files.fonts import Fonts, FontsMissingError, find_fonts
from dashboard.reports.files.glyphs import GETA, said, settable
from dashboard.reports.files.json import json, read
from dashboard.reports.files.pdf import pdf
from dashboard.reports.files.plain import plain
from dashboard.reports.files.printed import printed
from dashboard.reports.files.xlsx import xlsx
from dashboard.reports.snapshot import Snapshot
from layouts.sheets.report_html import policy, report_html
from tests.chromium import started_chromium
from tests.reports.invented import renamed, snapshot
from tests.reports.invented_document import changed, document, hostile
from tests.reports.test_files_agree import Page, _text_of

FORMULAS = ("=cmd|'/c calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1", "＝1", '=HYPERLINK("http://x","y")')
MARKUP = (
    '<script>alert(1)</script>', '</script><img src=x onerror="alert(1)">', "#import \"/etc/passwd\": *", "$x$ *b* _i_",
    "[link](x) <label> @ref", "</w:t></w:r><w:p/>", "&lt;&amp;&#60;", "]]>", "{{7*7}}", "`raw` \\ // /*",
)  # fmt: skip
CONTROL = "甲\x00乙\x08\x0b丙\u202e丁\u2066戊\u200f\ufffe\n己"


def told(text: str) -> Callable[[str], str]:
    return lambda name: text


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_never_becomes_a_formula(text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(hostile(told(text)), snapshot())))
    seen = 0
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                seen += cell.value == plain(text)
                assert cell.data_type != "f" or cell.value.startswith("=IFERROR("), cell.value
    assert seen > 100


def test_markup_stays_text(fonts: Fonts, tmp_path: Path) -> None:
    text = " ".join(MARKUP)
    made = hostile(told(text))
    file = word.Document(io.BytesIO(docx(made, snapshot(), fonts)))
    assert plain(text) in [paragraph.text for paragraph in file.paragraphs]
    assert any(cell.text == text for cell in file.tables[2].column_cells(2))
    (tmp_path / "r.pdf").write_bytes(pdf(made, snapshot(), fonts))
    body = "".join(_text_of(tmp_path / "r.pdf", "-raw").split())
    assert all("".join(each.split()) in body for each in MARKUP)
    page = report_html(made, snapshot()).decode()
    assert Page(page).tables[2][1][1][2] == text
    assert page.count("<script") == 3 and "<img" not in page
    assert read(json(made, snapshot())).document == made


@pytest.mark.browser
def test_no_script_of_a_name_runs(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(
        report_html(hostile(told("<img src=x onerror=window.hit=1><script>window.hit=1</script>")), snapshot())
    )
    assert "unsafe-inline" not in policy().split("style-src")[0]
    with started_chromium() as browser:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda problem: problems.append(str(problem)))
        page.goto(path.as_uri())
        page.wait_for_selector("[data-figure] .main-svg")
        assert page.evaluate("window.hit") is None
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert page.evaluate("document.querySelectorAll('[data-figure] .main-svg').length") >= 3
        assert problems == []


def test_control_characters_and_marks_of_direction_are_left_out(fonts: Fonts, tmp_path: Path) -> None:
    made = hostile(told(CONTROL))
    assert plain(CONTROL) == "甲乙 丙丁戊 己"
    data = docx(made, snapshot(), fonts)
    with zipfile.ZipFile(io.BytesIO(data)) as entries:
        for name in entries.namelist():
            if name.endswith((".xml", ".rels", ".svg")):
                etree.fromstring(entries.read(name))
    (tmp_path / "r.pdf").write_bytes(pdf(made, snapshot(), fonts))
    assert "甲乙 丙丁戊 己" in _text_of(tmp_path / "r.pdf", "-layout")
    assert "甲乙 丙丁戊 己" in report_html(made, snapshot()).decode()
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx(made, snapshot())))["正文"]
    assert sheet["A1"].value == "甲乙 丙丁戊 己"
    assert read(json(made, snapshot())).document == made


def test_four_thousand_characters(fonts: Fonts, tmp_path: Path) -> None:
    letters, ideographs = "W" * 4000, "治" * 4000
    long: Snapshot = renamed(lambda name: ideographs if len(name) % 2 else letters)
    few = document(long)
    street = few.annexes[1].blocks[0]
    few = changed(annexes=[few.annexes[3]], title=[ideographs[:200]], opening=[*few.opening], masthead=letters[:90])
    few.opening[0].runs.append(Words(letters))
    assert street is not None
    (tmp_path / "r.pdf").write_bytes(pdf(few, long, fonts))
    text = "".join(_text_of(tmp_path / "r.pdf", "-raw").split())
    assert text.count("治") >= 4000
    assert text.replace("\u200b", "").count("W") >= 4000
    boxes = _text_of(tmp_path / "r.pdf", "-bbox")
    assert max(float(each) for each in re.findall(r'xMax="([\d.]+)"', boxes)) < 842
    for data in (docx(few, long, fonts), xlsx(few, long), report_html(few, long)):
        assert len(data) > 10_000


def test_a_missing_glyph_is_named_with_its_place(fonts: Fonts, tmp_path: Path) -> None:
    rare, common = "\U0003134a\U000e01ef\U0001f9ff", "\U00020bb7𠮷丂"
    made = changed(organ=f"张{rare}{common}")
    found, missing = settable(printed(made), fonts)
    assert [(each.character, each.where) for each in missing] == [(rare[0], "版头"), (rare[2], "版头")]
    assert found.organ == f"张{GETA}{rare[1]}{GETA}{common}"
    assert "U+3134A（版头）、U+1F9FF（版头）" in said(missing)
    (tmp_path / "r.pdf").write_bytes(pdf(made, snapshot(), fonts))
    text = _text_of(tmp_path / "r.pdf")
    assert "U+3134A（版头）" in "".join(text.split())
    assert rare[0] in report_html(made, snapshot()).decode()


def test_without_fonts_the_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(FontsMissingError, match="apt-get install fonts-noto-cjk"):
        find_fonts([tmp_path], system=False)


def test_an_empty_document(fonts: Fonts) -> None:
    made = changed(title=[], opening=[], sections=[], annexes=[], cc="", printed_by="", masthead="", to="", number="")
    for data in (pdf(made, snapshot(), fonts), docx(made, snapshot(), fonts), xlsx(made, snapshot())):
        assert len(data) > 1000
    assert report_html(made, snapshot()).startswith(b"<!doctype html>")
