"""Les travaux de fond de l'inventaire, faits par `manage.py ouvrier`."""

from django.core.exceptions import PermissionDenied
from django_tasks import task

from dispositifs.importation.ecriture import InventaireChange
from dispositifs.importation.objets import FichierRefuse
from dispositifs.importation.travail import ecrire, essayer
from dispositifs.models import Importation, Publication
from dispositifs.ouverture.preparation import preparer

IMPREVU = "Une erreur imprévue a interrompu l’import : rien n’est écrit."
SANS_DROIT = "Vous n’avez plus le droit d’importer pour cette structure : rien n’est écrit."
ESSAIS = 3


@task(priority=3)  # avant les documents : une personne attend devant sa page
def avancer(importation_id):
    """Mène l'essai ou l'écriture demandés. Rend ce qui s'est passé, pour le journal."""
    importation = Importation.objects.filter(pk=importation_id).first()
    if importation is None or not importation.commencer():
        return "déjà pris"
    try:
        mener(importation)
    except FichierRefuse as refus:
        importation.echouer(str(refus))
    except PermissionDenied:
        importation.echouer(SANS_DROIT)
    except Exception:
        importation.echouer(IMPREVU)
        raise
    return "fait"


def mener(importation):
    if importation.etat == Importation.Etat.EXAMEN:
        return essayer(importation)
    for essai in range(ESSAIS):
        try:
            return ecrire(importation)
        except InventaireChange:
            if essai == ESSAIS - 1:
                raise
    return None


@task
def preparer_les_fichiers(publication_id):
    """Prépare les fichiers ouverts. Rend ce qui s'est passé, pour le journal."""
    publication = Publication.objects.filter(pk=publication_id, prete_le=None).first()
    return preparer(publication) if publication else "dépassée"
