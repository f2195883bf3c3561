"""The files of a report: one module for each format, all of them written from one printed form of the document."""

from dashboard.reports.files.writing import FORMATS, Tell, Writer, file_name, write_files

__all__ = ["FORMATS", "Tell", "Writer", "file_name", "write_files"]
