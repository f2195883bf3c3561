"""The files of a report: one module for each format, all of them written from one printed form of the document."""
