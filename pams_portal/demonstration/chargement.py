"""Poser toute la démonstration, en une transaction."""

from django.db import transaction
from django_tasks_db.models import DBTaskResult

from dispositifs.recensement.releves import charger_dispositifs_releves
from pams_portal.demonstration.acteurs import charger_acteurs, charger_comptes
from pams_portal.demonstration.importation import charger_importation, charger_recherches
from pams_portal.demonstration.inventaire import charger_dispositifs
from pams_portal.demonstration.plans import charger_plan
from pams_portal.demonstration.signalements import charger_signalements
from plans.models import Document, Plan
from plans.taches import produire_document

BASSINS = ("grand-amienois-grand-roye", "anjou-est")
# L'ancien d'abord : un plan en cours en reprend une fiche.
PLANS = ("amienois-2024", *BASSINS)


@transaction.atomic
def charger():
    """Crée ce qui manque ; ne retouche rien de ce qui existe. Le référentiel doit être chargé."""
    acteurs = charger_acteurs()
    personnes = charger_comptes(acteurs)
    dispositifs = charger_dispositifs(acteurs, personnes)
    charger_signalements(personnes, dispositifs)
    charger_importation(acteurs, personnes, BASSINS[0])
    charger_recherches(personnes)
    charger_dispositifs_releves(tenus_par=acteurs["region"])
    for slug in PLANS:
        if not Plan.objects.filter(slug=slug).exists():
            charger_plan(slug, acteurs, personnes, dispositifs)
            _ne_demander_que_le_dernier_document(Plan.objects.filter(slug=slug))


def _ne_demander_que_le_dernier_document(plans):
    """Des centaines d'écritures viennent de demander chacune le leur."""
    documents = Document.objects.filter(plan__in=plans)
    numeros = set(documents.values_list("pk", flat=True))
    travaux = DBTaskResult.objects.filter(task_path=produire_document.module_path)
    perimes = [travail.pk for travail in travaux if travail.args_kwargs["args"][0] in numeros]
    DBTaskResult.objects.filter(pk__in=perimes).delete()
    documents.delete()
    Document.objects.demander(plans)
