"""L'API publique, version 1 : lire les bassins, les acteurs et les dispositifs publiés."""

from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acteur
from bassins.models import Bassin
from dispositifs.models import Dispositif
from dispositifs.ouverture import representation
from dispositifs.ouverture.filtres import FiltresActeurs, FiltresBassins, FiltresDispositifs
from dispositifs.ouverture.openapi import VERSION, description
from dispositifs.ouverture.reponses import (
    LICENCE,
    LICENCE_ADRESSE,
    calculee,
    en_json,
    en_page,
    introuvable,
)
from dispositifs.territoires import noms_des_territoires


def adresse(nom):
    return representation.absolue(reverse(nom))


@calculee
def racine(request):
    """Ce que l'on trouve ici, sous quelle licence, à quelle date."""
    return en_json(
        {
            "version": VERSION,
            "etat_au": timezone.localdate().isoformat(),
            "licence": LICENCE,
            "licence_adresse": LICENCE_ADRESSE,
            "documentation": adresse("donnees_ouvertes"),
            "openapi": adresse("api:openapi"),
            "bassins": adresse("api:bassin_list"),
            "acteurs": adresse("api:acteur_list"),
            "dispositifs": adresse("api:dispositif_list"),
        }
    )


@calculee
def openapi(request):
    return en_json(description())


# --- Bassins -----------------------------------------------------------------------------------


@calculee
def bassin_list(request):
    filtres = FiltresBassins(request.GET)
    if refus := filtres.refus():
        return refus
    bassins = filtres.filtrer(Bassin.objects.with_perimetre())
    return en_page(request, filtres.cleaned_data, bassins, _bassins)


def _bassins(bassins):
    return [representation.bassin(bassin) for bassin in bassins]


@calculee
def bassin_detail(request, slug):
    bassin = Bassin.objects.with_perimetre().filter(slug=slug).first()
    if bassin is None:
        return introuvable("Aucun bassin n’a cet identifiant.")
    return en_json(representation.bassin(bassin))


# --- Acteurs -----------------------------------------------------------------------------------


def acteurs_lus():
    return Acteur.objects.with_fonctions().prefetch_related("etablissements__commune")


@calculee
def acteur_list(request):
    filtres = FiltresActeurs(request.GET)
    if refus := filtres.refus():
        return refus
    acteurs = filtres.filtrer(acteurs_lus())
    return en_page(request, filtres.cleaned_data, acteurs, _acteurs)


def _acteurs(acteurs):
    return [representation.acteur(acteur) for acteur in acteurs]


@calculee
def acteur_detail(request, identifiant):
    acteur = acteurs_lus().filter(identifiant=identifiant).first()
    if acteur is None:
        return introuvable("Aucun acteur n’a cet identifiant.")
    return en_json(representation.acteur(acteur))


# --- Dispositifs -------------------------------------------------------------------------------


def dispositifs_publies():
    """Ceux que le public voit, pour tous : une session ouverte n'ouvre rien de plus ici."""
    publies = Dispositif.objects.publies().with_acteurs()
    return publies.prefetch_related("financeurs").order_by("nom_normalise", "pk")


@calculee
def dispositif_list(request):
    filtres = FiltresDispositifs(request.GET)
    if refus := filtres.refus():
        return refus
    dispositifs = filtres.filtrer(dispositifs_publies())
    return en_page(request, filtres.cleaned_data, dispositifs, _dispositifs)


def _dispositifs(dispositifs):
    fiches = list(dispositifs)
    noms = noms_des_territoires({cle for fiche in fiches for cle in fiche.zone_eligibilite})
    return [representation.dispositif(fiche, noms) for fiche in fiches]


@calculee
def dispositif_detail(request, identifiant):
    trouves = _dispositifs(dispositifs_publies().filter(identifiant=identifiant))
    if not trouves:
        return introuvable("Aucun dispositif publié n’a cet identifiant.")
    return en_json(trouves[0])


# --- Le reste ----------------------------------------------------------------------------------


@calculee
def inconnue(request, adresse):
    """Un identifiant mal écrit, une adresse qui n'existe pas : la même forme d'erreur."""
    return introuvable("Rien n’a cette adresse ; la racine de l’API dit ce que l’on trouve ici.")
