"""L'assistant d'import : déposer, dire les colonnes, relire, importer ; et l'ouvrier qui meurt."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from acteurs.models import Acte
from dispositifs.importation import ecriture
from dispositifs.models import Dispositif, Importation
from dispositifs.models.importation import INTERROMPU, TENTATIVES
from dispositifs.taches import SANS_DROIT, avancer
from tests import factories as f
from tests.dispositifs.importation import fichiers

DEPOT = "/dispositifs/importer/"
TITRES = ["Action", "Type", "SIREN", "Description", "Territoire"]


@pytest.fixture
def rangs(porteuse, territoire):
    return [
        TITRES,
        ["Garage", "garage", porteuse.siren, "Répare.", "CA du Pays de Laon"],
        ["Soucoupe", "soucoupe volante", porteuse.siren, "Vole.", "CA du Pays de Laon"],
    ]


@pytest.fixture
def connecte(client, redacteur):
    client.force_login(redacteur)
    return client


def deposer(client, acteur, fichier, **champs):
    contenu = SimpleUploadedFile(fichier.name, fichier.read())
    return client.post(DEPOT, {"acteur": acteur.pk, "fichier": contenu} | champs)


@pytest.fixture
def importation(connecte, region, rangs):
    """Un fichier déposé, dont les colonnes sont dites, et qui a été essayé."""
    deposer(connecte, region.acteur, fichiers.xlsx(*rangs))
    importation = Importation.objects.get()
    dire_les_colonnes(connecte, importation)
    avancer.call(importation.pk)
    importation.refresh_from_db()
    return importation


def dire_les_colonnes(client, importation, **champs):
    colonnes = dict(
        zip(
            [f"colonne_{n}" for n in range(5)],
            ["nom", "type", "porteur_siren", "description", "zone_eligibilite"],
            strict=True,
        )
    )
    url = reverse("dispositifs:importation_update", args=[importation.pk])
    return client.post(url, colonnes | champs)


def page(client, importation, **filtres):
    url = reverse("dispositifs:importation_detail", args=[importation.pk])
    return " ".join(client.get(url, filtres).content.decode().split())


# --- Les trois étapes ----------------------------------------------------------------------------


def test_un_fichier_refuse_l_est_a_cote_de_son_champ(connecte, region):
    reponse = deposer(connecte, region.acteur, fichiers.archive("x.xlsx", {"a": "b"}))

    assert "est une archive, pas un classeur" in reponse.context["form"].errors["fichier"][0]
    assert not Importation.objects.exists()


@pytest.mark.parametrize(
    ("contenu", "phrase"),
    [
        (b"%PDF-1.7\n1 0 obj\n", "n’a qu’une colonne"),
        (b"<html><table><tr><td>Nom</td></tr></table></html>", "n’a qu’une colonne"),
        (b"\r\n ;; \r\n", "aucune ligne à lire"),
    ],
    ids=["pdf", "page-web", "blancs"],
)
def test_ce_qui_n_est_pas_un_tableau_est_refuse(connecte, region, contenu, phrase):
    reponse = deposer(connecte, region.acteur, ContentFile(contenu, "x.csv"))

    assert phrase in reponse.context["form"].errors["fichier"][0]


def test_un_fichier_tout_refuse_ne_dit_pas_qu_il_n_apporte_rien(connecte, region, rangs):
    titres, _, fausse = rangs
    deposer(connecte, region.acteur, fichiers.xlsx(titres, fausse))
    importation = Importation.objects.get()
    dire_les_colonnes(connecte, importation)
    avancer.call(importation.pk)

    lu = page(connecte, importation)
    assert "1 ligne lue, 1 refusée : rien à importer. Corrigez le fichier" in lu
    assert "rien de nouveau" not in lu


def test_on_n_importe_pas_au_nom_d_une_autre_structure(connecte, association, rangs):
    reponse = deposer(connecte, association.acteur, fichiers.xlsx(*rangs))

    assert "acteur" in reponse.context["form"].errors and not Importation.objects.exists()


def test_les_colonnes_reconnues_sont_choisies_et_les_autres_demandees(connecte, region, rangs):
    reponse = deposer(connecte, region.acteur, fichiers.xlsx(*rangs))
    importation = Importation.objects.get()
    assert reponse.url == reverse("dispositifs:importation_update", args=[importation.pk])
    form = connecte.get(reponse.url).context["form"]
    assert form.entetes.cles == ["", "type", "porteur_siren", "description", "zone_eligibilite"]

    reponse = dire_les_colonnes(connecte, importation, colonne_0="")
    assert reponse.context["form"].errors["__all__"] == ["Dites quelle colonne donne « Nom »."]
    reponse = dire_les_colonnes(connecte, importation, colonne_0="type")
    assert "Une autre colonne donne déjà" in reponse.context["form"].errors["colonne_1"][0]


def test_ce_qui_a_ete_dit_une_fois_ne_se_redemande_pas(connecte, importation, region, rangs):
    reponse = deposer(connecte, region.acteur, fichiers.texte(*rangs))

    assert connecte.get(reponse.url).context["form"].entetes.cles[0] == "nom"


def test_l_essai_dit_tout_et_n_ecrit_rien(connecte, importation):
    assert (importation.etat, importation.comptes) == ("examinee", {"creer": 1, "refusee": 1})
    assert not Dispositif.objects.exists()
    lu = page(connecte, importation)
    assert "Rien n’est encore écrit." in lu and "À créer : 1" in lu
    assert "Type : « soucoupe volante » n’est pas un choix connu." in lu
    assert "Garage" not in page(connecte, importation, sort="refusee").split("<tbody>")[1]


def test_un_doublon_probable_est_dit(connecte, region, rangs, porteuse):
    f.make_dispositif(
        porteuse, nom="Garage solidaire", zone_eligibilite=["epci-200043495"], source_id="x"
    )
    deposer(connecte, region.acteur, fichiers.xlsx(*rangs))
    importation = Importation.objects.get()
    dire_les_colonnes(connecte, importation)
    avancer.call(importation.pk)

    assert "Doublon probable : « Garage solidaire »" in importation.lignes.first().raisons[0]


def test_importer_ecrit_ce_qui_etait_annonce_et_retire_le_fichier(connecte, importation):
    nom = importation.fichier.name
    connecte.post(reverse("dispositifs:importation_appliquer", args=[importation.pk]))
    assert default_storage.exists(nom)
    avancer.call(importation.pk)

    importation.refresh_from_db()
    fiche = Dispositif.objects.get()
    assert importation.etat == "faite" and not default_storage.exists(nom)
    assert Acte.objects.sur(fiche).get().origine == "fichier.xlsx, ligne 2"
    assert importation.lignes.first().dispositif == fiche
    lu = page(connecte, importation)
    assert "L’import est fait." in lu and "Créées : 1" in lu
    assert "Créée</span>" in lu and "À créer" not in lu


def test_si_l_inventaire_a_bouge_on_relit_avant_d_ecrire(connecte, importation, porteuse):
    f.make_dispositif(porteuse, nom="Garage", description="Écrit à la main.")
    connecte.post(reverse("dispositifs:importation_appliquer", args=[importation.pk]))
    avancer.call(importation.pk)

    importation.refresh_from_db()
    assert importation.etat == "examinee" and importation.comptes == {"proposer": 1, "refusee": 1}
    assert Dispositif.objects.count() == 1
    assert "L’inventaire a changé depuis l’essai" in page(connecte, importation)


def test_abandonner_retire_le_fichier(connecte, importation):
    nom = importation.fichier.name
    connecte.post(reverse("dispositifs:importation_delete", args=[importation.pk]))

    assert not Importation.objects.exists() and not default_storage.exists(nom)


def test_un_import_fait_garde_sa_page(connecte, importation):
    Importation.objects.update(etat="faite")
    connecte.post(reverse("dispositifs:importation_delete", args=[importation.pk]))

    assert Importation.objects.exists()


def test_appliquer_deux_fois_ne_demande_qu_un_travail(connecte, importation):
    avant = DBTaskResult.objects.count()
    url = reverse("dispositifs:importation_appliquer", args=[importation.pk])
    connecte.post(url)
    connecte.post(url)

    assert DBTaskResult.objects.count() == avant + 1


# --- L'ouvrier -----------------------------------------------------------------------------------


def test_la_page_d_attente_survit_a_son_depart(connecte, importation):
    importation.demander("ecriture")
    assert "L’import attend son tour" in page(connecte, importation)
    Importation.objects.update(prise=True, progression=40)
    lu = page(connecte, importation)
    assert 'value="40"' in lu and "Vous pouvez quitter cette page" in lu


def test_un_ouvrier_mort_n_a_rien_ecrit_et_le_travail_reprend(connecte, importation, monkeypatch):
    """L'ouvrier meurt au dernier moment, toutes les fiches déjà créées dans la transaction."""

    class Mort(BaseException):
        pass

    def mourir(*args):
        raise Mort

    importation.demander("ecriture")
    with monkeypatch.context() as m:
        m.setattr(ecriture, "toucher_les_plans", mourir)
        with pytest.raises(Mort):
            avancer.call(importation.pk)
    importation.refresh_from_db()
    assert importation.prise and importation.etat == "ecriture"
    assert not Dispositif.objects.exists() and not Acte.objects.filter(verbe="creer").exists()

    Importation.objects.relever()
    assert avancer.call(importation.pk) == "déjà pris"  # le silence n'est pas assez long
    Importation.objects.update(battement=timezone.now() - timedelta(minutes=5))
    Importation.objects.relever()
    assert avancer.call(importation.pk) == "fait"
    assert Dispositif.objects.count() == 1


