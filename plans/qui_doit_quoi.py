"""« Qui doit quoi » : ce que le plan attend de chaque partie et de chaque chapitre.

Fait ne veut pas dire d'accord : une partie qui décline a répondu ; sans réponse, elle n'est comptée
ni pour, ni contre.
"""

from collections import defaultdict
from typing import NamedTuple

from plans.models import Concertation, OrganismeConsulte, PartiePrenante, Version, Visa
from plans.parts import Sorte, parts_de

COLONNES = (Sorte.TEXTES, Sorte.FICHES, Sorte.MONTANTS, Sorte.ROLES)
# Montrées quand une concertation les attend de quelqu'un.
DE_LA_CONCERTATION = (Sorte.AVIS, Sorte.REPONSES)
CHAPITRE_DES_FICHES = "fiches"
EN_MOTS = {
    Sorte.TEXTES: ("texte", "textes"),
    Sorte.FICHES: ("fiche", "fiches"),
    Sorte.MONTANTS: ("montant", "montants"),
    Sorte.ROLES: ("rôle", "rôles"),
    Sorte.AVIS: ("avis sur le plan", "avis sur le plan"),
    Sorte.REPONSES: ("réponse à un avis", "réponses à des avis"),
}


class Compte(NamedTuple):
    """Combien sont faits, sur combien demandés ; `cle` est l'ancre de la liste derrière."""

    cle: str
    faits: int
    demandes: int

    @property
    def manquent(self):
        return self.demandes - self.faits


class Ligne(NamedTuple):
    """Une partie : sa réponse, un compte par colonne, ses visas, et le total."""

    partie: object
    comptes: list
    visas: Compte
    relancee_le: object

    @property
    def sans_reponse(self):
        return self.partie.reponse == PartiePrenante.Reponse.SOLLICITEE and not (
            self.partie.est_co_pilote
        )

    @property
    def total(self):
        tous = [*self.comptes, self.visas]
        repond = not self.partie.est_co_pilote
        return Compte(
            "",
            sum(c.faits for c in tous) + (repond and not self.sans_reponse),
            sum(c.demandes for c in tous) + repond,
        )

    def attendu(self):
        """« sa réponse, 2 textes, 1 montant », ou rien."""
        return self._en_mots(self.sans_reponse, self.comptes)

    def a_rappeler(self):
        """Ce qu'elle peut encore en faire : en concertation, rendre un avis, répondre, viser."""
        if self.partie.est_en_redaction:
            return self.attendu()
        return self._en_mots(False, [c for c in self.comptes if c.cle in DE_LA_CONCERTATION])

    def _en_mots(self, sans_reponse, comptes):
        mots = ["sa réponse"] if sans_reponse else []
        for compte in comptes:
            if compte.manquent:
                mots.append(f"{compte.manquent} {EN_MOTS[compte.cle][compte.manquent > 1]}")
        if self.visas.manquent:
            mots.append("son visa")
        return ", ".join(mots)


class Avancee(NamedTuple):
    """Un chapitre : son compte, et les structures dont un texte ou une fiche manque."""

    chapitre: object
    compte: Compte
    manquantes: list


def par_partie(plan, parties, parts, relances):
    """Une ligne par partie, celles à qui il manque le plus d'abord, puis dans l'ordre de la loi."""
    tenues = defaultdict(list)
    for part in parts:
        tenues[part.partie_id].append(part)
    vises, attendus = _visas(plan)
    lignes = [
        Ligne(
            partie,
            [compte_de(sorte, tenues[partie.pk]) for sorte in colonnes_de(parts)],
            Compte(
                "visas",
                len(vises[partie.pk]),
                attendus if partie.est_co_pilote else len(vises[partie.pk]),
            ),
            relances.get(partie.pk),
        )
        for partie in parties
    ]
    return sorted(lignes, key=lambda ligne: -ligne.total.manquent)


def colonnes_de(parts):
    """Les sortes de parts que l'on compte, dans l'ordre."""
    attendues = {part.sorte for part in parts}
    return [*COLONNES, *(sorte for sorte in DE_LA_CONCERTATION if sorte in attendues)]


def hors_du_plan(plan):
    """Les organismes consultés qui n'ont pas de place au plan, et dont l'avis manque."""
    muets = OrganismeConsulte.objects.filter(partie=None, avis=None).with_concertation()
    return muets.filter(concertation__in=Concertation.objects.ouvertes().filter(plan=plan))


def compte_de(sorte, parts):
    siennes = [part for part in parts if part.sorte == sorte]
    return Compte(sorte, sum(part.faite for part in siennes), len(siennes))


def _visas(plan):
    """({partie: ses visas en attente}, combien sont demandés à chaque co-pilote)."""
    vises = defaultdict(list)
    versions = list(Version.objects.en_attente().filter(plan=plan))
    for visa in Visa.objects.vivants().filter(version_visee__in=versions):
        vises[visa.partie_id].append(visa)
    return vises, len(versions)


def par_chapitre(plan, parties, parts):
    """L'avancée de chaque chapitre qui s'écrit ; celui des fiches compte les fiches complètes.

    Les titres et les chapitres que le portail déduit n'attendent rien de personne.
    """
    noms = {partie.pk: str(partie.acteur) for partie in parties}
    avancees = []
    for chapitre in plan.chapitres.all():
        if chapitre.est_redige:
            siennes = [part for part in parts if part.chapitre_id == chapitre.pk]
        elif chapitre.cle == CHAPITRE_DES_FICHES:
            siennes = [part for part in parts if part.sorte == Sorte.FICHES]
        else:
            continue
        manquantes = sorted({noms[part.partie_id] for part in siennes if not part.faite})
        compte = Compte(chapitre.ancre, sum(part.faite for part in siennes), len(siennes))
        avancees.append(Avancee(chapitre, compte, manquantes))
    return avancees


def attendu_de(partie):
    """Ce que le plan attend d'une partie et qu'elle peut faire, en mots ; vide s'il n'y a rien."""
    [ligne] = par_partie(partie.plan, [partie], parts_de([partie.pk]), {})
    return ligne.a_rappeler()
