"""La sélection d'un prescripteur, et la liste en PDF : dans l'adresse, et rien ailleurs."""

import io
from urllib.parse import unquote

import pikepdf
import pypdf
import pytest
from django.db import connection

from dispositifs.recherche.selection import AU_PLUS
from pams_portal import impression
from pams_portal.impression import Impression, ImpressionImpossible
from pams_portal.typographie import espacer
from tests import factories as f
from tests.test_acces import lecture_seule

URL = "/dispositifs/selection/"


@pytest.fixture
def deux(db):
    garage = f.make_dispositif(
        nom="Garage solidaire", telephone="03 22 00 00 00", frais="payant", frais_precisions="30 €"
    )
    return garage, f.make_dispositif(nom="Aide au permis", type="aide-individuelle")


def page(client, *dispositifs, **autres):
    return client.get(URL, {"d": [d.pk for d in dispositifs]} | autres)


def choisis(reponse):
    return [dispositif.nom for dispositif, *_ in reponse.context["lignes"]]


def texte(pdf):
    return " ".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(pdf)).pages)


# --- Choisir -------------------------------------------------------------------------------------


def test_sans_compte_ni_cookie_la_selection_est_l_adresse_dans_l_ordre_choisi(client, deux):
    garage, permis = deux

    with connection.execute_wrapper(lecture_seule):
        reponse = page(client, permis, garage, permis)

    assert choisis(reponse) == ["Aide au permis", "Garage solidaire"]
    assert not reponse.cookies and not client.cookies
    adresse = f"http://127.0.0.1:8000{URL}?d={permis.pk}&d={garage.pk}"
    assert reponse.context["selection"].adresse == adresse


def test_on_retire_une_fiche_et_la_recherche_revient_avec_la_selection(client, deux):
    garage, permis = deux
    reponse = page(client, garage, permis, q="permis", page="3")

    sans_garage = reponse.context["lignes"][0][2]
    assert choisis(client.get(f"{URL}?{sans_garage}")) == ["Aide au permis"]
    html = reponse.content.decode()
    assert '<input type="hidden" name="q" value="permis">' in html
    assert f'<input type="hidden" name="d" value="{permis.pk}">' in html


def test_la_liste_montre_ce_qui_est_choisi_et_garde_ce_qui_est_sur_une_autre_page(client, deux):
    garage, permis = deux
    html = client.get(
        "/dispositifs/", {"type": "garage-solidaire", "d": [garage.pk, permis.pk]}
    ).content.decode()

    case = f'name="d" value="{garage.pk}" id="choisir-{garage.pk}" form="filtres" checked'
    assert case in html
    assert f'<input type="hidden" name="d" value="{permis.pk}" form="filtres">' in html


def test_un_lien_ne_montre_pas_ce_que_la_personne_ne_voit_pas(client, deux, redacteur):
    cachee = f.make_dispositif(nom="Pas encore", statut="signale")

    reponse = page(client, cachee, deux[0])

    assert choisis(reponse) == ["Garage solidaire"]
    assert "1 fiche de ce lien ne se lit pas ou plus" in reponse.content.decode()
    client.force_login(redacteur)
    assert choisis(page(client, cachee)) == ["Pas encore"]


def test_une_fiche_fusionnee_depuis_est_remplacee(client, deux):
    garage, _ = deux
    ancienne = f.make_fusion(garage).absorbee

    assert choisis(page(client, ancienne, garage)) == ["Garage solidaire"]


def test_une_fiche_publiee_absorbee_ne_devoile_pas_une_fiche_qui_ne_l_est_pas(client, db):
    gardee = f.make_dispositif(nom="Pas encore", statut="signale")
    ancienne = f.make_fusion(gardee, f.make_dispositif(nom="Publiée")).absorbee

    assert choisis(page(client, ancienne)) == []


@pytest.mark.parametrize(
    "adresse", ["?d=abc", "?d=", "?d=-1", "?d=99999999999999999999", "", "?d[]=1"]
)
def test_une_adresse_abimee_mene_a_une_page_vide(client, db, adresse):
    assert choisis(client.get(URL + adresse)) == []


def test_trente_fiches_au_plus_et_les_autres_sont_dites(client, db):
    reponse = client.get(URL, {"d": list(range(1, AU_PLUS + 3))})

    assert "les 2 dernières sont laissées de côté" in reponse.content.decode()


@pytest.mark.parametrize("combien", [1, 3])
def test_le_nombre_de_requetes_est_constant(client, db, django_assert_num_queries, combien):
    fiches = [f.make_dispositif() for _ in range(combien)]

    with django_assert_num_queries(1):
        page(client, *fiches)


# --- Envoyer -------------------------------------------------------------------------------------


