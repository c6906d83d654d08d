import numpy as np
import torch
from torch.utils.data import Dataset


class Rhythms(Dataset):
    """Windows of an electrocardiogram and the kind of rhythm that a cardiologist saw."""

    def __init__(self, path: str) -> None:
        stored = np.load(path)
        self.signals = torch.from_numpy(stored["signals"]).float().unsqueeze(1)
        self.kinds = torch.from_numpy(stored["kinds"]).long()

    def __len__(self) -> int:
        return len(self.kinds)

    def __getitem__(self, at: int):
        return self.signals[at], self.kinds[at]
