"""Les données ouvertes : la page qui les présente, et les fichiers à prendre."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Max
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from acteurs.models import Acteur
from bassins.models import Bassin
from dispositifs.models import Dispositif
from dispositifs.ouverture.fichiers import FICHIERS, morceaux
from dispositifs.ouverture.openapi import LICENCE, LICENCE_ADRESSE, PARAMETRES
from dispositifs.ouverture.reponses import PAR_PAGE, PAR_PAGE_AU_PLUS, introuvable, ouverte


@require_safe
@login_not_required
def donnees_ouvertes(request):
    publies = Dispositif.objects.publies()
    contexte = publies.aggregate(dispositifs=Count("pk"), modifie_le=Max("modifie_le"))
    contexte |= {
        "acteurs": Acteur.objects.count(),
        "bassins": Bassin.objects.count(),
        "fictifs": publies.filter(demonstration=True).exists(),
        "le_jour": timezone.localdate(),
        "fichiers": list(FICHIERS.items()),
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
    """Le fichier de ce jour, à une adresse qui ne change pas ; il se nomme par sa date."""
    fichier = FICHIERS.get(f"{nom}.{extension}")
    if fichier is None:
        return introuvable("Aucun fichier n’a ce nom.")
    reponse = StreamingHttpResponse(morceaux(f"{nom}.{extension}"), content_type=fichier.type_mime)
    date = timezone.localdate().isoformat()
    reponse["Content-Disposition"] = f'attachment; filename="{nom}-{date}.{extension}"'
    return reponse
