"""Many files' facts + rules -> events: which unit reads, writes, trains and predicts what, made of which values."""

from coupling.link.events import LinkedRepo
from coupling.link.units import link

__all__ = ["LinkedRepo", "link"]
