"""La page « Où en est le plan » : les étapes, ce qui manque et où, les visas."""

import json
from hashlib import sha256

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pams_portal.typographie import espacer
from plans.etapes import Etat
from plans.models import Contribution, Plan, Version, Visa
from tests import factories as f
from tests.plans.versions.conftest import empreinte_de, relu


@pytest.fixture
def lire_page(client, personnes, pret):
    def lire(qui="region"):
        client.force_login(personnes[qui])
        return client.get(reverse("plans:plan_etapes", args=[pret.slug])).text

    return lire


def poster(client, nom, *arguments, **champs):
    return client.post(reverse(f"plans:{nom}", args=arguments), champs, follow=True)


def test_la_page_dit_l_etape_et_les_passages(lire_page):
    lu = lire_page()
    assert '<li aria-current="step">Rédaction</li>' in lu
    assert lu.count("(faite)") == 3
    assert '<h2 id="t-arrete">Arrêter le projet</h2>' in lu
    assert "Ouvrir la concertation" in lu and "Revenir aux orientations" in lu
    assert "ne fixe pas de procédure" in lu


def test_ce_qui_manque_est_dit_avec_le_lien_ou_agir(lire_page, pret):
    Contribution.objects.filter(chapitre__cle="gouvernance").update(texte="")
    pret.levees.filter(regle="B5-lecture").delete()
    lu = lire_page()
    assert f'href="{pret.get_absolute_url()}#chapitre-gouvernance">B8 – ' in lu
    assert "Texte de loi, L. 1215-3, al. 2" in lu
    assert reverse("plans:levee_update", args=[pret.slug, "B5-lecture"]) in lu
    assert reverse("plans:levee_update", args=[pret.slug, "B8-loi"]) not in lu
    assert 'name="vers" value="arrete"' not in lu
    assert "recommandations, qui n’empêchent rien" in lu


def test_viser_depuis_la_page_puis_arreter(client, lire_page, pret, personnes, region, departement):
    lu = lire_page("region")
    assert lu.count('class="bouton">Viser') == 2  # concertation, arrêt : la sienne seulement
    lue = empreinte_de(pret)
    reponse = poster(client, "visa_create", pret.slug, region.pk, vers="arrete", empreinte=lue)
    assert espacer("Visa attendu : Département de la Somme.") in reponse.text
    assert f"/visas/{Visa.objects.get().pk}/retirer/" in reponse.text
    lu = lire_page("departement")
    assert "par Rita, Région le" in lu and "Retirer le visa" not in lu
    reponse = poster(client, "visa_create", pret.slug, departement.pk, vers="arrete", empreinte=lue)
    assert "la version 1 est figée" in reponse.text
    assert "Le contenu est figé" in reponse.text
    reponse = poster(client, "visa_create", pret.slug, departement.pk, vers="arrete", empreinte=lue)
    assert "la version 1 est figée" in reponse.text
    assert relu(pret).etat == Etat.ARRETE


def test_un_visa_perime_est_refuse_et_l_on_sait_pourquoi(client, lire_page, pret, region, caplog):
    lire_page("region")
    lue = "0" * 64
    reponse = poster(client, "visa_create", pret.slug, region.pk, vers="arrete", empreinte=lue)
    assert "Le contenu a changé depuis que vous l’avez lu" in reponse.text
    assert "Refus, plan grand-amienois" in caplog.text
    assert not Visa.objects.exists()


@pytest.mark.parametrize("vers", ["adopte", "arrete ", "", "nimporte", "redaction", "x" * 300])
def test_une_etape_inventee_est_refusee(client, lire_page, pret, region, vers):
    lire_page("region")
    lue = empreinte_de(pret)
    poster(client, "visa_create", pret.slug, region.pk, vers=vers, empreinte=lue)
    poster(client, "plan_passer", pret.slug, vers=vers, motif="Mon motif.")
    assert (relu(pret).etat, Visa.objects.count()) == (Etat.REDACTION, 0)


