"""Answers as tables for a file: the words are the page's, the values are raw."""
