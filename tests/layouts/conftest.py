"""Pages are tested with elements that refuse attributes which do not exist, as Dash's own do."""

from collections.abc import Iterator

import pytest
from dash import dcc
from dash import html as checked

from layouts import html


@pytest.fixture(scope="session", autouse=True)
def checked_elements() -> Iterator[None]:
    names = {name: getattr(checked, name) for name in checked.__all__} | {"Link": dcc.Link}
    with pytest.MonkeyPatch.context() as patch:
        for name, kind in names.items():
            patch.setattr(html, name, kind)
        yield