def test_un_visa_tombe_dit_pourquoi_sur_la_page(lire_page, pret, personnes, region, viser):
    viser("region")
    Contribution.objects.get(chapitre__cle="roles").agir(
        personnes["region"], "contribuer", "modifier", texte="Nouveau."
    )
    lu = lire_page("departement")
    assert "Visas tombés" in lu and "Dernier acte : Rita, Région a modifié" in lu


def test_revenir_en_redaction_demande_un_motif_et_le_rend_s_il_est_refuse(
    client, lire_page, arrete, personnes
):
    lire_page("departement")
    reponse = poster(client, "plan_passer", arrete.slug, vers="redaction", motif="")
    assert "Dites pourquoi" in reponse.text
    reponse = poster(client, "plan_passer", arrete.slug, vers="redaction", motif="À revoir.")
    assert espacer("Le plan est à l’étape « Rédaction ».") in reponse.text
    assert espacer("Dernier retour en rédaction : À revoir.") in reponse.text
    reponse = poster(client, "plan_passer", arrete.slug, vers="redaction", motif="Encore.")
    assert espacer("Votre motif, à recopier au besoin : Encore.") in reponse.text


def test_un_refus_de_motif_vide_garde_le_plan_arrete(client, lire_page, arrete):
    lire_page("region")
    poster(client, "plan_passer", arrete.slug, vers="redaction", motif="   ")
    assert relu(arrete).etat == Etat.ARRETE


def test_une_levee_s_ecrit_se_modifie_et_se_retire(client, lire_page, pret):
    lire_page("departement")
    avant = empreinte_de(pret)
    url = reverse("plans:levee_update", args=[pret.slug, "B5-lecture"])
    version = pret.levees.get(regle="B5-lecture").version
    client.post(url, {"motif": "Relu à deux.", "version": version})
    assert pret.levees.get(regle="B5-lecture").motif == "Relu à deux."
    assert empreinte_de(pret) != avant
    poster(client, "levee_delete", pret.slug, "B5-lecture")
    assert not pret.levees.filter(regle="B5-lecture").exists()
    assert client.post(url, {"motif": "De nouveau."}).status_code == 302
    assert client.post(url, {"motif": "", "version": 1}).status_code == 200


def test_les_octets_vises_se_telechargent(client, lire_page, arrete):
    lire_page("departement")
    version = Version.objects.get()
    octets = client.get(reverse("plans:version_json", args=[arrete.slug, 1])).content
    assert sha256(octets).hexdigest() == version.empreinte
    assert json.loads(octets)["plan"]["titre"] == "PAMS Grand Amiénois"
    lu = client.get(version.get_absolute_url()).text
    assert version.empreinte in lu and "Ce que dit roles." in lu


def test_le_visa_attendu_est_dans_ma_part(client, personnes, pret, viser):
    viser("region")
    attendus = {"region": False, "departement": True, "redactrice": False, "aom": False}
    for qui, attendu in attendus.items():
        client.force_login(personnes[qui])
        assert (espacer("Viser : Projet arrêté") in client.get("/ma-part/").text) == attendu, qui
    viser("departement")
    client.force_login(personnes["departement"])
    assert espacer("Viser : Projet") not in client.get("/ma-part/").text


@pytest.mark.parametrize("nombre", [1, 3])
def test_la_page_se_lit_en_un_nombre_constant_de_requetes(client, personnes, pret, nombre):
    for numero in range(1, nombre + 1):
        f.make_visa(f.make_version(pret, numero=numero), pret.parties.first())
        f.make_fiche(pret.parties.first())
        f.make_version(pret, vers="concertation", empreinte=str(numero))
    Plan.objects.filter(pk=pret.pk).update(etat=Etat.REDACTION)
    client.force_login(personnes["region"])
    with CaptureQueriesContext(connection) as requetes:
        client.get(reverse("plans:plan_etapes", args=[pret.slug]))
    assert len(requetes) == 47
