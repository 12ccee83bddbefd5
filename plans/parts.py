"""Ce que tient chaque partie, et ce qui y est fait : la même lecture pour soi et pour tous."""

from typing import NamedTuple

from django.db import models
from django.db.models import F

from plans.models import Contribution, FicheAction, Financement, Indicateur, Partenariat


class Sorte(models.TextChoices):
    TEXTES = "textes", "Textes"
    FICHES = "fiches", "Fiches-actions"
    MONTANTS = "montants", "Montants"
    ROLES = "roles", "Rôles"
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
        *_indicateurs(parties),
    ]


def _textes(parties):
    textes = Contribution.objects.filter(porteur__in=parties)
    textes = textes.select_related("chapitre__plan", "porteur__acteur")
    for texte in textes.order_by("chapitre__plan", "chapitre__ordre", "ordre", "pk"):
        ecrit = bool(texte.texte)
        etat = "Écrit" if ecrit else "À écrire"
        nature = "texte commun" if texte.commune else "sa part"
        yield Part(
            Sorte.TEXTES,
            texte.porteur_id,
            f"{texte.chapitre} ({nature})",
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
