"""La liste des observations d'un plan : filtrée, exportée, à coût constant."""

import csv
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.urls import reverse

from tests import factories as f

MARQUE = "DÉMONSTRATION, contenu fictif"


def lire_csv(reponse):
    return list(csv.reader(StringIO(reponse.content.decode("utf-8-sig")), delimiter=";"))


def lire_xlsx(reponse):
    feuille = openpyxl.load_workbook(BytesIO(reponse.content)).active
    return [list(ligne) for ligne in feuille.iter_rows()]


@pytest.fixture
def adresse(plan):
    return lambda nom="observation_list", **filtres: reverse(
        f"plans:{nom}", args=[plan.slug], query=filtres
    )


@pytest.fixture
def observations(plan, region, departement, aom, personnes, contribution):
    """Trois observations, une par cible et par état."""
    chapitre = f.make_observation(
        departement, contribution=contribution, chapitre=contribution.chapitre, texte="Du chapitre"
    )
    fiche = f.make_observation(aom, fiche=f.make_fiche(region), texte="De la fiche")
    resolue = f.make_observation(
        departement, chapitre=f.make_chapitre(plan, "gouvernance"), texte="Réglée", etat="resolue"
    )
    fiche.messages.get().personnes.add(personnes["region"])
    resolue.messages.get().parties.add(region)
    return {"chapitre": chapitre, "fiche": fiche, "resolue": resolue}


def lues(page):
    return {t for t in ("Du chapitre", "De la fiche", "Réglée") if t in page.text}


def test_chaque_filtre_garde_ce_qu_il_dit(adresse, observations, departement, au_nom_de):
    client = au_nom_de("region")
    attendus = [
        ({}, {"Du chapitre", "De la fiche", "Réglée"}),
        ({"etat": "ouverte"}, {"Du chapitre", "De la fiche"}),
        ({"etat": "resolue"}, {"Réglée"}),
        ({"chapitre": observations["chapitre"].chapitre_id}, {"Du chapitre"}),
        ({"fiche": observations["fiche"].fiche_id}, {"De la fiche"}),
        ({"porteur": departement.pk}, {"Du chapitre", "Réglée"}),
        ({"me_mentionne": "on"}, {"De la fiche", "Réglée"}),  # elle, puis son organisme
        ({"me_mentionne": "on", "etat": "resolue"}, {"Réglée"}),
    ]
    obtenus = [(filtre, lues(client.get(adresse(**filtre)))) for filtre, _ in attendus]
    assert obtenus == attendus


def test_un_filtre_d_un_autre_plan_est_signale(adresse, observations, etrangere, au_nom_de):
    page = au_nom_de("region").get(adresse(porteur=etrangere.pk))
    assert page.status_code == 200
    assert "Corrigez le filtre signalé" in page.text
    assert lues(page) == set()
    export = au_nom_de("region").get(adresse("observation_csv", porteur=etrangere.pk))
    assert export.url == adresse(porteur=etrangere.pk)


def test_une_observation_d_un_autre_plan_n_y_est_pas(adresse, etrangere, au_nom_de):
    f.make_observation(etrangere, texte="Du chapitre")
    assert lues(au_nom_de("region").get(adresse())) == set()


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_liste_coute_le_meme_nombre_de_requetes(
    adresse, departement, contribution, au_nom_de, nombre, django_assert_num_queries
):
    for _ in range(nombre):
        cible = {"contribution": contribution, "chapitre": contribution.chapitre}
        f.make_observation(departement, **cible, passage="six mois")
    client = au_nom_de("region")
    with django_assert_num_queries(12):
        client.get(adresse())


@pytest.mark.parametrize("nombre", [1, 3])
def test_le_fil_coute_le_meme_nombre_de_requetes(
    departement, region, contribution, personnes, au_nom_de, nombre, django_assert_num_queries
):
    observation = f.make_observation(departement, contribution=contribution)
    for _ in range(nombre):
        message = f.make_message(observation, region, personnes["region"])
        message.personnes.add(personnes["departement"])
        message.parties.add(departement)
    client = au_nom_de("region")
    with django_assert_num_queries(16):
        client.get(observation.get_absolute_url())


