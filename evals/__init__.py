"""How good are the answers, and did a change make them better?

The stages: gold questions (`cases`) are asked of a throw-away library (`library`, `run`), each
answer is measured (`answers`, `facts`, `citing`, `retrieval`) and its loss traced to a stage
(`errors`); the rows become a `summary` with intervals (`stats`), which is compared (`compare`),
held against thresholds (`gate`) and shown (`report`). `beir` and `speed` stand beside them.
"""
