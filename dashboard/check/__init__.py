"""The oracle: recounts every figure from the stored events in other code."""

from dashboard.check.command import check, check_command

__all__ = ["check", "check_command"]
