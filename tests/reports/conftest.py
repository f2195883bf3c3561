import pytest

from dashboard.reports.files.fonts import Fonts, find_fonts
from tests.servers import database_url, postgres_url

__all__ = ["database_url", "fonts", "postgres_url"]


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    """Debian's fonts, whatever else is installed."""
    return find_fonts()
