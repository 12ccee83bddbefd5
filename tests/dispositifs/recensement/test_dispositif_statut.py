"""Suspendre, fermer, rouvrir : un acte, avec sa raison."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from acteurs.models import Acte
from dispositifs.models import Dispositif
from tests import factories as f


def changer(client, dispositif, statut, raison="fin de la subvention"):
    donnees = {"statut": statut, "raison": raison}
    return client.post(f"/dispositifs/{dispositif.pk}/etat/", donnees)


@pytest.mark.parametrize(
    ("statut", "confirme_le", "suivants"),
    [
        ("signale", None, ["suspendu", "ferme"]),
        ("verifie", date(2026, 1, 1), ["suspendu", "ferme"]),
        ("a_confirmer", date(2025, 1, 1), ["suspendu", "ferme"]),
        ("suspendu", date(2025, 1, 1), ["a_confirmer", "ferme"]),
        ("suspendu", None, ["signale", "ferme"]),
        ("ferme", date(2025, 1, 1), ["a_confirmer"]),
        ("ferme", None, ["signale"]),
    ],
)
def test_chaque_etat_mene_a_peu_d_autres_et_rien_ne_publie_un_signalement(
    statut, confirme_le, suivants
):
    assert Dispositif(statut=statut, confirme_le=confirme_le).statuts_suivants == suivants


def test_suspendre_puis_rouvrir_se_lit_au_journal_avec_la_raison(client, personnes, garage):
    client.force_login(personnes["associee"])

    changer(client, garage, "suspendu", "fin de la subvention")
    changer(client, garage, "signale", "nouveau financeur")

    garage.refresh_from_db()
    assert (garage.statut, garage.raison_statut) == ("signale", "nouveau financeur")
    assert [acte.apres for acte in Acte.objects.sur(garage)] == [
        {"statut": "signale", "raison_statut": "nouveau financeur"},
        {"statut": "suspendu", "raison_statut": "fin de la subvention"},
    ]


def test_un_dispositif_ferme_disparait_pour_le_public(client, personnes, association):
    publie = f.make_dispositif(association.acteur)
    client.force_login(personnes["associee"])
    changer(client, publie, "ferme")
    client.logout()

    assert client.get(publie.get_absolute_url()).status_code == 404


def test_la_raison_est_exigee_et_la_saisie_gardee(client, personnes, garage):
    client.force_login(personnes["associee"])

    reponse = changer(client, garage, "suspendu", "  ")

    assert list(reponse.context["form"].errors) == ["raison"]
    assert "checked" in reponse.content.decode()
    assert Dispositif.objects.get(pk=garage.pk).statut == "signale"


@pytest.mark.parametrize("statut", ["verifie", "a_confirmer", "signale", "invente", ""])
def test_on_ne_se_verifie_pas_soi_meme_par_un_envoi_fait_a_la_main(
    client, personnes, garage, statut
):
    client.force_login(personnes["associee"])

    reponse = changer(client, garage, statut)

    assert list(reponse.context["form"].errors) == ["statut"]
    assert Dispositif.objects.get(pk=garage.pk).statut == "signale"


def test_la_regle_tient_aussi_hors_du_formulaire(personnes, garage):
    with pytest.raises(ValidationError):
        garage.changer_statut(personnes["associee"], "verifie", "")


@pytest.mark.parametrize("qui", ["region", "lectrice", "etrangere", "admin"])
def test_on_ne_ferme_pas_le_dispositif_d_un_autre(client, personnes, garage, qui):
    client.force_login(personnes[qui])

    assert changer(client, garage, "ferme").status_code == 403
    assert client.get(f"/dispositifs/{garage.pk}/etat/").status_code == 403
    assert Dispositif.objects.get(pk=garage.pk).statut == "signale"


def test_lire_la_page_ne_change_rien(client, personnes, garage):
    client.force_login(personnes["associee"])

    reponse = client.get(f"/dispositifs/{garage.pk}/etat/", {"statut": "ferme", "raison": "x"})

    assert reponse.status_code == 200
    assert Dispositif.objects.get(pk=garage.pk).statut == "signale"
