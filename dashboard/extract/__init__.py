"""A columnar extract of the cases in DuckDB, kept up by ``case.seq``: what filtered questions are answered from."""

from dashboard.extract.extract import Extract, NotReady
from dashboard.extract.view import View

__all__ = ["Extract", "NotReady", "View"]