def test_le_message_dit_de_quoi_appeler_et_mene_au_detail(client, deux):
    selection = page(client, *deux).context["selection"]

    courriel = unquote(selection.courriel)
    assert courriel.startswith("mailto:?subject=Des solutions de mobilité&body=")
    assert "• Garage solidaire\n  " in courriel and "03 22 00 00 00" in courriel
    assert courriel.endswith(selection.adresse)


def test_un_message_trop_long_pour_une_messagerie_ne_garde_que_le_lien(client, db):
    fiches = [f.make_dispositif(nom="Long " * 25) for _ in range(AU_PLUS)]

    selection = page(client, *fiches).context["selection"]

    assert len(selection.courriel) < 2000
    assert len(selection.en_texte()) > 3000


# --- Imprimer ------------------------------------------------------------------------------------


@pytest.fixture
def papier(monkeypatch):
    """Ce qui part à l'impression, sans attendre la mise en page."""
    pages = []

    def retenir(html):
        pages.append(html)
        return Impression(b"%PDF", 1)

    monkeypatch.setattr(impression, "imprimer_a_part", retenir)
    impression.imprimer_aussitot.cache_clear()
    yield pages
    impression.imprimer_aussitot.cache_clear()


def test_le_pdf_de_la_liste_est_balise_date_et_montre_ce_qui_est_filtre(client, deux):
    f.make_dispositif(nom="Navette", type="tad", demonstration=True)

    reponse = client.get("/dispositifs/liste.pdf", {"type": "garage-solidaire"})

    assert reponse["Content-Type"] == "application/pdf"
    lu = texte(reponse.content)
    assert "Garage solidaire" in lu and "Payant : 30 €" in lu and "03 22 00 00 00" in lu
    assert "Aide au permis" not in lu and "Navette" not in lu and "DÉMONSTRATION" not in lu
    assert "État au" in lu and "type « Garage solidaire »" in lu
    with pikepdf.open(io.BytesIO(reponse.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked and str(pdf.Root.Lang) == "fr-FR"
        assert pdf.open_metadata()["pdfuaid:part"] == "1"


def test_le_pdf_de_la_selection_porte_la_marque_de_la_demonstration(client, deux):
    fictif = f.make_dispositif(nom="Navette", type="tad", demonstration=True)

    lu = texte(client.get("/dispositifs/selection.pdf", {"d": [deux[0].pk, fictif.pk]}).content)

    assert "Garage solidaire" in lu and "Navette" in lu
    assert "DÉMONSTRATION, contenu fictif" in lu


def test_le_pdf_suit_l_ordre_et_les_droits_de_la_liste(client, deux, redacteur, papier):
    f.make_dispositif(nom="Zèbre", statut="signale")

    client.get("/dispositifs/liste.pdf", {"tri": "nom"})
    client.force_login(redacteur)
    client.get("/dispositifs/liste.pdf", {"tri": "nom"})

    assert "Zèbre" not in papier[0] and "Zèbre" in papier[1]
    assert papier[0].index("Aide au permis") < papier[0].index("Garage solidaire")


def test_la_meme_liste_ne_s_imprime_qu_une_fois(client, deux, papier):
    for _ in range(3):
        assert client.get("/dispositifs/liste.pdf").status_code == 200

    assert len(papier) == 1


def test_une_liste_trop_longue_ou_un_filtre_faux_le_disent(client, deux, papier, monkeypatch):
    monkeypatch.setattr("dispositifs.views.selection.AU_PLUS", 1)

    longue = client.get("/dispositifs/liste.pdf", {"tri": "nom"})
    fausse = client.get("/dispositifs/liste.pdf", {"type": "nimporte"})

    assert longue.status_code == fausse.status_code == 400
    assert (
        espacer("La liste compte 2 dispositifs ; un PDF en porte 1 au plus")
        in longue.content.decode()
    )
    assert 'href="/dispositifs/?tri=nom"' in longue.content.decode()
    assert "Un filtre de l’adresse ne se lit pas" in fausse.content.decode()
    assert papier == []


def test_une_impression_impossible_se_dit(client, deux, monkeypatch):
    def panne(html):
        raise ImpressionImpossible("La mise en page a échoué.")

    monkeypatch.setattr(impression, "imprimer_a_part", panne)
    impression.imprimer_aussitot.cache_clear()

    reponse = client.get("/dispositifs/liste.pdf")

    assert reponse.status_code == 503
    assert "La mise en page a échoué." in reponse.content.decode()


def test_une_seule_liste_s_imprime_a_la_fois(client, deux, monkeypatch, papier):
    monkeypatch.setattr(impression, "PATIENCE", 0.01)
    with impression.UNE_A_LA_FOIS:
        assert client.get("/dispositifs/liste.pdf").status_code == 503
    assert client.get("/dispositifs/liste.pdf").status_code == 200
