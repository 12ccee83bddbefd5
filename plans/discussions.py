"""Ce qui se dit d'un plan, à côté de ce dont on parle : un nombre, un lien, un verbe."""

from collections import Counter
from typing import NamedTuple

from django.urls import reverse

from plans.models import Observation


class Discussion(NamedTuple):
    """Les observations en cours sur une pièce du plan, et où les lire et en ouvrir une."""

    nombre: int
    lire: str
    ouvrir: str


def poser_les_discussions(plan, utilisateur, chapitres=(), fiches=()):
    """Donne à ces pièces leur `discussion`, en une requête ; rien à qui n'a pas de place."""
    if not utilisateur.is_authenticated or not utilisateur.places_par_plan.get(plan.pk):
        return
    en_cours = Observation.objects.filter(plan=plan).non_resolues().order_by()
    par_chapitre, par_contribution, par_fiche = Counter(), Counter(), Counter()
    for chapitre, contribution, fiche in en_cours.values_list("chapitre", "contribution", "fiche"):
        par_chapitre[chapitre] += 1
        par_contribution[contribution] += 1
        par_fiche[fiche] += 1
    lire = reverse("plans:observation_list", args=[plan.slug])

    def discussion(nombre, filtre, nature, cible):
        ouvrir = reverse("plans:observation_create", args=[plan.slug, nature, cible])
        return Discussion(nombre, f"{lire}?{filtre}", ouvrir)

    for chapitre in chapitres:
        filtre = f"chapitre={chapitre.pk}"
        nombre = par_chapitre[chapitre.pk]
        chapitre.discussion = discussion(nombre, filtre, "chapitre", chapitre.cle)
        for part in chapitre.contributions.all():
            nombre = par_contribution[part.pk]
            part.discussion = discussion(nombre, filtre, "contribution", part.pk)
    for fiche in fiches:
        nombre, filtre = par_fiche[fiche.pk], f"fiche={fiche.pk}"
        fiche.discussion = discussion(nombre, filtre, "fiche", fiche.code)