def test_apres_trois_morts_l_import_s_arrete_et_le_dit(connecte, importation):
    importation.demander("ecriture")
    vieux = timezone.now() - timedelta(minutes=5)
    Importation.objects.update(prise=True, tentative=TENTATIVES, battement=vieux)
    Importation.objects.relever()

    importation.refresh_from_db()
    assert (importation.etat, importation.avis) == ("echec", INTERROMPU)
    assert INTERROMPU in page(connecte, importation)


def test_qui_n_a_plus_le_droit_n_importe_plus(connecte, importation, redacteur):
    importation.demander("ecriture")
    redacteur.habilitations.all().delete()
    avancer.call(importation.pk)

    importation.refresh_from_db()
    assert (importation.etat, importation.avis) == ("echec", SANS_DROIT)
    assert not Dispositif.objects.exists()


def test_un_import_oublie_s_efface_avec_son_fichier(connecte, importation):
    nom = importation.fichier.name
    Importation.objects.update(battement=timezone.now() - timedelta(days=8))
    Importation.objects.elaguer()

    assert not Importation.objects.exists() and not default_storage.exists(nom)


def test_relire_lit_en_un_nombre_constant_de_requetes(
    connecte, importation, django_assert_num_queries
):
    def relire(attendu):
        with django_assert_num_queries(attendu):
            page(connecte, importation)

    relire(REQUETES)
    for numero in range(4, 7):
        importation.lignes.create(
            numero=numero, sort="inchangee", nom="x", dispositif=f.make_dispositif()
        )
    relire(REQUETES)


REQUETES = 8


def test_ce_que_dit_le_fichier_ne_devient_jamais_du_html(connecte, region, porteuse):
    piege = "<button formaction=/dispositifs/1/confirmer/>Suite</button>"
    rangs = [[piege, "Type"], [f"{piege} bis", "garage"]]
    deposer(connecte, region.acteur, fichiers.xlsx(*rangs))
    page = connecte.get(
        reverse("dispositifs:importation_update", args=[Importation.objects.get().pk])
    )
    assert "<button formaction" not in page.content.decode()
    assert "&lt;button formaction" in page.content.decode()
