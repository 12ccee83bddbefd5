"""Les clés de territoire `echelle-code`, où `departement-32` ne se confond pas avec `region-32`."""

from collections import defaultdict

from django.db import models

from bassins.models import Commune, Departement, Epci, Region


class Echelle(models.TextChoices):
    COMMUNE = "commune", "Commune"
    EPCI = "epci", "EPCI"
    DEPARTEMENT = "departement", "Département"
    REGION = "region", "Région"
    FRANCE = "france", "France entière"


MODELES = {
    Echelle.COMMUNE: Commune,
    Echelle.EPCI: Epci,
    Echelle.DEPARTEMENT: Departement,
    Echelle.REGION: Region,
}


def codes_par_echelle(cles):
    """{échelle: {codes}} pour une liste de clés."""
    codes = defaultdict(set)
    for cle in cles:
        echelle, _, code = cle.partition("-")
        codes[Echelle(echelle)].add(code)
    return codes


def noms_des_territoires(cles):
    """{clé: nom} pour une liste de clés ; une requête par échelle présente."""
    noms = {Echelle.FRANCE.value: Echelle.FRANCE.label}
    for echelle, codes in codes_par_echelle(cles).items():
        if echelle != Echelle.FRANCE:
            trouves = MODELES[echelle].objects.filter(pk__in=codes).values_list("pk", "nom")
            noms |= {f"{echelle}-{code}": nom for code, nom in trouves}
    return noms


def cles_du_perimetre(perimetre):
    """Toutes les clés qui recouvrent tout ou partie d'un périmètre, de la commune à la France."""
    communes = perimetre.communes_couvertes().values_list("pk", flat=True)
    return [
        Echelle.FRANCE.value,
        *(f"region-{region.pk}" for region in perimetre.regions()),
        *(f"departement-{departement.pk}" for departement in perimetre.departements()),
        *(f"epci-{epci.pk}" for epci in perimetre.epci.all()),
        *(f"commune-{code}" for code in communes),
    ]
