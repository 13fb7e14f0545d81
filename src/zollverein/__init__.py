"""Zollverein: measure and simulate economic integration under pressure.

The public names are listed, with their types, in ``__init__.pyi``; each is imported on first use,
so that ``import zollverein`` costs next to nothing.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
