import click

import board
from player import Player


def game(player: Player, longest: int = 120) -> None:
    state = board.start()
    for _ in range(longest):
        move = player.choose(state)
        player.remember(state, move)
        state = board.play(state, move)
        if board.over(state):
            break


@click.command()
@click.option("--rounds", default=50)
@click.option("--games", default=20)
def main(rounds: int, games: int) -> None:
    player = Player()
    for _ in range(rounds):
        for _ in range(games):
            game(player)
        player.learn()


if __name__ == "__main__":
    main()
