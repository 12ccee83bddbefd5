"""Ce qui attend une personne dans l'inventaire : répondre, confirmer, prévoir la suite."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from dispositifs.models import Dispositif, Signalement
from dispositifs.territoires import bassins_pilotes, communes_pilotees
from pams_portal.droits import Role
from pams_portal.typographie import jour

# Au-delà, une ligne renvoie à la page de la structure, qui les montre tous.
LIGNES_AU_PLUS = 5
MOIS_ANNONCES = 6


class Attente(NamedTuple):
    """Un verbe, ce qu'il vise, où le faire."""

    verbe: str
    objet: str
    url: str


def attentes_de(utilisateur):
    """Les attentes de ses structures, en un nombre constant de requêtes."""
    acteurs = [
        place.acteur
        for place in utilisateur.places_sur(None)
        if place.tient_le_role(Role.REDACTEUR)
    ]
    if not acteurs:
        return []
    siens = Dispositif.objects.filter(Q(porteur__in=acteurs) | Q(tenu_par__in=acteurs))
    return [
        *_signalements(acteurs),
        *_a_confirmer(siens, acteurs),
        *_financements(acteurs),
        *_du_bassin(utilisateur, acteurs),
        *_financements_du_bassin(utilisateur, acteurs),
    ]


def _signalements(acteurs):
    recus = Signalement.objects.a_traiter().sur_les_fiches_de(acteurs)
    for signalement in recus.select_related("dispositif")[:LIGNES_AU_PLUS]:
        verbe = "Écrire la correction" if signalement.est_a_appliquer else "Répondre au signalement"
        yield Attente(verbe, str(signalement.dispositif), signalement.get_absolute_url())


def _a_confirmer(siens, acteurs):
    fiches = siens.a_confirmer().order_by("confirme_le", "nom_normalise", "pk")
    montrees = list(fiches[: LIGNES_AU_PLUS + 1])
    for fiche in montrees[:LIGNES_AU_PLUS]:
        objet = f"{fiche} ({fiche.fraicheur_en_mots.lower()})"
        yield Attente("Confirmer", objet, fiche.get_absolute_url())
    if len(montrees) > LIGNES_AU_PLUS:
        url = f"{acteurs[0].get_absolute_url()}#a-faire"
        yield Attente("Confirmer", "les autres fiches de votre structure", url)


def _des_leurs(acteurs):
    """Ce que ces structures portent, tiennent ou financent."""
    finances = Dispositif.financeurs.through.objects.filter(acteur__in=acteurs)
    leurs = Q(porteur__in=acteurs) | Q(tenu_par__in=acteurs)
    return leurs | Q(pk__in=finances.values("dispositif"))


def _financements(acteurs):
    siens = Dispositif.objects.filter(_des_leurs(acteurs))
    fiches = siens.finissant_avant(MOIS_ANNONCES).order_by("fin_financement", "pk")
    for fiche in fiches[:LIGNES_AU_PLUS]:
        objet = f"{fiche} (jusqu’au {jour(fiche.fin_financement)})"
        yield Attente("Prévoir la suite du financement", objet, fiche.get_absolute_url())


def _du_bassin(utilisateur, acteurs):
    """Un co-pilote répond à ce qui touche son bassin ; il ne l'écrit pas."""
    visibles = Signalement.objects.visibles_par(utilisateur).en_attente()
    miens = Q(utilisateur=utilisateur) | Q(dispositif__porteur__in=acteurs)
    nombre = visibles.exclude(miens | Q(dispositif__tenu_par__in=acteurs)).count()
    if nombre:
        suite = "s" if nombre > 1 else ""
        objet = f"{nombre} en attente sur d’autres dispositifs de votre bassin"
        yield Attente(
            f"Lire le{suite} signalement{suite}", objet, reverse("dispositifs:signalement_list")
        )


def _financements_du_bassin(utilisateur, acteurs):
    """Un co-pilote voit aussi s'arrêter ce qu'il ne porte, ne tient ni ne finance."""
    finissant = Dispositif.objects.finissant_avant(MOIS_ANNONCES)
    du_bassin = finissant.touchant(communes_pilotees(utilisateur))
    if du_bassin.exclude(_des_leurs(acteurs)).exists():
        nombre = du_bassin.count()
        suite = "s" if nombre > 1 else ""
        objet = f"{nombre} dispositif{suite} de votre bassin, d’ici {MOIS_ANNONCES} mois"
        filtres = {"financement": MOIS_ANNONCES}
        bassins = bassins_pilotes(utilisateur)
        if len(bassins) == 1:
            filtres["bassin"] = bassins[0].slug
        url = f"{reverse('dispositifs:dispositif_list')}?{urlencode(filtres)}"
        yield Attente("Voir les financements qui finissent", objet, url)
