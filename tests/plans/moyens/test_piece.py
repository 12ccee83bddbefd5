"""La pièce jointe à la ligne d’un absent : ce qu’on accepte, qui la prend, rien d’orphelin."""

import io
import zipfile
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from acteurs.models import Acte
from plans.forms.pieces import POIDS_AU_PLUS
from plans.models import FicheAction, Financement, Partenariat, elaguer_les_pieces
from plans.pieces import TYPES, extension_de, nom_sain
from tests import factories as f

PDF = b"%PDF-1.7\nLettre d'intention, exemple.org"


def archive(**entrees):
    """Une archive zip ; « __ » tient lieu de « / » dans les noms."""
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as zip_:
        for nom, contenu in entrees.items():
            zip_.writestr(nom.replace("__", "/"), contenu)
    return octets.getvalue()


def docx(**autres):
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as zip_:
        for nom in ("[Content_Types].xml", "word/document.xml", *autres.values()):
            zip_.writestr(nom, "<x/>")
    return octets.getvalue()


ACCEPTES = {
    "pdf": PDF,
    "png": b"\x89PNG\r\n\x1a\n....",
    "jpg": b"\xff\xd8\xff\xe0....",
    "docx": docx(),
    "odt": archive(mimetype=TYPES["odt"], content="<x/>"),
}
REFUSES = {
    "page": b"<html><script>alert(1)</script>%PDF-</html>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "programme": b"MZ\x90\x00",
    "archive": archive(a="b"),
    "macro": docx(macro="word/vbaProject.bin"),
    "macro odt": archive(mimetype=TYPES["odt"], Basic__script="x"),
    "script odt": archive(mimetype=TYPES["odt"], Scripts__python="x"),
    "tableur": archive(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
    "zip abîmé": b"PK\x03\x04 pas une archive",
}


@pytest.fixture
def absent(region):
    """La ligne d'un fonds absent du plan, sur la fiche de la Région."""
    return f.make_financement(f.make_fiche(region))


def fichiers():
    if not default_storage.exists("pieces"):
        return []
    return default_storage.listdir("pieces")[1]


def joindre(client, ligne, contenu=PDF, nom="Lettre d’intention.pdf", **champs):
    ligne.refresh_from_db()
    defaut = {"montant": 500, "statut": "annonce", "reference": "Lettre", "version": ligne.version}
    if contenu is not None:
        # Le navigateur ment sur le type : il n'en est pas tenu compte.
        defaut["piece"] = SimpleUploadedFile(nom, contenu, content_type="application/pdf")
    adresse = [ligne.fiche.plan.slug, ligne.fiche.code, "financements", ligne.pk]
    return client.post(reverse("plans:ligne_update", args=adresse), defaut | champs)


def prendre(client, ligne, nature="financements"):
    adresse = [ligne.fiche.plan.slug, ligne.fiche.code, nature, ligne.pk]
    return client.get(reverse("plans:piece_detail", args=adresse))


# --- Ce qu'on accepte ------------------------------------------------------------------------


@pytest.mark.parametrize("extension", ACCEPTES)
def test_un_document_se_reconnait_a_son_contenu(extension):
    assert extension_de(ACCEPTES[extension]) == extension


@pytest.mark.parametrize("quoi", REFUSES)
def test_le_reste_est_refuse_a_cote_du_champ_et_rien_n_est_range(client, absent, personnes, quoi):
    client.force_login(personnes["region"])

    response = joindre(client, absent, REFUSES[quoi], nom="convention.pdf")

    assert response.status_code == 200
    assert "Ce fichier n’est ni un PDF" in str(response.context["form"].errors["piece"])
    absent.refresh_from_db()
    assert (absent.montant, absent.piece.name, fichiers()) == (1000, "", [])


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Bureau\\Délibération n° 3.exe", "deliberation-n-3.pdf"),
        ('"><script>.pdf', "script.pdf"),
        ("…", "piece.pdf"),
        ("x" * 300 + ".pdf", "x" * 80 + ".pdf"),
    ],
)
def test_le_nom_est_assaini(nom, attendu):
    assert nom_sain(nom, "pdf") == attendu


