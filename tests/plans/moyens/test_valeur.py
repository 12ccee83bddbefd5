"""Les valeurs datées d'un indicateur : qui les saisit, quand, et ce qu'elles disent de la cible."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte, Notification
from pams_portal.droits import Droit
from pams_portal.typographie import espacer
from plans.impression.html import plan_html
from plans.models import Indicateur, Plan, ValeurIndicateur
from plans.versions import contenu_canonique
from tests import factories as f


@pytest.fixture
def indicateur(region, aom):
    """Un indicateur de la Région, que l'agglomération relève aussi."""
    fiche = f.make_fiche(region)
    f.make_chapitre(fiche.plan, "fiches")  # là où le document imprime les fiches
    return f.make_indicateur(
        fiche, libelle="Trajets", suivi_par=aom, depart=100, cible=300, date_depart=date(2024, 1, 1)
    )


def saisir(client, indicateur, qui, **champs):
    fiche = indicateur.fiche
    url = reverse("plans:valeur_create", args=[fiche.plan.slug, fiche.code, indicateur.pk])
    client.force_login(qui)
    return client.post(url, {"date": "2026-06-30", "valeur": "150"} | champs)


def corriger(client, mesure, qui, **champs):
    fiche = mesure.indicateur.fiche
    url = reverse("plans:ligne_update", args=[fiche.plan.slug, fiche.code, "valeurs", mesure.pk])
    client.force_login(qui)
    return client.post(url, {"date": "2026-06-30", "valeur": "7", "version": "1"} | champs)


@pytest.mark.parametrize("qui", ["redactrice", "aom"])
def test_le_responsable_et_la_partie_designee_saisissent_chacun_la_leur(
    client, indicateur, personnes, qui
):
    response = saisir(client, indicateur, personnes[qui], valeur="1 250,5", source="Comptage")

    valeur = indicateur.mesures.get()
    assert response.url == f"{indicateur.fiche.get_absolute_url()}#indicateurs"
    assert (valeur.date, valeur.valeur, valeur.source) == (
        *(date(2026, 6, 30), Decimal("1250.5"), "Comptage"),
    )
    attendue = "Amiens Métropole" if qui == "aom" else "Région Hauts-de-France"
    assert valeur.porteur.acteur.nom == attendue
    acte = Acte.objects.sur(valeur).get()
    assert (acte.verbe, acte.nom_acteur) == ("creer", attendue)


@pytest.mark.parametrize("qui", ["departement", "spe", "invitee", "lectrice"])
def test_les_autres_parties_ne_saisissent_rien(client, indicateur, personnes, qui):
    assert saisir(client, indicateur, personnes[qui]).status_code == 403
    assert not ValeurIndicateur.objects.exists()


def test_nul_ne_corrige_la_valeur_d_une_autre_partie(client, indicateur, region, personnes):
    sienne = f.make_valeur(indicateur, porteur=region)

    assert corriger(client, sienne, personnes["aom"]).status_code == 403
    with pytest.raises(PermissionDenied):
        sienne.agir(personnes["aom"], Droit.SAISIR_VALEUR, "modifier", valeur=1)
    with pytest.raises(PermissionDenied):
        sienne.supprimer(personnes["aom"], Droit.SAISIR_VALEUR)
    sienne.refresh_from_db()
    assert sienne.valeur == 120


def test_un_porteur_glisse_dans_le_formulaire_est_ignore(client, indicateur, region, personnes):
    saisir(client, indicateur, personnes["aom"], porteur=region.pk)
    assert indicateur.mesures.get().porteur.acteur.nom == "Amiens Métropole"


def test_qui_n_est_plus_designe_garde_ses_valeurs_et_n_en_saisit_plus(
    client, indicateur, aom, personnes
):
    sienne = f.make_valeur(indicateur, porteur=aom)
    Indicateur.objects.update(suivi_par=None)

    assert saisir(client, indicateur, personnes["aom"], date="2026-01-01").status_code == 403
    assert corriger(client, sienne, personnes["aom"]).status_code == 302
    sienne.refresh_from_db()
    assert sienne.valeur == 7


