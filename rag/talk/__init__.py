"""The parts of a follow-up question; `rag/history.py` puts them together."""
