"""Emporter ce que l'on a trouvé : la sélection d'un prescripteur, et la liste en PDF."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dispositifs.emporter.en_mots import en_mots
from dispositifs.emporter.liste_imprimee import AU_PLUS, filtres_en_mots, liste_html
from dispositifs.recherche.filters import filtrer
from dispositifs.recherche.selection import lire_selection, parametres
from pams_portal.impression import ImpressionImpossible, imprimer_aussitot


@require_safe
@login_not_required
def selection(request):
    """Les fiches choisies (`?d=12&d=34`) : à lire, imprimer, envoyer."""
    choix = lire_selection(request)
    autres = [(nom, valeurs) for nom, valeurs in request.GET.lists() if nom not in ("d", "page")]
    contexte = {
        "selection": choix,
        "demonstration": any(dispositif.demonstration for dispositif in choix.dispositifs),
        "lignes": [
            (dispositif, mots, _sans(request, choix, dispositif))
            for dispositif, mots in en_mots(choix.dispositifs)
        ],
        "parametres": parametres(choix.cles),
        "recherche": [(nom, valeur) for nom, valeurs in autres for valeur in valeurs],
    }
    return render(request, "dispositifs/selection.html", contexte)


def _sans(request, choix, dispositif):
    """Les paramètres de la même page, sans ce dispositif."""
    reste = request.GET.copy()
    reste.setlist("d", [str(cle) for cle in choix.cles if cle != dispositif.pk])
    return reste.urlencode()


@require_safe
@login_not_required
def selection_pdf(request):
    choix = lire_selection(request)
    le = timezone.localdate()
    html = liste_html(choix.dispositifs, le, "Des solutions de mobilité", detail=True)
    return servir_pdf(request, html, f"selection-{le:%Y-%m-%d}.pdf")


@require_safe
@login_not_required
def dispositif_list_pdf(request):
    """Exactement ce que la liste montre pour ces filtres, dans le même ordre."""
    filtre = filtrer(request)
    nombre = filtre.qs.count()
    if filtre.form.errors or nombre > AU_PLUS:
        contexte = {"filtre": filtre, "nombre": nombre, "au_plus": AU_PLUS}
        return render(request, "dispositifs/dispositif_list_pdf.html", contexte, status=400)
    le = timezone.localdate()
    fiches = filtre.qs.select_related("porteur", "commune")
    html = liste_html(fiches, le, "Dispositifs de mobilité solidaire", filtres_en_mots(filtre))
    return servir_pdf(request, html, f"dispositifs-{le:%Y-%m-%d}.pdf")


def servir_pdf(request, html, nom):
    try:
        impression = imprimer_aussitot(html)
    except ImpressionImpossible as erreur:
        contexte = {"raison": str(erreur)}
        return render(request, "dispositifs/dispositif_list_pdf.html", contexte, status=503)
    entetes = {"Content-Disposition": f'inline; filename="{nom}"', "Cache-Control": "private"}
    return HttpResponse(impression.contenu, content_type="application/pdf", headers=entetes)
