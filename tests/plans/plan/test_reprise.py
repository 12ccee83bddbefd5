"""Partir d'un autre plan, ou en copier une fiche : ce qui suit, ce qui ne suit jamais, d'où."""

import json
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from acteurs.models import Acte, Fonction
from pams_portal.droits import Role
from plans.impression.html import plan_html
from plans.models import Plan, Reprise
from plans.reprise import Repris, copier_la_fiche
from plans.versions import contenu_canonique
from tests import factories as f

TOUT = list(Repris)
N = Fonction.Nature


@pytest.fixture
def bassin_neuf(db):
    """Un bassin sans plan, dont la Région et le Département sont co-pilotes de droit."""
    somme = f.make_departement("80")
    epci = f.make_epci(somme)
    bassin = f.make_bassin(epci, nom="Trois Forêts", slug="trois-forets")
    acteurs = {nom: f.make_acteur(nom=nom) for nom in ("Région", "Somme")}
    f.make_fonction(acteurs["Région"], N.REGION, regions=[somme.region])
    f.make_fonction(acteurs["Somme"], N.DEPARTEMENT, departements=[somme])
    return bassin, acteurs


@pytest.fixture
def source(bassin):
    """Un plan adopté, avec un texte commun, une part, un axe, une fiche garnie, une secrète."""
    plan = f.make_plan(bassin, titre="PAMS Source", slug="source", etat="adopte", revision=41)
    region, financeur = f.make_partie(plan), f.make_partie(plan)
    f.make_contribution(region, commune=True, texte="Un guichet par canton.")
    f.make_contribution(region, "enjeux", texte="Part de la Région seule.")
    fiche = f.make_fiche(
        region,
        objectif=f.make_objectif(plan, "B", 2),
        intitule="Garage mobile",
        description="Un camion-atelier.",
        debut=date(2027, 1, 1),
        fin=date(2029, 1, 1),
        referent_technique="Service mobilités",
        elu_referent="Vice-présidence",
        articulation="Contrat opérationnel de mobilité du bassin.",
        commentaire_annuel="Bien parti.",
    )
    f.make_etape(fiche, libelle="Acheter le camion", echeance=date(2027, 6, 1), faite=True)
    f.make_budget(fiche, investissement=12000)
    f.make_financement(fiche, financeur, statut="confirme")
    f.make_partenariat(fiche, financeur, reponse="confirme")
    f.make_indicateur(fiche, depart=10, cible=300)
    fiche.dispositifs.add(f.make_dispositif())
    f.make_fiche(region, objectif=fiche.objectif, intitule="Secrète", confidentielle=True)
    f.make_version(plan, numero=3)
    return plan


@pytest.fixture
def publique(source):
    return source.fiches.get(intitule="Garage mobile")


def effacer(plan):
    """La source disparaît : le portail ne le permet pas, une purge en base le ferait."""
    plan.fiches.all().delete()
    for chapitre in plan.chapitres.all():
        chapitre.contributions.all().delete()
    plan.delete()


def ouvrir(bassin_neuf, source, quoi=TOUT, **champs):
    bassin, acteurs = bassin_neuf
    rita = f.make_utilisateur(acteurs["Région"], nom="Rita")
    return Plan.ouvrir(rita, bassin, source=source, quoi=quoi, **champs), rita


# --- Ouvrir ----------------------------------------------------------------------------------


def test_les_textes_communs_sont_repris_au_nom_du_co_pilote_qui_ouvre(bassin_neuf, source):
    plan, _ = ouvrir(bassin_neuf, source, [Repris.TEXTES])

    texte = plan.chapitres.get(cle="accompagnement").contributions.get()
    assert (texte.texte, texte.commune) == ("Un guichet par canton.", True)
    assert texte.porteur.acteur.nom == "Région"
    assert plan.chapitres.get(cle="enjeux").contributions.get().texte == ""
    assert [axe.lettre for axe in plan.axes.all()] == ["A", "B", "C", "D"]
    assert plan.fiches.count() == 0


