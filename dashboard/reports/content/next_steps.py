"""七、下步要求: for a person to write; an office may give the paragraphs that every draft begins with."""

from dashboard.reports.content.material import Material
from dashboard.reports.document import Block, Paragraph
from dashboard.reports.wording import literal


def next_steps(m: Material) -> list[Block]:
    """The office's paragraphs, or one that waits."""
    given: list[Block] = [Paragraph(literal(text)) for text in m.office.next_steps if text.strip()]
    return given or [Paragraph([], blank=True)]