@pytest.mark.parametrize(
    ("champs", "champ", "erreur"),
    [
        ({"date": "demain"}, "date", "date valide"),
        ({"date": ""}, "date", "obligatoire"),
        ({"date": "1999-12-31"}, "date", "avant 2000"),
        ({"valeur": "beaucoup"}, "valeur", "nombre"),
        ({"valeur": ""}, "valeur", "obligatoire"),
        ({"valeur": "1" * 13}, "valeur", "chiffres"),
        ({"valeur": "1,234"}, "valeur", "virgule"),
    ],
)
def test_une_mauvaise_saisie_est_refusee_a_cote_du_champ(
    client, indicateur, personnes, champs, champ, erreur
):
    response = saisir(client, indicateur, personnes["region"], commentaire="Gardé.", **champs)

    assert erreur in str(response.context["form"].errors[champ])
    assert "Gardé." in response.content.decode()
    assert not ValeurIndicateur.objects.exists()


def test_une_mesure_n_est_pas_a_venir_et_n_a_qu_une_valeur_par_date(
    client, indicateur, aom, personnes
):
    demain = timezone.localdate() + timedelta(days=1)
    refus = saisir(client, indicateur, personnes["region"], date=demain.isoformat())
    assert "à venir" in str(refus.context["form"].errors["date"])

    f.make_valeur(indicateur, porteur=aom)
    refus = saisir(client, indicateur, personnes["region"])
    assert "saisie par Amiens Métropole" in str(refus.context["form"].errors["date"])
    assert indicateur.mesures.count() == 1


@pytest.mark.parametrize(
    ("etat", "code"),
    [
        ("redaction", 302),
        *(("concertation", 403), ("arrete", 403), ("deliberations", 403)),
        *(("adopte", 302), ("mise_en_oeuvre", 302), ("clos", 403)),
    ],
)
def test_les_valeurs_se_saisissent_en_redaction_et_en_mise_en_oeuvre(
    client, indicateur, personnes, etat, code
):
    Plan.objects.update(etat=etat)
    visee = contenu_canonique(Plan.objects.get(slug="grand-amienois"))

    assert saisir(client, indicateur, personnes["aom"]).status_code == code
    assert contenu_canonique(Plan.objects.get(slug="grand-amienois")) == visee
    if code == 302:
        assert "Dernière valeur" in plan_html(
            Plan.objects.get(slug="grand-amienois"), date(2026, 11, 25)
        )


def test_le_plan_adopte_l_indicateur_lui_ne_bouge_plus(client, indicateur, personnes):
    Plan.objects.update(etat="adopte")
    fiche = indicateur.fiche
    adresse = [fiche.plan.slug, fiche.code, "indicateurs", indicateur.pk]
    client.force_login(personnes["region"])
    response = client.post(reverse("plans:ligne_update", args=adresse), {"libelle": "Autre"})
    assert response.status_code == 403


@pytest.mark.parametrize(
    ("depart", "cible", "valeur", "attendu"),
    [
        *((100, 300, 150, 25), (300, 100, 250, 25), (100, 300, 300, 100)),
        *((100, 300, 320, 110), (100, 300, 50, -25)),
        *((None, 300, 150, None), (100, None, 150, None), (100, 100, 150, None)),
    ],
)
def test_la_progression_est_le_chemin_fait_du_depart_a_la_cible(
    indicateur, depart, cible, valeur, attendu
):
    Indicateur.objects.update(depart=depart, cible=cible)
    indicateur.refresh_from_db()
    assert indicateur.progression is None
    f.make_valeur(indicateur, date=date(2026, 6, 30), valeur=valeur)
    f.make_valeur(indicateur, date=date(2025, 6, 30), valeur=9999)  # plus ancienne
    assert Indicateur.objects.get().progression == attendu