def test_les_axes_repris_remplacent_ceux_que_le_portail_propose(bassin_neuf, source):
    plan, _ = ouvrir(bassin_neuf, source, [Repris.AXES])

    assert [str(axe) for axe in plan.axes.all()] == ["Axe B – Axe B"]
    assert [o.code for axe in plan.axes.all() for o in axe.objectifs.all()] == ["B2"]
    assert plan.chapitres.get(cle="accompagnement").contributions.get().texte == ""


def test_une_fiche_est_reprise_sans_rien_qui_engage(bassin_neuf, source, publique):
    plan, _ = ouvrir(bassin_neuf, source)

    fiche = plan.fiches.get()
    assert (fiche.code, fiche.intitule, fiche.etat) == ("B2.1", "Garage mobile", "brouillon")
    assert fiche.porteur.acteur.nom == "Région"
    assert (fiche.description, fiche.publics) == (publique.description, publique.publics)
    [etape] = fiche.etapes.all()
    assert (etape.libelle, etape.echeance, etape.faite) == ("Acheter le camion", None, False)
    for engagements in ("budgets", "financements", "partenariats", "indicateurs", "dispositifs"):
        assert not getattr(fiche, engagements).exists(), engagements
    assert (fiche.debut, fiche.fin) == (None, None)
    vides = ("referent_technique", "elu_referent", "articulation", "commentaire_annuel")
    assert [getattr(fiche, nom) for nom in vides] == [""] * 4


def test_une_fiche_confidentielle_n_est_jamais_reprise_meme_par_qui_la_lit(bassin_neuf, source):
    source.etat = "redaction"
    source.save()
    acteur = bassin_neuf[1]["Région"]
    f.make_partie(source, acteur)

    plan, _ = ouvrir(bassin_neuf, source)

    assert [fiche.intitule for fiche in plan.fiches.all()] == ["Garage mobile"]
    assert Reprise.objects.get(fiche__plan=plan).version_du_plan is None


def test_un_plan_qu_on_ne_lit_pas_ne_se_reprend_pas(bassin_neuf, source, client):
    source.etat = "redaction"
    source.save()
    with pytest.raises(PermissionDenied):
        ouvrir(bassin_neuf, source)
    assert Plan.objects.count() == 1

    bassin, acteurs = bassin_neuf
    client.force_login(f.make_utilisateur(acteurs["Somme"]))
    page = client.get(reverse("plans:plan_create")).content.decode()
    assert "PAMS Source" not in page
    champs = {"bassin": bassin.pk, "source": source.pk, "quoi": TOUT}
    assert client.post(reverse("plans:plan_create"), champs).status_code == 200
    assert Plan.objects.count() == 1


@pytest.mark.parametrize(
    ("champs", "erreur"),
    [
        ({"source": "oui"}, "Cochez ce que vous reprenez"),
        ({"quoi": ["textes"]}, "Choisissez le plan"),
        ({"source": "oui", "quoi": ["fiches"]}, "cochez aussi les axes"),
    ],
)
def test_un_choix_incomplet_se_dit_a_cote_du_champ(client, bassin_neuf, source, champs, erreur):
    bassin, acteurs = bassin_neuf
    client.force_login(f.make_utilisateur(acteurs["Somme"]))
    champs = {"bassin": bassin.pk} | champs | ({"source": source.pk} if "source" in champs else {})

    response = client.post(reverse("plans:plan_create"), champs)

    assert erreur in response.content.decode()
    assert not Plan.objects.filter(bassin=bassin).exists()


def test_la_page_ouvre_un_plan_repris(client, bassin_neuf, source):
    bassin, acteurs = bassin_neuf
    client.force_login(f.make_utilisateur(acteurs["Somme"]))

    champs = {"bassin": bassin.pk, "source": source.pk, "quoi": TOUT}
    response = client.post(reverse("plans:plan_create"), champs)

    page = client.get(response.url).content.decode()
    assert "Un guichet par canton." in page
    assert page.count("Repris de") == 3  # le texte, l'axe, l'objectif ; la fiche a sa page
    assert "« PAMS Source » (version 3, objectif B2)" in page


