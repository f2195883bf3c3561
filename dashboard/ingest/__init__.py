"""Everything that comes in: checked, folded, stored, told, acknowledged."""
