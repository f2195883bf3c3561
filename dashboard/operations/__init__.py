"""What whoever runs an installation needs: backup and restore, rebuild, examination, state of the whole."""
