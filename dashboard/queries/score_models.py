"""The score models of an installation: shipped files, the office's own, and the one of its settings."""

from collections.abc import Mapping
from pathlib import Path

from dashboard.config import Settings
from dashboard.domain.models import parse_model
from dashboard.domain.ranking import Model, outcome_model

SHIPPED = Path(__file__).parent.parent / "score_models"


class ModelError(ValueError):
    """A score model that cannot be used; the message names file and field."""


def load_models(directory: Path) -> dict[str, Model]:
    """Models of ``*.toml`` in a directory by their keys, in order of file name; an absent directory has none.

    ``ModelError`` names the file and the field that is wrong, or a key that two files have.
    """
    found: dict[str, Model] = {}
    for path in sorted(directory.glob("*.toml")):
        try:
            model = parse_model(path.read_text(encoding="utf-8"), str(path))
        except UnicodeDecodeError as problem:
            raise ModelError(f"{path}: {problem}") from problem
        except ValueError as problem:
            raise ModelError(str(problem)) from problem
        if model.key in found:
            raise ModelError(f"{path}: model.key {model.key!r} stands in another file of this directory too")
        found[model.key] = model
    return found


def default_model(settings: Settings) -> Model:
    """The model of the settings: out of outcomes of cases only."""
    score = settings.score
    return outcome_model(score.weights, score.key, score.version, score.zh, score.en)


def models_of(settings: Settings, data_directory: Path) -> Mapping[str, Model]:
    """Every model by its key, the default first.

    A file in ``DIR/models`` replaces a shipped one of the same key; the settings' model replaces a shipped one, but
    ``ModelError`` where a file of the office has its key.
    """
    default = default_model(settings)
    own = load_models(data_directory / "models")
    if default.key in own:
        raise ModelError(f"{data_directory / 'models'}: model.key {default.key!r} is that of [score] in config.toml")
    rest = load_models(SHIPPED) | own
    rest.pop(default.key, None)
    return {default.key: default} | rest
