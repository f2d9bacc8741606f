"""What a sentence says: quantities, dates, who did what, how sure. `rag/ground.py` compares it."""
