"""Training fast changes no result: the attention is the library's, dropout drops its share."""

import pytest
import torch

from evals.train.quick import PooledDropout, quicken
from rag.reading_model import ReadingModel


def test_scores_are_those_of_the_librarys_own_attention() -> None:
    model = ReadingModel().eval()
    ids = torch.randint(1000, 20000, (3, 40), generator=torch.Generator().manual_seed(1))
    types, mask = torch.zeros_like(ids), torch.ones_like(ids)
    mask[1, 25:] = 0
    places = torch.tensor([[4, 12, 20]] * 3)
    with torch.inference_mode():
        wanted = model(ids, types, mask, places)
        other = model(ids, types, torch.ones_like(ids), places)
        quicken(model.encoder, 1)
        found = model(ids, types, mask, places)
    assert torch.allclose(found, wanted, atol=1e-5)
    assert not torch.allclose(found[1], other[1], atol=1e-2)  # the mask is heeded


def test_dropout_drops_its_share_while_training_only() -> None:
    torch.manual_seed(1)
    drop = PooledDropout(0.1, 1)
    ones = torch.ones(400, 500)
    one, two = drop(ones), drop(ones)
    assert float((one == 0).float().mean()) == pytest.approx(0.1, abs=0.01)
    assert float(one.mean()) == pytest.approx(1, abs=0.01)
    assert not torch.equal(one, two)
    assert torch.equal(drop.eval()(ones), ones)
