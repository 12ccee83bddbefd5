"""Les gabarits se tapent avec de simples espaces ; les insécables s'y posent à la lecture."""

import re

from django.template.loaders import app_directories, filesystem

from pams_portal.typographie import espacer

BALISE = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<[^>]*>)", re.DOTALL)


def espacer_le_texte(source):
    """La source d'une page, son texte passé par `espacer`, ses balises laissées telles quelles."""
    bouts = BALISE.split(source)  # un texte, une balise, un texte…
    bouts[::2] = map(espacer, bouts[::2])
    return "".join(bouts)


class _Espace:
    def get_contents(self, origin):
        source = super().get_contents(origin)
        return espacer_le_texte(source) if origin.name.endswith(".html") else source


class DuDossier(_Espace, filesystem.Loader):
    pass


class DesApplications(_Espace, app_directories.Loader):
    pass
