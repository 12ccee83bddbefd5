"""La réponse d'un partenaire absent du plan : saisie d'après une pièce, jamais confirmée."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from acteurs.models import Acte
from pams_portal.droits import Droit, peut
from pams_portal.elision import le
from plans.models import Partenariat, ReponseSaisie
from plans.models.validation import engagements_attendus, substance
from plans.versions import contenu_canonique
from tests import factories as f

PDF = b"%PDF-1.7\nCourrier"
COURRIER = "Courrier du 3 mars 2026"


@pytest.fixture
def absent(region):
    """Une association absente du plan, partenaire d'une fiche de la Région."""
    return f.make_partenariat(f.make_fiche(region), organisme="Les Amis du rail")


def adresse(nom, ligne, nature="reponses-saisies"):
    fiche = ligne.fiche
    return reverse(f"plans:{nom}", args=[fiche.plan.slug, fiche.code, nature, ligne.pk])


def saisir(client, qui, ligne, **champs):
    client.force_login(qui)
    ligne.refresh_from_db()
    defaut = {"reponse": "accepte", "reference": COURRIER, "version": ligne.version}
    reponse = client.post(adresse("ligne_update", ligne), defaut | champs)
    ligne.refresh_from_db()
    return reponse


@pytest.mark.parametrize(
    ("qui", "nom"),
    [("region", "Région Hauts-de-France"), ("departement", "Département de la Somme")],
)
def test_le_porteur_ou_un_co_pilote_saisit_et_signe(
    client, absent, personnes, departement, qui, nom
):
    saisir(client, personnes[qui], absent, piece=SimpleUploadedFile("Réponse.pdf", PDF))

    page = client.get(absent.fiche.get_absolute_url()).text
    assert "Accepte, d’après la pièce citée" in page
    assert f"saisi par {le(nom)}, non confirmé par Les Amis du rail" in page
    assert COURRIER in page
    assert "reponse.pdf" in page
    acte = Acte.objects.sur(absent).latest("pk")
    assert (acte.verbe, acte.nom_acteur) == ("modifier", nom)


@pytest.mark.parametrize("qui", ["aom", "associee", "invitee", "lectrice", "assemblees"])
def test_nul_autre_ne_saisit(client, absent, personnes, qui):
    assert saisir(client, personnes[qui], absent).status_code == 403
    assert absent.reponse == "sollicite"


def test_le_porteur_d_une_fiche_non_pilote_saisit_aussi(client, aom, personnes):
    absent = f.make_partenariat(f.make_fiche(aom))

    saisir(client, personnes["aom"], absent)

    assert (absent.reponse, absent.saisi_par) == ("accepte", aom)


def test_une_reponse_se_prouve_et_rien_de_tape_n_est_perdu(client, absent, personnes):
    page = saisir(client, personnes["region"], absent, reponse="refuse", reference="").text

    assert "Citez la pièce qui prouve cette réponse" in page
    assert '<option value="refuse" selected>' in page
    assert absent.reponse == "sollicite"


def test_nul_ne_saisit_la_reponse_d_une_partie_du_plan(client, aom, region, departement, personnes):
    de_la_partie = f.make_partenariat(f.make_fiche(region), aom)

    for qui in ("region", "departement"):
        assert saisir(client, personnes[qui], de_la_partie).status_code == 403
    assert de_la_partie.reponse == "sollicite"


def test_le_plan_arrete_on_ne_saisit_plus(client, absent, personnes):
    type(absent.fiche.plan).objects.update(etat="adopte")

    assert saisir(client, personnes["region"], absent).status_code == 403


@pytest.mark.parametrize("reponse", ["confirme", "decline", "enthousiaste"])
def test_une_reponse_qui_vaudrait_confirmation_est_refusee(client, absent, personnes, reponse):
    saisir(client, personnes["region"], absent, reponse=reponse)

    assert absent.reponse == "sollicite"


def test_la_base_elle_meme_refuse_qu_un_absent_confirme(absent):
    with pytest.raises(IntegrityError), transaction.atomic():
        Partenariat.objects.filter(pk=absent.pk).update(reponse="confirme")


