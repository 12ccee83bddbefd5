"""Les données ouvertes : la page qui les présente, et les fichiers à prendre."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Max
from django.http import FileResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from acteurs.models import Acteur
from bassins.models import Bassin
from dispositifs.models import Dispositif, FichierOuvert
from dispositifs.ouverture.fichiers import FICHIERS
from dispositifs.ouverture.openapi import PARAMETRES
from dispositifs.ouverture.reponses import (
    LICENCE,
    LICENCE_ADRESSE,
    PAR_PAGE,
    PAR_PAGE_AU_PLUS,
    erreur,
    introuvable,
    ouverte,
)

ATTENTE = 120  # secondes avant de redemander un fichier qui se prépare


@require_safe
@login_not_required
def donnees_ouvertes(request):
    publies, prets = Dispositif.objects.publies(), FichierOuvert.objects.derniers()
    contexte = publies.aggregate(dispositifs=Count("pk"), modifie_le=Max("modifie_le"))
    contexte |= {
        "acteurs": Acteur.objects.count(),
        "bassins": Bassin.objects.count(),
        "fictifs": publies.filter(demonstration=True).exists(),
        "le_jour": timezone.localdate(),
        "fichiers": [(nom, dit.contenu, prets.get(nom)) for nom, dit in FICHIERS.items()],
        "prete_le": next((fichier.publication.prete_le for fichier in prets.values()), None),
        "parametres": {nom: ", ".join(dits) for nom, dits in PARAMETRES.items()},
        "licence": LICENCE,
        "licence_adresse": LICENCE_ADRESSE,
        "par_page": PAR_PAGE,
        "par_page_au_plus": PAR_PAGE_AU_PLUS,
        "exemple": Dispositif.objects.publies().order_by("nom_normalise").first(),
    }
    return render(request, "dispositifs/donnees_ouvertes.html", contexte)


@ouverte
def fichier_ouvert(request, nom, extension):
    """Le dernier fichier préparé, à une adresse qui ne change pas ; il se nomme par sa date."""
    nom = f"{nom}.{extension}"
    if nom not in FICHIERS:
        return introuvable("Aucun fichier n’a ce nom.")
    fichier = FichierOuvert.objects.derniers().get(nom)
    if fichier is None or not fichier.est_servable:
        reponse = erreur("Ce fichier se prépare : revenez dans quelques minutes.", 503)
        reponse["Retry-After"] = ATTENTE
        return reponse
    return servir(request, fichier)


def servir(request, fichier):
    """Le fichier, ou 304 si le lecteur l'a déjà."""
    etag, prete_le = f'"{fichier.empreinte}"', fichier.publication.prete_le
    reponse = get_conditional_response(request, etag, int(prete_le.timestamp())) or FileResponse(
        fichier.fichier.open(),
        as_attachment=True,
        content_type=FICHIERS[fichier.nom].type_mime,
        filename=fichier.nom_date,
    )
    reponse["ETag"], reponse["Last-Modified"] = etag, http_date(prete_le.timestamp())
    return reponse
