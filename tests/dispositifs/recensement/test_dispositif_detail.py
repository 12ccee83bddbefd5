"""La page d'un dispositif : tout ce que l'on en sait, et ce que l'on n'en sait pas."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from dispositifs.models import Dispositif
from pams_portal.droits import Droit
from tests import factories as f


def page_de(client, dispositif):
    """Le HTML de la page, les espaces réduites."""
    return " ".join(client.get(dispositif.get_absolute_url()).content.decode().split())


@pytest.mark.parametrize(
    ("statut", "code"),
    [
        *(("verifie", 200), ("a_confirmer", 200)),
        *(("signale", 404), ("suspendu", 404), ("ferme", 404)),
    ],
)
def test_le_public_ne_lit_que_ce_qui_est_publie(client, db, statut, code):
    dispositif = f.make_dispositif(statut=statut)

    assert client.get(dispositif.get_absolute_url()).status_code == code


def test_un_dispositif_inconnu_est_introuvable(client, db):
    assert client.get("/dispositifs/123456/").status_code == 404


def test_un_signalement_se_lit_des_qu_on_est_connecte(client, personnes, garage):
    client.force_login(personnes["lectrice"])

    page = page_de(client, garage)

    assert 'Signalé</span> </li> <li><span class="fraicheur fraicheur-rouge">' in page
    assert 'icones.svg#danger"></use> </svg> Jamais confirmé' in page
    assert "Relevé d’une source, à vérifier auprès de la structure porteuse : Roues libres." in page


def test_tous_les_champs_sont_lisibles(client, territoire, region):
    dispositif = f.make_dispositif(
        f.make_acteur(nom="Roues libres"),
        tenu_par=region.acteur,
        saisi_par=region.acteur,
        description="Une première ligne.\n\nUn second paragraphe.",
        publics=["seniors", "femmes"],
        motifs=["sante"],
        conditions="Justificatif de domicile",
        zone_eligibilite=["commune-02408", "region-32"],
        commune=territoire["laon"],
        adresse="1 rue du Port",
        horaires="Mo-Fr 09:00-17:00",
        frais="payant",
        frais_precisions="30 € de l’heure",
        mobilisable_par=["usagers"],
        modes_mobilisation=["telephoner"],
        lien_mobilisation="https://example.org/rdv",
        courriel="accueil@example.org",
        telephone="03 22 00 00 00",
        capacite=1200,
        beneficiaires=150,
        delai="deux semaines",
        etp="1.50",
        cout_annuel="12500.50",
        debut_financement=date(2025, 1, 1),
        fin_financement=date(2026, 12, 31),
        confirme_le=timezone.localdate() - timedelta(days=30),
        confirme_par=region.acteur,
        source="Recensement régional",
        lien_source="https://example.org/source",
        date_source=date(2026, 2, 1),
    )
    dispositif.financeurs.add(f.make_acteur(nom="Un financeur"))

    page = page_de(client, dispositif)

    for attendu in (
        *("Garage solidaire", "Roues libres", "<p>Un second paragraphe.</p>", "Femmes, Seniors"),
        *("Santé", "Justificatif de domicile", "Région 32, Laon", "1 rue du Port, Laon"),
        *(
            "du lundi au vendredi de 9 h à 17 h",
            "Payant : 30 € de l’heure",
            "Les usagers",
            "Téléphoner",
        ),
        *("https://example.org/rdv", "mailto:accueil@example.org", "03 22 00 00 00", "1 200"),
        *("150", "deux semaines", "1,50", "12 500,50 €", "1er janvier 2025", "31 décembre 2026"),
        *("Confirmé il y a moins de 6 mois", "Recensement régional, 1er février 2026"),
        *("https://example.org/source", "Un financeur", "Entretenir et réparer son véhicule"),
        f"Saisi par la {region.acteur}, non confirmé par Roues libres.",
        "tant que la structure porteuse ne la reprend pas",
    ):
        assert attendu in page, attendu
    assert "non renseigné" not in page


def test_confirme_par_sa_structure_porteuse_la_fiche_n_a_plus_de_reserve(client, db):
    porteur = f.make_acteur()
    dispositif = f.make_dispositif(porteur, confirme_le=timezone.localdate(), confirme_par=porteur)

    assert dispositif.reserve == ""
    assert "non confirmé" not in page_de(client, dispositif)


def test_aucun_champ_ne_laisse_passer_de_balise(client, redacteur):
    piege = "<script>alert(1)</script>"
    porteur = f.make_acteur(nom=f"Porteur {piege}")
    textes = ("nom", "description", "conditions", "adresse", "horaires", "frais_precisions")
    autres = ("delai", "source", "raison_statut")
    dispositif = f.make_dispositif(porteur, **dict.fromkeys((*textes, *autres), piege))
    client.force_login(redacteur)
    for page in (page_de(client, dispositif), client.get("/dispositifs/").content.decode()):
        assert piege not in page
        assert "&lt;script&gt;" in page


def test_les_boutons_sont_a_qui_tient_ou_porte_la_fiche(client, personnes, garage):
    attendu = {"associee": True, "region": False, "lectrice": False, "admin": False}

    for qui, voit in attendu.items():
        client.force_login(personnes[qui])
        page = page_de(client, garage)
        assert (f"/dispositifs/{garage.pk}/modifier/" in page) is voit
        assert (f"/dispositifs/{garage.pk}/confirmer/" in page) is voit
        assert ("Ce qui gagnerait à être complété" in page) is voit


def test_le_journal_se_lit_en_mots_et_seulement_connecte(client, personnes, garage, territoire):
    associee = personnes["associee"]
    garage.confirmer(associee)
    garage.refresh_from_db()
    garage.agir(
        associee,
        Droit.MODIFIER_DISPOSITIF,
        "modifier",
        zone_eligibilite=["commune-02408"],
        publics=["seniors"],
    )

    assert "Journal de la fiche" not in page_de(client, garage)
    client.force_login(personnes["region"])
    page = page_de(client, garage)

    assert "<strong>Aïcha, association</strong> (Roues libres) a confirmé cette fiche" in page
    vu = re.sub(r'<span class="hors-ecran">[^<]*</span>', "", page)
    assert "<del>France entière</del> <ins>Laon</ins>" in vu
    assert "<del>Demandeurs d’emploi</del> <ins>Seniors</ins>" in vu
    assert "<del>Signalé</del> <ins>Vérifié</ins>" in vu


@pytest.mark.parametrize("nombre", [1, 3])
def test_le_nombre_de_requetes_ne_depend_ni_des_zones_ni_des_actes(
    client, personnes, garage, territoire, django_assert_num_queries, nombre
):
    communes = ["commune-02408", "commune-49328", "commune-60286"]
    for n in range(nombre):
        garage.agir(
            personnes["associee"],
            Droit.MODIFIER_DISPOSITIF,
            "modifier",
            zone_eligibilite=communes[: n + 1],
        )
        garage.financeurs.add(f.make_acteur())
    client.force_login(personnes["associee"])

    with django_assert_num_queries(18):
        client.get(garage.get_absolute_url())


def test_l_etat_affiche_est_celui_que_le_temps_a_fait(db):
    dispositif = Dispositif(statut="verifie", confirme_le=timezone.localdate())
    assert dispositif.statut_affiche == "verifie"

    dispositif.confirme_le -= timedelta(days=183)
    assert dispositif.statut_affiche == "a_confirmer"
    dispositif.statut = "suspendu"
    assert dispositif.statut_affiche == "suspendu"
