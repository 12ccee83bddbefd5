"""Les gabarits, leurs espaces insécables posées : on les tape avec de simples espaces."""

import re

from django.template.loaders import app_directories, filesystem

from pams_portal.typographie import espacer

BALISE = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<[^>]*>)", re.DOTALL)


class Espaces:
    """Pose les espaces de la ponctuation dans le texte d'une page, hors de ses balises."""

    def get_contents(self, origin):
        contenu = super().get_contents(origin)
        if not origin.name.endswith(".html"):
            return contenu
        return "".join(
            bout if BALISE.fullmatch(bout) else espacer(bout) for bout in BALISE.split(contenu)
        )


class DuPortail(Espaces, filesystem.Loader):
    pass


class DesApplications(Espaces, app_directories.Loader):
    pass
