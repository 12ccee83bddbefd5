"""Les versions d'un plan : son contenu canonique, son empreinte, et ce qui les distingue."""

from plans.versions.canonique import contenu_canonique, empreinte

__all__ = ["contenu_canonique", "empreinte"]