def test_un_fichier_trop_lourd_ou_vide_est_refuse(client, absent, personnes):
    client.force_login(personnes["region"])
    lourd = joindre(client, absent, b"%PDF-" + b"x" * POIDS_AU_PLUS)
    assert "10\u00a0Mio" in str(lourd.context["form"].errors["piece"])
    assert "vide" in str(joindre(client, absent, b"").context["form"].errors["piece"])
    assert fichiers() == []


# --- Joindre, remplacer, retirer -------------------------------------------------------------


def test_la_piece_se_joint_se_lit_au_journal_et_ne_confirme_rien(client, absent, personnes):
    client.force_login(personnes["region"])

    joindre(client, absent, statut="delibere")

    absent.refresh_from_db()
    assert (absent.piece_nom, absent.piece_poids) == ("lettre-dintention.pdf", len(PDF))
    assert not absent.est_confirme
    acte = Acte.objects.sur(absent).get()
    assert acte.apres["piece_nom"] == "lettre-dintention.pdf"
    assert acte.apres["piece_empreinte"] == sha256(PDF).hexdigest()
    page = client.get(absent.fiche.get_absolute_url()).content.decode()
    assert "lettre-dintention.pdf" in page
    assert "non confirmé par le Fonds européen" in page


@pytest.mark.django_db(transaction=True)
def test_un_nouveau_fichier_remplace_l_ancien_sans_le_laisser(client, absent, personnes):
    client.force_login(personnes["region"])
    joindre(client, absent)
    [premier] = fichiers()

    joindre(client, absent, ACCEPTES["png"], nom="scan.pdf")

    absent.refresh_from_db()
    assert absent.piece_nom == "scan.png"
    [second] = fichiers()
    assert second != premier
    joindre(client, absent, None, montant=700)
    absent.refresh_from_db()
    assert (absent.montant, absent.piece_nom) == (700, "scan.png")
    joindre(client, absent, None, retirer_la_piece="on")
    absent.refresh_from_db()
    assert (absent.piece.name, absent.piece_nom, absent.piece_poids) == ("", "", 0)
    assert fichiers() == []


def test_une_erreur_ailleurs_demande_de_choisir_de_nouveau_le_fichier(client, absent, personnes):
    client.force_login(personnes["region"])

    response = joindre(client, absent, montant="beaucoup")

    assert "Choisissez de nouveau" in str(response.context["form"].errors["piece"])
    assert 'value="beaucoup"' in response.content.decode()
    assert fichiers() == []


def test_la_piece_se_joint_des_la_creation_pour_un_absent_seulement(client, region, aom, personnes):
    fiche = f.make_fiche(region)
    client.force_login(personnes["region"])
    for nature, champs in (
        ("demandes-de-financement", {"statut": "annonce", "montant": 9, "reference": "Lettre"}),
        ("partenariats", {"role": "operateur"}),
    ):
        url = reverse("plans:ligne_create", args=[fiche.plan.slug, fiche.code, nature])
        partie = {"financeur": aom.pk} if nature.startswith("demandes") else {"partie": aom.pk}
        piece = {"piece": SimpleUploadedFile("a.pdf", PDF)}
        refus = client.post(url, partie | {"role": "operateur", "statut": "sollicite"} | piece)
        assert "organisme absent" in str(refus.context["form"].errors["piece"])
        piece = {"piece": SimpleUploadedFile("a.pdf", PDF)}
        assert client.post(url, champs | {"organisme": "Garage"} | piece).status_code == 302
    assert Financement.objects.get().piece_nom == Partenariat.objects.get().piece_nom == "a.pdf"
    assert len(fichiers()) == 2


def test_le_financeur_n_a_pas_a_joindre_de_piece_et_un_fichier_glisse_est_ignore(
    client, region, aom, personnes
):
    ligne = f.make_financement(f.make_fiche(region), aom)
    client.force_login(personnes["aom"])

    assert joindre(client, ligne).status_code == 302
    assert (Financement.objects.get().piece.name, fichiers()) == ("", [])


