"""Composition of every command: which parts of the program it is made of. A command loads only what it needs."""

HOMES = {
    "run": "run", "demo": "recordings", "replay": "recordings", "gateway": "roles", "ingest": "roles", "web": "roles",
    "scheduler": "roles", "report": "report", "import": "upkeep", "check": "upkeep", "account": "upkeep",
    "audit": "upkeep", "backup": "upkeep", "restore": "upkeep", "rebuild": "upkeep", "doctor": "upkeep",
}  # fmt: skip
"""The module of each command; ``add_commands`` of a module adds all of its commands to the parser."""