def test_chaque_piece_reprise_est_au_journal_avec_sa_source(bassin_neuf, source):
    plan, _ = ouvrir(bassin_neuf, source)

    actes = Acte.objects.du_dossier(plan.identifiant).filter(verbe="creer")
    assert {acte.cible_type for acte in actes} == {
        *("plans.contribution", "plans.axe", "plans.objectif", "plans.ficheaction", "plans.etape")
    }
    assert all(acte.origine.startswith("Repris de « PAMS Source »") for acte in actes)
    fiche = plan.fiches.get()
    assert fiche.valeurs_a_la_version(1) == fiche.valeurs()


def test_les_requetes_d_une_page_ne_dependent_pas_de_ce_qui_est_repris(
    client, bassin_neuf, source, publique, django_assert_num_queries
):
    plan, rita = ouvrir(bassin_neuf, source)
    client.force_login(rita)
    client.get(plan.get_absolute_url())
    with django_assert_num_queries(42):
        client.get(plan.get_absolute_url())
    premiere = plan.fiches.get()
    for n in range(3):
        copie = f.make_fiche(premiere.porteur, objectif=premiere.objectif, intitule=f"F{n}")
        f.make_etape(copie)
        depuis = Reprise.objects.get(fiche=premiere)
        depuis.pk, depuis.fiche = None, copie
        depuis.save()
    with django_assert_num_queries(42):
        client.get(plan.get_absolute_url())


# --- L'attribution ---------------------------------------------------------------------------


def test_le_lien_vers_la_source_n_est_qu_a_qui_peut_la_lire(client, bassin_neuf, source, publique):
    plan, rita = ouvrir(bassin_neuf, source)
    client.force_login(rita)
    adresse = plan.fiches.get().get_absolute_url()
    lien = f'href="{publique.get_absolute_url()}"'
    assert lien in client.get(adresse).content.decode()

    page = client.get(plan.get_absolute_url()).content.decode()
    assert f'href="/plans/{source.slug}/#chapitre-orientations"' in page
    assert f'href="/plans/{source.slug}/#chapitre-accompagnement"' in page

    Plan.objects.filter(pk=source.pk).update(etat="redaction")

    page = client.get(adresse).content.decode()
    assert "Repris de « PAMS Source » (version 3, fiche B2.1 Garage mobile)" in page
    assert lien not in page
    assert f"/plans/{source.slug}/" not in client.get(plan.get_absolute_url()).content.decode()


def test_l_attribution_survit_a_sa_source_et_s_imprime(bassin_neuf, source):
    plan, _ = ouvrir(bassin_neuf, source)
    effacer(source)

    page = plan_html(Plan.objects.get(pk=plan.pk), date(2026, 11, 25))

    for piece in ("chapitre 4 Conseil et accompagnement", "axe B", "objectif B2"):
        assert f"« PAMS Source » (version 3, {piece})" in page, piece
    assert "« PAMS Source » (version 3, fiche B2.1 Garage mobile)" in page


def test_ce_qui_s_imprime_est_vise_l_attribution_est_dans_le_contenu(bassin_neuf, source):
    plan, _ = ouvrir(bassin_neuf, source)

    fiche = json.loads(contenu_canonique(plan))["plan"]["fiches"][0]

    assert fiche["repris_de"]["piece"] == "fiche B2.1 Garage mobile"
    avant = contenu_canonique(plan)
    effacer(source)
    assert contenu_canonique(plan) == avant


def test_ce_qui_est_fictif_le_reste(bassin_neuf, source):
    Plan.objects.filter(pk=source.pk).update(demonstration=True)
    plan, _ = ouvrir(bassin_neuf, Plan.objects.get(pk=source.pk))

    assert "DÉMONSTRATION, contenu fictif" in str(Reprise.objects.get(fiche__plan=plan))


