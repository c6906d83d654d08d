from collections import deque

import numpy as np
from sklearn.neural_network import MLPClassifier

from board import SIZE


class Player:
    """A policy and the moves it remembers."""

    def __init__(self, memory: int = 5000) -> None:
        self.policy = MLPClassifier(hidden_layer_sizes=(64,), warm_start=True)
        self.policy.partial_fit(np.zeros((SIZE, SIZE)), np.arange(SIZE), classes=np.arange(SIZE))
        self.memory: deque = deque(maxlen=memory)

    def choose(self, board: np.ndarray) -> int:
        chances = self.policy.predict_proba(board.reshape(1, -1))[0]
        return int(np.argmax(chances))

    def remember(self, board: np.ndarray, move: int) -> None:
        self.memory.append((board, move))

    def learn(self) -> None:
        boards = np.array([board for board, _ in self.memory])
        moves = np.array([move for _, move in self.memory])
        self.policy.partial_fit(boards, moves)
