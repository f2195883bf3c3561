"""七、下步要求: for a person to write; an office may give the paragraphs that every draft begins with."""

from dashboard.reports.content.material import Material
from dashboard.reports.document import Block, Paragraph, Words


def next_steps(m: Material) -> list[Block]:
    """The office's paragraphs, or one that waits. What is demanded has numbers of its own (“95%以上”): they are no
    facts of the snapshot, and the annex says that nobody checked them."""
    given: list[Block] = [Paragraph([Words(text, role="own")]) for text in m.office.next_steps if text.strip()]
    return given or [Paragraph([], blank=True)]
