"""Un organisme absent du portail : saisi avec sa pièce par qui tient la fiche, jamais confirmé."""

import pytest
from django.urls import reverse

from plans.models import Financement
from tests import factories as f

SAISIS = "financements-saisis"


def ecrire(client, ligne, qui, nature="financements", **champs):
    fiche = ligne.fiche
    adresse = [fiche.plan.slug, fiche.code, nature, ligne.pk]
    client.force_login(qui)
    defaut = {"annee": 2027, "montant": 500, "statut": "annonce", "reference": "", "version": 1}
    return client.post(reverse("plans:ligne_update", args=adresse), defaut | champs)


def test_l_engagement_d_un_absent_cite_sa_piece_aussi_quand_on_le_modifie(
    client, region, personnes
):
    ligne = f.make_financement(f.make_fiche(region))

    refus = ecrire(client, ligne, personnes["region"], statut="delibere")

    assert "Citez la pièce" in refus.content.decode()
    ligne.refresh_from_db()
    assert ligne.statut == "sollicite"
    ecrire(client, ligne, personnes["region"], statut="delibere", reference="Convention FSE 12")
    ligne.refresh_from_db()
    assert (ligne.statut, ligne.est_confirme) == ("delibere", False)
    page = client.get(ligne.fiche.get_absolute_url()).content.decode()
    assert "saisi par la Région Hauts-de-France, non confirmé par le Fonds européen" in page


@pytest.mark.parametrize(
    ("qui", "nom"),
    [
        ("region", "la Région Hauts-de-France"),
        ("redactrice", "la Région Hauts-de-France"),
        ("departement", "le Département de la Somme"),
    ],
)
def test_le_porteur_ou_un_co_pilote_saisit_ce_que_l_absent_a_repondu(
    client, region, departement, personnes, qui, nom
):
    ligne = f.make_financement(f.make_fiche(region))
    saisie = {"statut": "delibere", "reference": "Convention FSE 12"}

    assert ecrire(client, ligne, personnes[qui], SAISIS, **saisie).status_code == 302

    ligne.refresh_from_db()
    assert (ligne.montant, ligne.statut, ligne.est_confirme) == (500, "delibere", False)
    page = client.get(ligne.fiche.get_absolute_url()).content.decode()
    assert f"saisi par {nom}, non confirmé par le Fonds européen" in page


def test_un_co_pilote_cite_la_piece_lui_aussi(client, region, departement, personnes):
    ligne = f.make_financement(f.make_fiche(region))

    refus = ecrire(client, ligne, personnes["departement"], SAISIS)

    assert "Citez la pièce" in refus.content.decode()
    assert Financement.objects.get().statut == "sollicite"


@pytest.mark.parametrize("qui", ["aom", "associee", "invitee", "lectrice"])
def test_nul_autre_ne_saisit_pour_l_absent(client, region, personnes, qui):
    ligne = f.make_financement(f.make_fiche(region))

    assert ecrire(client, ligne, personnes[qui], SAISIS, reference="x").status_code == 403


def test_un_co_pilote_n_ecrit_pas_le_financement_d_une_partie(
    client, region, aom, departement, personnes
):
    ligne = f.make_financement(f.make_fiche(region), aom, saisi_par=region, montant=None)

    for qui in ("region", "departement"):
        assert ecrire(client, ligne, personnes[qui], SAISIS, reference="x").status_code == 403
    assert Financement.objects.get().montant is None


@pytest.mark.parametrize("qui", ["departement", "aom", "lectrice", "redactrice"])
def test_nul_autre_que_le_porteur_de_la_fiche_n_ecrit_pour_l_absent(client, region, personnes, qui):
    ligne = f.make_financement(f.make_fiche(region))

    assert ecrire(client, ligne, personnes[qui], reference="x").status_code == 403


def test_la_fiche_change_de_main_la_saisie_suit(client, region, departement, personnes):
    ligne = f.make_financement(f.make_fiche(region))
    type(ligne.fiche).objects.update(porteur=departement)

    ecrire(client, ligne, personnes["departement"], reference="Courrier du 3 mars 2026")

    assert Financement.objects.get().saisi_par == departement


def test_le_montant_ecrit_par_le_financeur_est_dit_de_sa_main(client, region, aom, personnes):
    """Sollicité par la Région, chiffré par l’agglomération : la ligne est à sa seule main."""
    ligne = f.make_financement(f.make_fiche(region), aom, saisi_par=region, montant=None)

    ecrire(client, ligne, personnes["aom"])

    assert Financement.objects.get().saisi_par == aom
    assert ecrire(client, ligne, personnes["region"], version=2).status_code == 403