@pytest.mark.parametrize("qui", ["departement", "aom", "lectrice"])
def test_nul_autre_que_le_porteur_de_la_fiche_ne_joint(client, absent, personnes, qui):
    client.force_login(personnes[qui])
    assert joindre(client, absent).status_code == 403
    assert fichiers() == []


# --- Rien d'orphelin -------------------------------------------------------------------------


def test_un_envoi_defait_ne_laisse_pas_de_fichier(client, absent, personnes, monkeypatch):
    client.force_login(personnes["region"])

    def casser(*args, **champs):
        assert len(fichiers()) == 1
        raise OSError("disque plein")

    monkeypatch.setattr(Financement, "annoncer", casser)
    with pytest.raises(OSError, match="disque plein"):
        joindre(client, absent)
    assert fichiers() == []


@pytest.mark.django_db(transaction=True)
def test_la_ligne_ou_la_fiche_supprimee_emporte_son_fichier(client, region, absent, personnes):
    f.make_piece(absent)
    autre = f.make_piece(f.make_partenariat(absent.fiche))
    client.force_login(personnes["region"])
    adresse = [absent.fiche.plan.slug, absent.fiche.code]
    supprimer = [*adresse, "demandes-de-financement", absent.pk]
    client.post(reverse("plans:ligne_delete", args=supprimer))
    assert fichiers() == [autre.piece.name.removeprefix("pieces/")]

    client.post(reverse("plans:fiche_action_delete", args=adresse))

    assert not FicheAction.objects.exists()
    assert fichiers() == []


def test_l_ouvrier_efface_ce_qu_aucune_ligne_ne_cite(absent):
    elaguer_les_pieces()  # rien n'a encore été rangé
    f.make_piece(absent)
    default_storage.save("pieces/perdu", ContentFile(PDF))
    elaguer_les_pieces()
    assert len(fichiers()) == 2  # une écriture en cours a un jour pour finir
    elaguer_les_pieces(timedelta())
    assert fichiers() == [absent.piece.name.removeprefix("pieces/")]


# --- La prendre ------------------------------------------------------------------------------


def test_la_piece_se_telecharge_sans_s_ouvrir_dans_le_portail(client, absent, personnes):
    f.make_piece(absent, PDF)
    client.force_login(personnes["invitee"])

    response = prendre(client, absent)

    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"] == 'attachment; filename="convention.pdf"'
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


def test_la_piece_d_une_fiche_secrete_ou_d_un_autre_plan_n_existe_pas(
    client, absent, personnes, autre_plan
):
    f.make_piece(absent)
    client.force_login(personnes["etrangere"])
    assert prendre(client, absent).status_code == 404
    client.force_login(personnes["region"])
    detournee = [autre_plan.slug, absent.fiche.code, "financements", absent.pk]
    assert client.get(reverse("plans:piece_detail", args=detournee)).status_code == 404
    autre = f.make_fiche(absent.fiche.porteur)
    ailleurs = [autre.plan.slug, autre.code, "financements", absent.pk]
    assert client.get(reverse("plans:piece_detail", args=ailleurs)).status_code == 404


def test_le_plan_adopte_la_piece_reste_entre_parties(client, absent, personnes):
    f.make_piece(absent)
    type(absent.fiche.plan).objects.update(etat="adopte")
    page = client.get(absent.fiche.get_absolute_url()).content.decode()
    assert "Fonds européen" in page
    assert "convention.pdf" not in page
    assert prendre(client, absent).status_code == 302
    client.force_login(personnes["etrangere"])
    assert prendre(client, absent).status_code == 403


def test_un_fichier_disparu_se_dit(client, absent, personnes):
    f.make_piece(absent)
    default_storage.delete(absent.piece.name)
    client.force_login(personnes["region"])
    assert prendre(client, absent).status_code == 404
