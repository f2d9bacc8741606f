"""How the shipped reader was trained: data, training, calibration. See rag/reader_model/CARD.md."""
