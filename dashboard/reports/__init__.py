"""Reports that an office issues: frozen numbers, a document made of them, five files of one document."""
