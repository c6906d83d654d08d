import json
from pathlib import Path

import hydra
import torch
from omegaconf import DictConfig
from torch import nn
from torch.utils.data import DataLoader

from rhythm import Rhythms

CHECKPOINT = Path("checkpoints/last.pt")
HISTORY = Path("checkpoints/history.json")


def network() -> nn.Module:
    return nn.Sequential(nn.Conv1d(1, 16, 7), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(16, 4))


def validate(model: nn.Module, loader: DataLoader) -> float:
    model.eval()
    losses = []
    with torch.no_grad():
        for signal, kind in loader:
            losses.append(nn.functional.cross_entropy(model(signal), kind).item())
    return sum(losses) / len(losses)


@hydra.main(config_path="conf", config_name="train", version_base=None)
def main(cfg: DictConfig) -> None:
    model = network()
    optimizer = torch.optim.AdamW(model.parameters(), lr=cfg.lr)
    first, history = 0, []
    if CHECKPOINT.exists():
        state = torch.load(CHECKPOINT)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["epoch"] + 1
        history = json.loads(HISTORY.read_text())

    train = DataLoader(Rhythms(cfg.data.train), batch_size=cfg.batch_size, shuffle=True)
    held_out = DataLoader(Rhythms(cfg.data.valid), batch_size=cfg.batch_size)
    for epoch in range(first, cfg.epochs):
        model.train()
        for signal, kind in train:
            loss = nn.functional.cross_entropy(model(signal), kind)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        history.append(validate(model, held_out))
        HISTORY.write_text(json.dumps(history))
        torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}, CHECKPOINT)
        if len(history) > 10 and min(history[-10:]) > min(history):
            break


if __name__ == "__main__":
    main()
