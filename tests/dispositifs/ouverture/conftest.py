"""Un inventaire qui remplit chaque champ, et des fiches qui ne doivent jamais sortir."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests import factories as f

JAMAIS = ["signale", "suspendu", "ferme"]


@pytest.fixture
def publie(territoire):
    """Une fiche publiée où rien n'est vide."""
    porteur = f.make_acteur(
        nom="Roues libres",
        sigle="RL",
        nature="association",
        publics=["vulnerabilite-sociale"],
        site="https://roues.example.org/",
        courriel="accueil@roues.example.org",
        telephone="03 22 00 00 00",
    )
    f.make_etablissement(porteur, commune=territoire["laon"], adresse="1 rue du Port")
    f.make_fonction(porteur, "accompagnement", epci=[territoire["epci"]], etat="verifie")
    fiche = f.make_dispositif(
        porteur,
        nom="Garage solidaire de Laon",
        publics=["seniors", "femmes"],
        conditions="Justificatif de domicile",
        motifs=["sante"],
        zone_eligibilite=["epci-200043495", "region-32", "commune-60286"],
        commune=territoire["laon"],
        adresse="1 rue du Port",
        horaires="Mo-Fr 09:00-17:00",
        frais="payant",
        frais_precisions="30 € de l’heure",
        mobilisable_par=["usagers"],
        modes_mobilisation=["telephoner"],
        lien_mobilisation="https://garage.example.org/",
        courriel="accueil@garage.example.org",
        telephone="03 23 00 00 00",
        capacite=100,
        beneficiaires=80,
        delai="Deux semaines",
        etp="1.50",
        cout_annuel="12000.50",
        debut_financement=date(2026, 1, 1),
        fin_financement=date(2026, 12, 31),
        confirme_le=timezone.localdate() - timedelta(days=3),
        confirme_par=porteur,
        source="Enquête",
        lien_source="https://enquete.example.org/",
        date_source=date(2026, 1, 1),
    )
    fiche.financeurs.add(f.make_acteur(nom="Région Démo"))
    return fiche


@pytest.fixture
def jamais_publies(publie):
    """Une fiche par état qui n'est pas public, du même porteur et de la même zone."""
    return [
        f.make_dispositif(publie.porteur, nom=f"SECRET {statut}", statut=statut)
        for statut in JAMAIS
    ]
