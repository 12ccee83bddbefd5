"""Les travaux de fond des plans, faits par `manage.py ouvrier`."""

import logging

from django_tasks import task

from pams_portal.impression import ImpressionImpossible, imprimer_a_part
from plans.impression.html import plan_html
from plans.models import Document, Plan

journal = logging.getLogger(__name__)


@task
def produire_document(document_id):
    """Produit le PDF d'une révision. Rend ce qui s'est passé, pour le journal de l'ouvrier."""
    document = Document.objects.select_related("plan__bassin").filter(pk=document_id).first()
    if document is None or document.revision != document.plan.revision:
        return "dépassé"
    if not document.commencer():
        return "déjà pris"
    try:
        return produire(document)
    except ImpressionImpossible as erreur:
        document.abandonner(str(erreur))
    except Exception:
        document.abandonner("Une erreur imprévue a interrompu la mise en page.")
        raise
    return "abandonné"


def produire(document):
    """Assemble la page, l'imprime hors de ce processus, range le fichier."""
    html = plan_html(document.plan, le=document.date)
    if Plan.objects.get(pk=document.plan_id).revision != document.revision:
        # Une écriture est passée pendant la lecture : sa propre demande suit.
        document.mien().delete()
        return "dépassé"
    document.reussir(imprimer_a_part(html, document.battre))
    return "prêt"