def test_la_derniere_valeur_et_sa_progression_sont_sur_la_fiche_et_dans_le_document(
    client, indicateur, personnes
):
    f.make_valeur(indicateur, valeur=150, commentaire="Ouverture tardive")
    Plan.objects.update(etat="adopte")

    page = client.get(indicateur.fiche.get_absolute_url()).content.decode()

    assert espacer("Dernière valeur : <strong>150</strong>, au 30 juin 2026 · 25&nbsp;%") in page
    assert "Ouverture tardive" in page
    assert "Ajouter une valeur" not in page
    assert "Actes" not in page
    imprime = plan_html(Plan.objects.get(slug="grand-amienois"), date(2026, 11, 25))
    assert espacer("Dernière valeur : 150") in imprime
    assert "25&nbsp;% du chemin vers la cible" in imprime


def test_designer_se_dit_a_la_partie_et_jamais_a_une_invitee(
    client, indicateur, aom, spe, invitee, personnes
):
    fiche = indicateur.fiche
    adresse = [fiche.plan.slug, fiche.code, "indicateurs", indicateur.pk]
    url = reverse("plans:ligne_update", args=adresse)
    champs = {"libelle": "Trajets", "unite": "trajets", "frequence": "annuelle", "version": 1}
    client.force_login(personnes["region"])

    refus = client.post(url, champs | {"suivi_par": invitee.pk})
    assert "suivi_par" in refus.context["form"].errors
    assert client.post(url, champs | {"suivi_par": spe.pk}).status_code == 302

    indicateur.refresh_from_db()
    assert indicateur.suivi_par == spe
    [notification] = Notification.objects.filter(destinataire=personnes["spe"])
    assert "vous confie le relevé" in notification.phrase


def test_le_journal_de_la_valeur_se_lit_et_un_etat_se_retablit(client, indicateur, personnes):
    saisir(client, indicateur, personnes["aom"])
    valeur = indicateur.mesures.get()
    corriger(client, valeur, personnes["aom"], valeur="170")
    plan = indicateur.fiche.plan

    page = client.get(reverse("plans:part_journal", args=[plan.slug, "valeurs", valeur.pk]))
    assert page.status_code == 200
    url = reverse("plans:part_retablir", args=[plan.slug, "valeurs", valeur.pk, 1])
    champs = {"date": "2026-06-30", "valeur": "150", "version": 2}
    assert client.post(url, champs).status_code == 302
    valeur.refresh_from_db()
    assert (valeur.valeur, valeur.version) == (150, 3)


def test_supprimer_est_consigne(client, indicateur, aom, personnes):
    sienne = f.make_valeur(indicateur, porteur=aom)
    fiche = indicateur.fiche
    adresse = [fiche.plan.slug, fiche.code, "valeurs", sienne.pk]
    client.force_login(personnes["aom"])
    client.post(reverse("plans:ligne_delete", args=adresse))
    assert not ValeurIndicateur.objects.exists()
    assert Acte.objects.get(verbe="supprimer").avant["valeur"] == "120"


@pytest.mark.parametrize("nombre", [1, 3])
def test_nombre_de_requetes_constant(
    client, indicateur, aom, personnes, nombre, django_assert_num_queries
):
    for n in range(nombre):
        f.make_valeur(indicateur, porteur=aom, date=date(2020 + n, 1, 1))
        autre = f.make_indicateur(indicateur.fiche, suivi_par=aom)
        f.make_valeur(autre, porteur=aom)
    client.force_login(personnes["aom"])
    with django_assert_num_queries(32):
        client.get(indicateur.fiche.get_absolute_url())


def test_ce_qui_se_mesure_n_est_pas_dans_ce_qui_se_vise(indicateur):
    f.make_valeur(indicateur, valeur="4321.75")
    donnees = json.loads(contenu_canonique(indicateur.fiche.plan))
    [fiche] = donnees["plan"]["fiches"]
    assert not {"mesures", "suivi_par"} & set(fiche["indicateurs"][0])
    assert "4321.7" not in json.dumps(donnees)
