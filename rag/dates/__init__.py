"""Phrases about time in a question; `rag/when.py` puts them together."""
