"""La séance : qui y siège, son relevé validé puis rouvert, le plan figé qu'elle laisse intact."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte, Notification
from pams_portal.typographie import espacer
from plans.etapes import Etat
from plans.models import Plan, PointDeSeance, Representation, SeanceDeComite, SuiteADonner
from tests import factories as f
from tests.plans.versions.conftest import empreinte_de


def url(nom, seance, *suite):
    return reverse(f"plans:{nom}", args=[seance.plan.slug, seance.pk, *suite])


def relue(seance):
    return SeanceDeComite.objects.get(pk=seance.pk)


# --- La feuille de présence ----------------------------------------------------------------------


def ligne(partie, etat="", noms="", version=""):
    champs = {"etat": etat, "representants": noms, "version": version}
    return {f"{partie.pk}-{nom}": valeur for nom, valeur in champs.items()}


def test_chaque_partie_a_sa_ligne_et_seules_les_remplies_se_gardent(
    client, seance, region, departement, aom, personnes
):
    client.force_login(personnes["region"])
    noms = [form.nom for form in client.get(url("seance_presences", seance)).context["forms"]]
    assert noms == [str(partie) for partie in seance.plan.parties.all()]

    saisie = ligne(region, "presente", "Mme Claire Martin, vice-présidente\nM. Ali Diop, directeur")
    saisie |= ligne(aom, "excusee", "M. Jean Petit") | ligne(departement)
    reponse = client.post(url("seance_presences", seance), saisie)

    assert reponse.url == f"{seance.get_absolute_url()}#presences"
    dites = {r.partie: (r.etat, r.representants) for r in seance.representations.all()}
    assert set(dites) == {region, aom}
    assert dites[aom] == ("excusee", "M. Jean Petit")
    page = client.get(seance.get_absolute_url()).content.decode()
    assert "M. Ali Diop, directeur" in page
    assert Acte.objects.filter(cible_type="plans.representation").count() == 2


def test_deux_secretaires_remplissent_deux_lignes_sans_se_recouvrir(
    client, seance, region, aom, personnes
):
    client.force_login(personnes["region"])
    client.post(url("seance_presences", seance), ligne(region, "presente", "Mme Martin"))
    client.force_login(personnes["departement"])
    # Sa page datait d'avant : la ligne de la Région y est vide, et reste à la Région.
    saisie = ligne(region) | ligne(aom, "presente", "M. Petit")
    reponse = client.post(url("seance_presences", seance), saisie)

    assert reponse.status_code == 302
    dites = dict(seance.representations.values_list("partie", "representants"))
    assert dites == {region.pk: "Mme Martin", aom.pk: "M. Petit"}


def test_la_meme_ligne_remplie_autrement_se_departage_et_l_autre_est_gardee(
    client, seance, region, aom, personnes
):
    dite = Representation.objects.create(
        seance=seance, partie=region, etat="presente", representants="Mme Martin"
    )
    client.force_login(personnes["departement"])
    dite.agir(personnes["region"], "tenir_seance", "modifier", representants="Mme Roux")

    saisie = ligne(region, "presente", "M. Noir", "1") | ligne(aom, "absente")
    page = client.post(url("seance_presences", seance), saisie)

    assert page.status_code == 200
    assert "Mme Roux" in page.content.decode()
    assert "M. Noir" in page.content.decode()
    assert seance.representations.get(partie=region).representants == "Mme Roux"
    assert seance.representations.get(partie=aom).etat == "absente"


def test_une_partie_retiree_garde_son_nom_au_releve(client, seance, spe, personnes):
    Representation.objects.create(seance=seance, partie=spe, etat="presente")
    spe.delete()
    client.force_login(personnes["region"])

    assert "France Travail (partie coordonnée)" in (
        client.get(seance.get_absolute_url()).content.decode()
    )
    assert client.get(url("seance_presences", seance)).status_code == 200


# --- Valider, rouvrir ----------------------------------------------------------------------------


def test_valider_fige_la_seance_et_previent_les_parties(client, seance, aom, personnes):
    point = f.make_point(seance, issue="adopte")
    suite = f.make_suite(point, aom)
    client.force_login(personnes["region"])

    client.post(url("seance_valider", seance))

    validee = relue(seance)
    assert validee.est_validee
    assert validee.validee_par == "Rita, Région, Région Hauts-de-France"
    assert Notification.objects.filter(destinataire=personnes["aom"]).exists()
    for nom, arguments in (
        ("seance_update", []),
        ("seance_delete", []),
        ("seance_presences", []),
        ("seance_inscrire", []),
        ("point_create", []),
        ("point_decider", [point.pk]),
        ("point_update", [point.pk]),
        ("point_deplacer", [point.pk]),
        ("point_delete", [point.pk]),
        ("suite_create", [point.pk]),
    ):
        refus = client.post(url(nom, seance, *arguments), {"titre": "Pris", "issue": "refuse"})
        assert refus.status_code == 403, nom
    for nom in ("suite_update", "suite_delete"):
        adresse = reverse(f"plans:{nom}", args=[seance.plan.slug, suite.pk])
        assert client.post(adresse, {"quoi": "Pris"}).status_code == 403
    assert PointDeSeance.objects.get().issue == "adopte"
    # La suite, elle, se fait après.
    client.post(reverse("plans:suite_marquer", args=[seance.plan.slug, suite.pk]))
    assert SuiteADonner.objects.get().est_faite


def test_une_page_ouverte_avant_la_validation_rend_la_saisie(client, seance, personnes):
    point = f.make_point(seance, issue="adopte")
    saisie = SeanceDeComite.objects.get(pk=seance.pk)
    libre = PointDeSeance(seance=saisie, titre="Tard venu")
    seance.valider(personnes["region"])

    assert not saisie.est_validee  # ce que la page croyait encore
    with pytest.raises(PermissionDenied):
        point.agir(personnes["departement"], "tenir_seance", "modifier", issue="refuse")
    libre.verrouiller_dossier()
    assert not libre.est_a_tenir


def test_un_releve_incomplet_ne_se_valide_pas(client, seance, personnes):
    client.force_login(personnes["region"])
    page = client.post(url("seance_valider", seance), follow=True).content.decode()
    assert "L’ordre du jour est vide" in page

    f.make_point(seance, issue="adopte")
    f.make_point(seance)
    page = client.post(url("seance_valider", seance), follow=True).content.decode()

    assert espacer("Il manque une issue aux points : 2.") in page
    assert not relue(seance).est_validee


def test_l_autre_co_pilote_rouvre_et_le_journal_garde_qui_avait_valide(client, seance, personnes):
    f.make_point(seance, issue="adopte")
    seance.valider(personnes["region"])
    client.force_login(personnes["departement"])

    client.post(url("seance_rouvrir", seance))

    assert (relue(seance).est_validee, relue(seance).validee_par) == (False, "")
    acte = Acte.objects.latest("pk")
    assert acte.verbe == "rouvrir"
    assert acte.avant["validee_par"].startswith("Rita")
    assert (
        "n’est pas validé"
        in client.post(url("seance_rouvrir", seance), follow=True).content.decode()
    )


# --- Supprimer ------------------------------------------------------------------------------------


def test_une_seance_qui_n_a_rien_decide_se_supprime(client, seance, personnes):
    f.make_point(seance)
    client.force_login(personnes["region"])

    client.post(url("seance_delete", seance))

    assert not SeanceDeComite.objects.exists()
    assert Acte.objects.latest("pk").verbe == "supprimer"


@pytest.mark.parametrize("quoi", ["issue", "decision", "suite"])
def test_une_seance_entamee_ne_se_supprime_plus(client, seance, aom, personnes, quoi):
    point = f.make_point(seance, **({} if quoi == "suite" else {quoi: "adopte"}))
    if quoi == "suite":
        f.make_suite(point, aom)
    client.force_login(personnes["region"])
    assert (
        url("seance_delete", seance) not in client.get(seance.get_absolute_url()).content.decode()
    )

    page = client.post(url("seance_delete", seance), follow=True).content.decode()

    assert "elle ne se supprime plus" in page
    assert SeanceDeComite.objects.exists()


# --- Le plan figé --------------------------------------------------------------------------------


@pytest.mark.parametrize("etat", [Etat.CONCERTATION, Etat.ARRETE, Etat.ADOPTE])
def test_un_plan_fige_tient_encore_ses_comites_sans_que_son_contenu_bouge(
    client, plan, aom, personnes, etat
):
    f.make_contribution(aom, texte="Écrit.")
    Plan.objects.filter(pk=plan.pk).update(etat=etat)
    avant, revision = empreinte_de(plan), Plan.objects.get(pk=plan.pk).revision
    client.force_login(personnes["region"])

    champs = {"comite": "copil", "jour": "2027-01-12"}
    client.post(reverse("plans:seance_create", args=[plan.slug]), champs)
    seance = SeanceDeComite.objects.get()
    client.post(url("point_create", seance), {"titre": "Le suivi"})
    point = seance.points.get()
    client.post(url("point_decider", seance, point.pk), {"issue": "adopte", "version": "1"})
    client.post(url("suite_create", seance, point.pk), {"porteur": aom.pk, "quoi": "Écrire"})
    client.post(url("seance_valider", seance))

    assert relue(seance).est_validee
    assert SuiteADonner.objects.get().porteur == aom
    assert empreinte_de(plan) == avant
    assert Plan.objects.get(pk=plan.pk).revision == revision


def test_un_plan_clos_n_a_plus_de_comite(client, plan, seance, personnes):
    Plan.objects.filter(pk=plan.pk).update(etat=Etat.CLOS)
    client.force_login(personnes["region"])

    assert client.get(reverse("plans:seance_create", args=[plan.slug])).status_code == 403
    assert client.post(url("seance_valider", seance)).status_code == 403
    assert client.get(seance.get_absolute_url()).status_code == 200


def test_une_seance_n_est_jamais_publique(client, plan, seance, personnes):
    Plan.objects.filter(pk=plan.pk).update(etat=Etat.ADOPTE, cree_le=timezone.now())
    client.force_login(personnes["etrangere"])

    for nom in ("seance_detail", "seance_projeter", "seance_pdf", "seance_docx"):
        assert client.get(url(nom, seance)).status_code == 404


def test_le_menu_du_plan_mene_aux_comites(client, plan, seance, personnes):
    client.force_login(personnes["aom"])
    page = client.get(plan.get_absolute_url()).content.decode()

    assert f'href="{reverse("plans:seance_list", args=[plan.slug])}"' in page


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_liste_se_lit_en_un_nombre_constant_de_requetes(
    client, plan, aom, personnes, nombre, django_assert_num_queries
):
    for _ in range(nombre):
        f.make_suite(f.make_point(f.make_seance(plan)), aom)
    client.force_login(personnes["region"])

    with django_assert_num_queries(7):
        client.get(reverse("plans:seance_list", args=[plan.slug]))