def test_ce_qui_est_saisi_n_est_jamais_compte_comme_confirme(client, absent, personnes, region):
    saisir(client, personnes["region"], absent)

    assert not absent.est_confirme
    assert engagements_attendus(absent.fiche) == []
    assert absent.fiche.engagements_d_autrui() == []


def test_le_co_pilote_ne_retire_pas_la_ligne_d_un_autre(client, absent, personnes):
    client.force_login(personnes["departement"])

    assert client.post(adresse("ligne_delete", absent)).status_code == 404
    assert client.post(adresse("ligne_delete", absent, "partenariats")).status_code == 403
    assert Partenariat.objects.filter(pk=absent.pk).exists()


def test_en_inscrivant_l_absent_le_porteur_dit_sa_reponse_et_la_prouve(client, region, personnes):
    fiche = f.make_fiche(region)
    client.force_login(personnes["region"])
    url = reverse("plans:ligne_create", args=[fiche.plan.slug, fiche.code, "partenariats"])
    saisie = {"organisme": "Les Amis du rail", "role": "operateur", "reponse": "refuse"}

    assert "Citez la pièce qui prouve" in client.post(url, saisie).text
    client.post(url, saisie | {"reference": COURRIER})

    ligne = Partenariat.objects.get()
    assert (ligne.reponse, ligne.reference, ligne.saisi_par) == ("refuse", COURRIER, region)


@pytest.mark.parametrize("champ", [{"reponse": "accepte"}, {"reference": COURRIER}])
def test_une_partie_du_plan_repond_elle_meme(client, region, aom, personnes, champ):
    fiche = f.make_fiche(region)
    client.force_login(personnes["region"])
    url = reverse("plans:ligne_create", args=[fiche.plan.slug, fiche.code, "partenariats"])

    page = client.post(url, {"partie": aom.pk, "role": "operateur"} | champ)

    assert page.status_code == 200
    assert not Partenariat.objects.exists()
    client.post(url, {"partie": aom.pk, "role": "operateur"})
    assert Partenariat.objects.get().saisi_par is None


def test_deux_saisies_a_la_fois_se_montrent(client, absent, personnes):
    saisir(client, personnes["region"], absent)

    page = saisir(client, personnes["departement"], absent, reponse="refuse", version=1)

    assert page.status_code == 200
    assert absent.reponse == "accepte"
    assert "Région Hauts-de-France" in page.text


def test_la_reponse_saisie_ne_fait_pas_tomber_les_avis_mais_change_le_contenu_vise(
    client, absent, personnes, plan
):
    avant, vise = substance(absent.fiche), contenu_canonique(plan)
    assert b'"saisi_par"' not in vise

    saisir(client, personnes["region"], absent)

    assert substance(absent.fiche) == avant
    assert COURRIER.encode() in contenu_canonique(plan)


def test_qui_a_saisi_une_reponse_ne_se_retire_pas_du_plan(absent, aom):
    Partenariat.objects.filter(pk=absent.pk).update(saisi_par=aom)

    assert [part.pk for part in aom.parts()] == [absent.pk]


def test_le_droit_se_demande_a_la_ligne_telle_que_la_voit_qui_saisit(absent, personnes):
    saisie = ReponseSaisie.objects.get(pk=absent.pk)

    assert peut(personnes["departement"], Droit.SAISIR_REPONSE, saisie)
    assert not peut(personnes["aom"], Droit.SAISIR_REPONSE, saisie)


def test_le_nombre_de_requetes_de_la_fiche_ne_depend_pas_des_absents(client, region, personnes):
    client.force_login(personnes["departement"])

    def requetes(nombre):
        fiche = f.make_fiche(region)
        for _ in range(nombre):
            f.make_partenariat(fiche, saisi_par=f.make_partie(fiche.plan))
        with CaptureQueriesContext(connection) as faites:
            client.get(fiche.get_absolute_url())
        return len(faites)

    assert requetes(3) == requetes(1)