# --- Copier une fiche ------------------------------------------------------------------------


def copier(client, fiche, qui, objectif):
    client.force_login(qui)
    adresse = reverse("plans:fiche_action_copier", args=[fiche.plan.slug, fiche.code])
    return client.post(adresse, {"objectif": objectif.pk})


def test_une_fiche_adoptee_se_copie_dans_son_plan(client, plan, aom, personnes, publique):
    objectif = f.make_objectif(plan, "A", 1)

    response = copier(client, publique, personnes["aom"], objectif)

    copie = plan.fiches.get()
    assert response.url == copie.get_absolute_url()
    assert (copie.code, copie.porteur, copie.intitule) == ("A1.1", aom, "Garage mobile")
    assert copie.reprise.source_fiche == publique
    assert copie.reprise.source_piece == publique.identifiant
    assert not copie.financements.exists()
    acte = Acte.objects.sur(copie).get()
    assert (acte.nom_acteur, acte.verbe) == ("Amiens Métropole", "creer")
    assert acte.origine == str(copie.reprise)
    plan.refresh_from_db()
    assert plan.revision == 2


def test_le_bouton_n_est_qu_a_qui_peut_copier(client, plan, personnes, publique):
    f.make_objectif(plan)
    adresse = publique.get_absolute_url()
    for qui, voit in (("aom", True), ("lectrice", False), ("invitee", False)):
        client.force_login(personnes[qui])
        assert ("Copier dans un de mes plans" in client.get(adresse).content.decode()) == voit, qui
    client.logout()
    assert "Copier" not in client.get(adresse).content.decode()


def test_reprise_par_ne_se_montre_qu_a_qui_voit_l_autre_plan(client, plan, personnes, publique):
    copier(client, publique, personnes["aom"], f.make_objectif(plan))
    adresse = publique.get_absolute_url()
    assert "Reprise par" in client.get(adresse).content.decode()
    for qui in ("etrangere", "sans_acteur"):
        client.force_login(personnes[qui])
        assert "Reprise par" not in client.get(adresse).content.decode(), qui
    client.logout()
    page = client.get(adresse).content.decode()
    assert "Reprise par" not in page
    assert plan.titre not in page


def test_envoyee_deux_fois_la_copie_n_est_faite_qu_une(client, plan, personnes, publique):
    objectif = f.make_objectif(plan)
    copier(client, publique, personnes["aom"], objectif)

    response = copier(client, publique, personnes["region"], objectif)

    assert "déjà reprise dans ce plan" in response.content.decode()
    assert plan.fiches.count() == 1


def test_un_objectif_d_un_plan_ou_l_on_n_ecrit_pas_se_refuse(
    client, plan, autre_plan, personnes, publique
):
    objectif = f.make_objectif(autre_plan)

    assert copier(client, publique, personnes["aom"], objectif).status_code == 200
    assert autre_plan.fiches.count() == 0


@pytest.mark.parametrize("etat", ["concertation", "arrete", "adopte"])
def test_rien_ne_se_copie_dans_un_plan_fige(client, plan, aom, personnes, publique, etat):
    objectif = f.make_objectif(plan)
    Plan.objects.filter(pk=plan.pk).update(etat=etat)

    assert copier(client, publique, personnes["aom"], objectif).status_code == 403
    with pytest.raises(PermissionDenied):
        copier_la_fiche(publique, objectif, aom, personnes["aom"])
    assert plan.fiches.count() == 0


def test_nul_ne_copie_au_nom_d_une_autre_partie(plan, region, aom, personnes, publique):
    objectif = f.make_objectif(plan)
    with pytest.raises(PermissionDenied):
        copier_la_fiche(publique, objectif, region, personnes["aom"])
    lecteur = f.make_utilisateur(aom.acteur, Role.LECTEUR)
    with pytest.raises(PermissionDenied):
        copier_la_fiche(publique, objectif, aom, lecteur)
    assert plan.fiches.count() == 0
