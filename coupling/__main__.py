"""``python -m coupling`` is ``coupling``."""

from coupling.cli import main

main()
