"""Files of a data directory that are secrets: never in a backup, readable by their owner alone."""

from dashboard.config import Settings
from dashboard.security.keys import FILE_NAME as API_KEY

FORM_FILE = "form-secret"
"""Made anew where it is missing; see ``callbacks/doors/secret.py``."""


def secret_files(settings: Settings) -> list[str]:
    """Paths relative to the data directory, whether they exist or not."""
    return [API_KEY, FORM_FILE, *given_secrets(settings)]


def given_secrets(settings: Settings) -> list[str]:
    """Those of them that people put there because ``config.toml`` names them."""
    named = [settings.database_password_file, settings.feed_password_file]
    if settings.oidc is not None:
        named.append(settings.oidc.client_secret_file)
    if settings.mqtt_input is not None:
        named += [settings.mqtt_input.password_file, settings.mqtt_input.key_file]
    return [name for name in named if name]
