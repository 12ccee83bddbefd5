"""Le plan ancien de la démonstration : concerté, adopté, suivi ; et ce qu'un autre en reprend."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from acteurs.models import Acte, Utilisateur
from plans import models as plans
from plans.concertation import registres_de
from plans.impression.html import plan_html
from plans.pieces import extension_de

pytestmark = [pytest.mark.lent, pytest.mark.django_db]

ANCIEN = "amienois-2024"


@pytest.fixture
def ancien(demonstration):
    return plans.Plan.objects.get(slug=ANCIEN)


def test_le_plan_ancien_est_public_et_son_annexe_c_est_pleine(ancien, client):
    assert (ancien.etat, ancien.demonstration) == ("adopte", True)
    assert client.get(ancien.get_absolute_url()).status_code == 200
    assert set(ancien.fiches.values_list("etat", flat=True)) == {"adoptee"}
    [registre] = registres_de(ancien)
    assert [avis.sens for avis in registre.confirmes] == ["reserves", "favorable", "sans_avis"]
    assert [avis.sens for avis in registre.saisis] == ["defavorable"]
    assert [consulte.nom for consulte in registre.sans_reponse] == [
        "Mission locale de la vallée (Démonstration)",
        "Conseil de développement du bassin (Démonstration)",
    ]
    assert registre.a_traiter == []
    assert {avis.reponse.decision for avis in registre.avis} == set(plans.ReponseAvis.Decision)
    assert [avis.consulte.nom for avis in registre.avis if avis.est_hors_delai] == [
        "CC du Grand Roye"
    ]
    annexe = plan_html(ancien, le=date(2026, 11, 26)).partition('id="annexe-c"')[2]
    assert "non confirmé par le Comité des partenaires (Démonstration)" in annexe.replace(
        "\xa0", " "
    )


def test_un_organisme_hors_du_plan_est_dit_fictif_et_joint_a_une_adresse_d_exemple(ancien):
    absents = plans.OrganismeConsulte.objects.filter(partie=None)

    assert absents.count() == 2
    for consulte in absents:
        assert consulte.organisme.endswith(" (Démonstration)")
        assert consulte.contact.endswith("@example.org")


def test_la_piece_de_l_avis_saisi_est_un_document_que_le_portail_accepte(
    demonstration, ancien, client, settings
):
    settings.DEMO, settings.MEDIA_ROOT = True, demonstration
    avis = plans.AvisSurPlan.objects.exclude(piece="").get()
    client.force_login(Utilisateur.objects.get(courriel="aom@example.org"))

    contenu = b"".join(client.get(avis.url_de_la_piece).streaming_content)

    assert (extension_de(contenu), avis.piece_poids) == ("pdf", len(contenu))


def test_chaque_ligne_de_la_concertation_et_du_suivi_passe_les_validations(ancien):
    modeles = [
        *(plans.Concertation, plans.OrganismeConsulte, plans.AvisSurPlan, plans.ReponseAvis),
        *(plans.ValeurIndicateur, plans.Levee),
    ]
    for modele in modeles:
        assert modele.objects.exists()
        for objet in modele.objects.all():
            objet.full_clean()


def test_le_plan_ancien_n_est_pas_une_nouveaute(ancien):
    actes = Acte.objects.du_dossier(ancien.identifiant)
    assert {acte.quand.year for acte in actes} == {2023, 2024, 2025, 2026}
    assert not actes.filter(quand__gte=timezone.now() - timedelta(days=90)).exists()
    figees = ancien.versions.figees().order_by("numero").values_list("vers", "figee_le__year")
    assert list(figees) == [("concertation", 2023), ("arrete", 2023)]


def test_des_valeurs_datees_montent_ou_reculent_et_disent_qui_les_a_saisies(ancien):
    def suivi(code):
        mesures = plans.ValeurIndicateur.objects.filter(indicateur__fiche__plan=ancien)
        return [
            (str(m.porteur.acteur), m.date.year, int(m.valeur))
            for m in mesures.filter(indicateur__fiche__code=code)
        ]

    assert suivi("A1.1") == [
        ("Département de la Somme", 2024, 310),
        ("Département de la Somme", 2025, 540),
        ("Roues et relais (Démonstration)", 2026, 655),
    ]
    assert suivi("C1.1") == [
        ("CA Amiens Métropole", 2025, 2100),
        ("CA Amiens Métropole", 2026, 1850),
    ]


def test_l_anjou_reprend_une_fiche_avec_son_attribution_et_rien_qui_engage(
    demonstration, client, settings
):
    settings.DEMO = True
    [copie] = plans.FicheAction.objects.exclude(reprise=None)
    client.force_login(Utilisateur.objects.get(courriel="autre@example.org"))

    page = client.get(copie.get_absolute_url()).content.decode().replace("\xa0", " ")

    assert (copie.plan.slug, copie.code) == ("anjou-est", "D1.2")
    marque = "DÉMONSTRATION, contenu fictif"
    source = f"« Premier PAMS du bassin, 2024-2026, {marque} » (version 2, fiche D1.1 La question"
    assert re.search(f"Repris de <a [^>]*>{re.escape(source)}", page)
    assert (copie.budgets.count(), copie.financements.count()) == (0, 0)
