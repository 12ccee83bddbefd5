"""Préparer les fichiers ouverts hors du web, en mémoire constante."""

import tempfile
from hashlib import sha256

from django.core.files import File

from dispositifs.ouverture.fichiers import FICHIERS, morceaux


def preparer(publication):
    """Écrit chaque fichier, puis les publie ensemble. Rend ce qui s'est passé, pour le journal."""
    for nom in FICHIERS:
        with tempfile.TemporaryFile(prefix="pams-ouverture-") as fichier:
            empreinte = sha256()
            for morceau in morceaux(nom):
                octets = morceau.encode()
                empreinte.update(octets)
                fichier.write(octets)
            fichier.flush()
            if not publication.ranger(nom, File(fichier), empreinte.hexdigest()):
                return "dépassée"
    publication.publier()
    return "prête"
