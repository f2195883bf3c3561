"""Base data: regions, workers, rosters, units, categories, calendar, layers, metrics."""

from dashboard.base_data.applying import Applied, apply_rows, base_version, plan_rows, version_in
from dashboard.base_data.loading import layer_names, load_base_data, read_layer, read_metrics

__all__ = [
    "Applied",
    "apply_rows",
    "base_version",
    "layer_names",
    "load_base_data",
    "plan_rows",
    "read_layer",
    "read_metrics",
    "version_in",
]
