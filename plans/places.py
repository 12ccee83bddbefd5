"""La place que chaque fonction donne de droit dans un plan."""

from django.db.models import Q

from acteurs.models import Fonction
from bassins.models import Region
from pams_portal.droits import Qualite

# La place que chaque fonction donne de droit : les trois verbes de L.1215-3, puis les invités.
QUALITE_PAR_FONCTION = {
    Fonction.Nature.REGION: Qualite.CO_PILOTE,
    Fonction.Nature.DEPARTEMENT: Qualite.CO_PILOTE,
    Fonction.Nature.IDFM: Qualite.CO_PILOTE,
    Fonction.Nature.AOM: Qualite.COORDONNEE,
    Fonction.Nature.AO_LYON: Qualite.COORDONNEE,
    Fonction.Nature.SYNDICAT_SRU: Qualite.COORDONNEE,
    Fonction.Nature.SPE: Qualite.COORDONNEE,
    Fonction.Nature.ACCOMPAGNEMENT: Qualite.ASSOCIEE,
    Fonction.Nature.APPUI: Qualite.INVITEE,
}


def place_proposee(fonction):
    """(qualité, précision) que donne une fonction ; une AOM à vérifier n'est encore qu'invitée.

    Un doute est écrit comme un doute : les co-pilotes changent la qualité une fois la chose sue.
    """
    qualite = QUALITE_PAR_FONCTION[fonction.nature]
    if fonction.est_une_aom_a_verifier:
        return Qualite.INVITEE, f"{fonction}, statut à vérifier"
    return qualite, str(fonction)


def fonctions_sur(bassin):
    """Les fonctions exercées sur un bassin ; sur l'Île-de-France entière si `bassin` est None."""
    if bassin is None:
        touche = Q(regions=Region.ILE_DE_FRANCE) | Q(departements__region=Region.ILE_DE_FRANCE)
    else:
        perimetre = bassin.perimetre
        if perimetre is None:
            return Fonction.objects.none()
        touche = (
            Q(regions__in=perimetre.regions())
            | Q(departements__in=perimetre.departements())
            | Q(epci__in=perimetre.epci.all())
        )
    fonctions = Fonction.objects.filter(pk__in=Fonction.objects.filter(touche).values("pk"))
    return fonctions.select_related("acteur").order_by("nature", "acteur__nom_normalise")
