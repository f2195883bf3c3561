"""The parts of a document with the place where each stands, in words for a person."""

from collections.abc import Iterator

from dashboard.reports.document import Block, Document, Paragraph, Table


def blocks_of(document: Document) -> Iterator[tuple[str, Block]]:
    """(place, block) in reading order."""
    for number, paragraph in enumerate(document.opening, 1):
        yield f"开头第{number}段", paragraph
    for section in document.sections:
        yield from _placed(f"{section.number}、{section.heading}", section.blocks)
    for annex in document.annexes:
        yield from _placed(f"附件{annex.number}", annex.blocks)


def _placed(title: str, blocks: list[Block]) -> Iterator[tuple[str, Block]]:
    number = 0
    for block in blocks:
        number += isinstance(block, Paragraph)
        yield f"{title}第{number}段" if isinstance(block, Paragraph) else title, block


def tables_of(document: Document) -> dict[str, Table]:
    """Every table by its key."""
    return {block.key: block for _, block in blocks_of(document) if isinstance(block, Table)}


def body_length(document: Document) -> int:
    """Characters of the text before the annexes."""
    parts = [*document.opening, *(block for section in document.sections for block in section.blocks)]
    return sum(len(run.text) for part in parts if isinstance(part, Paragraph) for run in part.runs)
