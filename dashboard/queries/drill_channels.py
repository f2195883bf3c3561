"""The ways in that cases have come by, for the choosers of a page."""

from dashboard.extract import Extract, NotReady


def channels(extract: Extract) -> list[str]:
    """Keys of all channels in order; none while the extract is being prepared. They say nothing of any region."""
    try:
        with extract.reading() as view:
            found = [view.words.text(int(row[0])) for row in view.rows("SELECT DISTINCT channel FROM cases")]
    except NotReady:
        return []
    return sorted(key for key in found if key)
