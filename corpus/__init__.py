"""News in: files, feeds and pages become dated, de-duplicated articles."""
