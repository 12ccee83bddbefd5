"""« Quelles solutions près de chez vous ? » : pour une personne, et pour qui l'accompagne."""

from math import ceil
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bassins.models import Commune
from dispositifs.emporter.en_mots import en_mots
from dispositifs.forms.solutions import SolutionsForm
from dispositifs.models import Dispositif
from dispositifs.solutions import (
    BESOINS,
    commune_choisie,
    demarches,
    par_besoin,
    passe_par_un_professionnel,
    publics_en_clair,
    solutions_a,
)

PAR_PAGE = 40
SUR_L_AFFICHE = 30
# Ce que portent les deux colonnes d'une page A4, en lignes : une solution en prend deux à six,
# filet compris, et l'intertitre d'un besoin trois.
LIGNES_DE_L_AFFICHE, SIGNES_PAR_LIGNE = 100, 58


@require_safe
@login_not_required
def solutions(request):
    """Trois questions, puis les réponses ; entre les deux, « laquelle ? » si la commune hésite."""
    form = SolutionsForm(request.GET if "commune" in request.GET else None)
    contexte = {"form": form}
    if form.is_valid():
        candidates = form.cleaned_data["commune"]
        if len(candidates) == 1:
            contexte |= reponse(*candidates, form.cleaned_data, request.GET.get("page"))
            candidates = []
    else:
        candidates = form.proches
    contexte["candidates"] = [
        (c, _avec(request.GET, commune=commune_choisie(c))) for c in candidates
    ]
    return render(request, "dispositifs/solutions.html", contexte)


def reponse(commune, reponses, numero):
    """Ce que la page montre à qui habite cette commune et a répondu ainsi."""
    besoin, situations = reponses["besoin"], reponses["situation"]
    page = Paginator(solutions_a(commune, besoin, situations), PAR_PAGE).get_page(numero)
    lignes = [(d, mots, publics_en_clair(d), list(demarches(d))) for d, mots in en_mots(page)]
    return {
        "commune": commune,
        "choisie": commune_choisie(commune),
        "page": page,
        "groupes": par_besoin(lignes, besoin),
    }


def _avec(parametres, **valeurs):
    parametres = parametres.copy()
    for nom, valeur in valeurs.items():
        parametres[nom] = valeur
    return parametres.urlencode()


@require_safe
@login_not_required
def solutions_commune(request, code):
    """L'adresse courte qu'imprime l'affiche : les solutions de cette commune et d'elle seule."""
    commune = get_object_or_404(Commune, pk=code)
    parametres = urlencode({"commune": commune_choisie(commune)})
    return redirect(f"{reverse('solutions')}?{parametres}")


@require_safe
@login_not_required
def solutions_affiche(request, code):
    """Une page A4 à poser au guichet d'une mairie ou d'un CCAS."""
    commune = get_object_or_404(Commune, pk=code)
    trouvees = solutions_a(commune)
    lignes = tenant_sur_l_affiche(en_mots(trouvees[:SUR_L_AFFICHE]))
    contexte = {
        "commune": commune,
        "groupes": par_besoin([(d, mots, passe_par_un_professionnel(d)) for d, mots in lignes]),
        "demonstration": any(dispositif.demonstration for dispositif, _ in lignes),
        "autres": trouvees.count() - len(lignes),
        "jour": timezone.localdate(),
        "adresse": f"{settings.SITE_URL}{reverse('solutions_commune', args=[commune.pk])}",
    }
    return render(request, "dispositifs/solutions_affiche.html", contexte)


def tenant_sur_l_affiche(lignes):
    """Les premières de ces solutions, les plus proches, tant que la page les porte."""
    restent, besoins, tenues = LIGNES_DE_L_AFFICHE, set(), []
    for dispositif, mots in lignes:
        textes = [dispositif.nom[:64], f"{dispositif.porteur.nom[:44]} · {mots.cout[:44]}"]
        prises = 0.6 + sum(ceil(len(texte) / SIGNES_PAR_LIGNE) for texte in textes)
        prises += 1 + passe_par_un_professionnel(dispositif)
        prises += dispositif.fraicheur != Dispositif.Fraicheur.VERT
        besoin = next(cle for cle, b in BESOINS.items() if dispositif.type in b.types)
        restent -= prises + 3 * (besoin not in besoins)
        if restent < 0:
            break
        besoins.add(besoin)
        tenues.append((dispositif, mots))
    return tenues
