"""Ce que tient chaque partie, et ce qui y est fait : la même lecture pour soi et pour tous."""

from collections import defaultdict
from typing import NamedTuple

from django.db import models
from django.db.models import F

from pams_portal.elision import de
from plans.models import (
    AvisSurPlan,
    Concertation,
    Contribution,
    FicheAction,
    Financement,
    Indicateur,
    OrganismeConsulte,
    Partenariat,
    PartiePrenante,
)
from plans.models.concertation import ETATS_OUVERTS


class Sorte(models.TextChoices):
    TEXTES = "textes", "Textes"
    FICHES = "fiches", "Fiches-actions"
    MONTANTS = "montants", "Montants"
    ROLES = "roles", "Rôles"
    AVIS = "avis", "Avis sur le plan"
    REPONSES = "reponses", "Réponses aux avis"
    INDICATEURS = "indicateurs", "Indicateurs"


class Part(NamedTuple):
    """Une part, son état en mots, et si ce qu'on en attend est fait."""

    sorte: Sorte
    partie_id: int
    objet: str
    url: str
    etat: str
    faite: bool
    plan: object
    chapitre_id: int | None = None

    @property
    def ton(self):
        return "succes" if self.faite else "attente"


def parts_de(parties):
    """Les parts de ces parties (des clés), plan par plan ; nombre constant de requêtes."""
    return [
        *_textes(parties),
        *_fiches(parties),
        *_montants(parties),
        *_roles(parties),
        *_avis(parties),
        *_reponses(parties),
        *_indicateurs(parties),
    ]


def _textes(parties):
    textes = Contribution.objects.filter(porteur__in=parties)
    textes = textes.select_related("chapitre__plan", "porteur__acteur")
    for texte in textes.order_by("chapitre__plan", "chapitre__ordre", "ordre", "pk"):
        ecrit = bool(texte.texte)
        etat = "Écrit" if ecrit else "À écrire"
        yield Part(
            Sorte.TEXTES,
            texte.porteur_id,
            f"{texte.chapitre} ({texte.nature_de_part})",
            texte.get_absolute_url(),
            etat,
            ecrit,
            texte.plan,
            texte.chapitre_id,
        )


def _fiches(parties):
    fiches = FicheAction.objects.filter(porteur__in=parties)
    for fiche in fiches.with_lignes().select_related("plan"):
        manques = fiche.manques()
        etat = f"À compléter : {', '.join(manques)}" if manques else fiche.get_etat_display()
        url = fiche.get_absolute_url()
        yield Part(Sorte.FICHES, fiche.porteur_id, str(fiche), url, etat, not manques, fiche.plan)


def _montants(parties):
    montants = Financement.objects.filter(financeur__in=parties).select_related("fiche__plan")
    for ligne in montants.order_by("fiche", F("annee").asc(nulls_first=True), "pk"):
        chiffre = not ligne.attend_une_reponse
        annee = f" ({ligne.annee})" if ligne.annee else ""
        yield Part(
            Sorte.MONTANTS,
            ligne.financeur_id,
            f"{ligne.fiche}{annee}",
            f"{ligne.get_absolute_url()}#financements",
            ligne.get_statut_display(),
            chiffre,
            ligne.plan,
        )


def _roles(parties):
    roles = Partenariat.objects.filter(partie__in=parties).select_related("fiche__plan")
    for ligne in roles.order_by("fiche", "pk"):
        repondu = ligne.reponse != Partenariat.Reponse.SOLLICITE
        yield Part(
            Sorte.ROLES,
            ligne.partie_id,
            f"{ligne.get_role_display()} : {ligne.fiche}",
            f"{ligne.get_absolute_url()}#partenaires",
            ligne.get_reponse_display(),
            repondu,
            ligne.plan,
        )


def _avis(parties):
    """Ce que les parties consultées ont à rendre ; saisi pour elles, leur avis reste attendu."""
    consultes = OrganismeConsulte.objects.filter(partie__in=parties).with_concertation()
    for consulte in consultes.filter(concertation__in=Concertation.objects.ouvertes()):
        avis = consulte.rendu
        yield Part(
            Sorte.AVIS,
            consulte.partie_id,
            str(consulte.concertation),
            consulte.get_absolute_url(),
            consulte.etat_de_l_avis,
            bool(avis and avis.est_confirme),
            consulte.plan,
        )


def _reponses(parties):
    """Répondre à un avis est à tous les co-pilotes : chacun le tient, un seul suffit à le faire."""
    pilotes = defaultdict(list)
    tenues = PartiePrenante.objects.co_pilotes().filter(pk__in=parties)
    for plan, partie in tenues.order_by("pk").values_list("plan", "pk"):
        pilotes[plan].append(partie)
    recus = AvisSurPlan.objects.filter(
        consulte__concertation__plan__in=list(pilotes),
        consulte__concertation__plan__etat__in=ETATS_OUVERTS,
    )
    for avis in recus.select_related(
        "consulte__concertation__plan", "consulte__partie__acteur", "reponse"
    ):
        for pilote in pilotes[avis.plan_id]:
            yield Part(
                Sorte.REPONSES,
                pilote,
                f"Avis {de(avis.consulte.nom)}",
                avis.get_absolute_url(),
                avis.etat_de_la_reponse,
                not avis.est_a_traiter,
                avis.plan,
            )


def _indicateurs(parties):
    indicateurs = Indicateur.objects.filter(porteur__in=parties).select_related("fiche__plan")
    for ligne in indicateurs.order_by("fiche", "pk"):
        chiffre = ligne.depart is not None and ligne.cible is not None
        yield Part(
            Sorte.INDICATEURS,
            ligne.porteur_id,
            str(ligne),
            f"{ligne.get_absolute_url()}#indicateurs",
            "Départ et cible chiffrés" if chiffre else "À chiffrer",
            chiffre,
            ligne.plan,
        )


def par_sorte(parts):
    """[(sorte, ses parts)], sans les sortes vides."""
    rangees = [(sorte, [part for part in parts if part.sorte == sorte]) for sorte in Sorte]
    return [(sorte, lot) for sorte, lot in rangees if lot]
