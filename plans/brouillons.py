"""La page où une part s'écrit : où se garde ce qui se tape, et ce qui était commencé."""

from typing import NamedTuple
from uuid import UUID

from django.urls import reverse

from pams_portal.requete import uuid_lu
from plans.models import (
    AvisSurPlan,
    Axe,
    Contribution,
    FicheAction,
    Objectif,
    PointDeSeance,
    ReponseAvis,
    SuiteADonner,
)
from plans.models.comite import PieceDeSeance


class Ecriture(NamedTuple):
    """Ce que le formulaire d'une part porte en plus de ses champs."""

    page: str  # celle où la part s'écrit
    garder: str  # l'adresse où s'envoie le brouillon
    presence: str  # celle où l'on dit qu'on est là
    presences: str  # celle où se lit qui d'autre y est
    cible: UUID
    brouillon: UUID
    repris: object = None
    a_reprendre: tuple = ()


def ecriture_de(request, form, sorte):
    """L'écriture d'une part par cette personne ; `?brouillon=…` reprend un de ses brouillons.

    Un brouillon qui ne dit rien d'autre que ce qui est enregistré n'est pas proposé.
    """
    part = form.instance
    repris, a_reprendre = None, ()
    if not form.is_bound:
        brouillons = list(part.brouillons_de(request.user))
        voulu = uuid_lu(request.GET.get("brouillon", ""))
        repris = next((b for b in brouillons if b.identifiant == voulu), None)
        a_reprendre = [b for b in brouillons if b is not repris and form.apporte(b.champs)]
        if repris:
            form.reprendre(repris.champs, repris.version, repris.identifiant)
    adresse = [part.plan.slug, sorte, numero_de(part)]
    return Ecriture(
        page=page_de(part, sorte),
        garder=reverse("plans:part_brouillon", args=adresse),
        presence=reverse("plans:part_presence", args=adresse),
        presences=reverse("plans:presence_list", args=adresse[:1]),
        cible=piece_montree(part).identifiant,
        brouillon=form.brouillon,
        repris=repris,
        a_reprendre=a_reprendre,
    )


def numero_de(part):
    """Ce qui trouve la part : elle-même, ou ce à quoi elle répond si elle peut n'exister pas."""
    match part:
        case AvisSurPlan():
            return part.consulte_id
        case ReponseAvis():
            return part.avis_id
        case PointDeSeance() | SuiteADonner() if part._state.adding:
            return part.sous.pk
    return part.pk


def page_de(part, sorte):
    """La page où s'écrit cette part."""
    slug = part.plan.slug
    match part:
        case Contribution():
            return reverse("plans:contribution_update", args=[slug, part.pk])
        case FicheAction():
            return reverse("plans:fiche_action_update", args=[slug, part.code])
        case Axe():
            return reverse("plans:axe_update", args=[slug, part.pk])
        case Objectif():
            return reverse("plans:objectif_update", args=[slug, part.pk])
        case PointDeSeance() if part._state.adding:
            return reverse("plans:point_create", args=[slug, part.seance_id])
        case PointDeSeance():
            return part.get_absolute_url()
        case SuiteADonner():
            adresse = [slug, part.point.seance_id, part.point_id]
            return reverse("plans:suite_create", args=adresse)
        case AvisSurPlan():
            nom = "avis_sur_plan_saisir" if sorte == "avis-saisis" else "avis_sur_plan_update"
            return reverse(f"plans:{nom}", args=[slug, part.consulte_id])
        case ReponseAvis():
            return reverse("plans:reponse_update", args=[slug, part.avis_id])
    return reverse("plans:ligne_update", args=[slug, part.fiche.code, sorte, part.pk])


def piece_montree(part):
    """La pièce du plan à côté de laquelle se dit une présence : pour une ligne, sa fiche ; pour ce
    qui est neuf en séance, ce qui le portera."""
    if isinstance(part, PieceDeSeance) and part._state.adding:
        return part.sous
    return getattr(part, "fiche", part)
