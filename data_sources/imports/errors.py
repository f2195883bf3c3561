"""What stops an import as a whole."""


class ImportFileError(ValueError):
    """The file, or the mapping, cannot be used at all; the text says why in words for the person who imports."""
