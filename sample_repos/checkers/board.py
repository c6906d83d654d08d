import numpy as np

SIZE = 32


def start() -> np.ndarray:
    board = np.zeros(SIZE)
    board[:12], board[20:] = 1, -1
    return board


def play(board: np.ndarray, move: int) -> np.ndarray:
    after = board.copy()
    after[move] = 1 - after[move]
    return -after


def over(board: np.ndarray) -> bool:
    return not (board > 0).any() or not (board < 0).any()
