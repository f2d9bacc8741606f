"""What a report claims, and what another says of the same thing. Used by `rag/conflict.py`."""