@pytest.mark.parametrize("nombre", [1, 3])
@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_l_export_coute_le_meme_nombre_de_requetes(
    adresse, departement, contribution, au_nom_de, nombre, format_, django_assert_num_queries
):
    for _ in range(nombre):
        f.make_observation(departement, contribution=contribution)
    client = au_nom_de("region")
    with django_assert_num_queries(10):
        client.get(adresse(f"observation_{format_}"))


# --- L'export ----------------------------------------------------------------------------------


def test_l_export_suit_le_filtre_et_dit_chaque_message(
    adresse, observations, region, personnes, au_nom_de
):
    f.make_message(observations["fiche"], region, personnes["region"], texte="Réponse")
    entete, *lignes = lire_csv(au_nom_de("region").get(adresse("observation_csv", etat="ouverte")))

    assert entete[:4] == ["N°", "État", "Sur", "Passage"]
    textes = [ligne[entete.index("Message")] for ligne in lignes]
    assert textes == ["Du chapitre", "De la fiche", "Réponse"]
    mentions = [ligne[entete.index("Mentionne")] for ligne in lignes]
    assert mentions == ["", "Rita, Région", ""]


@pytest.mark.parametrize(
    "formule",
    ['=HYPERLINK("http://x")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1", " =1", "\r=1"],
)
def test_aucune_formule_ne_s_execute(adresse, departement, contribution, au_nom_de, formule):
    departement.acteur.nom = formule
    departement.acteur.save()
    f.make_observation(departement, contribution=contribution, texte=formule)
    client = au_nom_de("region")
    cellules = [c for ligne in lire_csv(client.get(adresse("observation_csv"))) for c in ligne]
    classeur = lire_xlsx(client.get(adresse("observation_xlsx")))

    assert not [c for c in cellules if c.strip()[:1] in ("=", "+", "-", "@")]
    assert "f" not in {cellule.data_type for ligne in classeur for cellule in ligne}
    assert not [c for ligne in classeur for c in ligne if str(c.value).strip()[:1] == "="]


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_un_contenu_fictif_le_dit_a_chaque_ligne(plan, adresse, observations, au_nom_de, format_):
    plan.demonstration = True
    plan.save()
    reponse = au_nom_de("region").get(adresse(f"observation_{format_}"))
    lignes = lire_csv(reponse) if format_ == "csv" else lire_xlsx(reponse)

    assert len(lignes) == 4
    for ligne in lignes[1:]:
        assert getattr(ligne[0], "value", ligne[0]) == MARQUE
    assert f"observations-{plan.slug}.{format_}" in reponse["Content-Disposition"]


# --- À côté de ce qu'on lit --------------------------------------------------------------------


def test_le_plan_dit_combien_d_observations_sont_en_cours(plan, observations, adresse, au_nom_de):
    page = au_nom_de("aom").get(plan.get_absolute_url()).text
    assert page.count("1 observation en cours") == 1
    assert adresse(chapitre=observations["chapitre"].chapitre_id) in page
    fiche = au_nom_de("aom").get(observations["fiche"].fiche.get_absolute_url()).text
    assert "1 observation en cours" in fiche
    assert "Observer<" in fiche


def test_qui_lit_voit_le_nombre_et_pas_le_bouton(plan, observations, au_nom_de):
    page = au_nom_de("lectrice").get(plan.get_absolute_url()).text
    assert "1 observation en cours" in page
    assert "data-observer" not in page


def test_le_public_d_un_plan_adopte_n_en_sait_rien(plan, observations, client):
    plan.etat = plan.Etat.ADOPTE
    plan.save()
    page = client.get(plan.get_absolute_url()).text
    assert "observation" not in page.lower()
