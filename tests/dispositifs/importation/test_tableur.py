"""Lire ce que les partenaires envoient, et refuser clairement ce qui est piégé."""

import io
import struct
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile

from dispositifs.importation.classeurs import apercu, lire
from dispositifs.importation.colonnes import trouver_entetes
from dispositifs.importation.objets import FichierRefuse
from dispositifs.importation.tableur import lire_tableur
from tests.dispositifs.importation import fichiers


def lignes_de(fichier, retenues=None):
    entetes = trouver_entetes(apercu(fichier).suite, retenues)
    rangs = [rang for rang in lire(fichier).suite if rang[0] > entetes.rang]
    return list(lire_tableur(rangs, entetes.cles, "Partenaire"))


def valeurs_de(fichier):
    [ligne] = lignes_de(fichier)
    assert ligne.erreurs == ()
    return ligne.valeurs


SIMPLE = [["Nom", "Type", "Capacité"], ["Garage de l’Été", "Garage solidaire", "1 200"]]
ATTENDU = {"nom": "Garage de l’Été", "type": "garage-solidaire", "capacite": 1200}


# --- Les formats ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fichier",
    [
        fichiers.texte(*SIMPLE),
        fichiers.texte(*SIMPLE, marque=b"\xef\xbb\xbf"),
        fichiers.texte(*SIMPLE, codage="cp1252"),
        fichiers.texte(*SIMPLE, separateur=","),
        fichiers.texte(*SIMPLE, separateur="\t", codage="utf-16"),
        fichiers.xlsx(*SIMPLE),
        fichiers.ods(*SIMPLE),
    ],
    ids=["utf-8", "marque", "windows-1252", "virgule", "tabulations", "xlsx", "ods"],
)
def test_chaque_format_se_lit_de_meme(db, fichier):
    assert valeurs_de(fichier) == ATTENDU


def test_les_numeros_de_ligne_sont_ceux_du_tableur(db):
    vides = fichiers.xlsx([], [], *SIMPLE, [], ["Atelier", "Atelier vélo", 5])
    assert [ligne.numero for ligne in lignes_de(vides)] == [4, 6]
    cellules = fichiers.texte(["Nom", "Type"], ["Deux\nlignes", "tad"], [], ["Suite", "TUS"])
    assert [ligne.numero for ligne in lignes_de(cellules)] == [2, 4]


def test_la_premiere_feuille_garnie_est_lue_et_les_autres_dites():
    lue = apercu(fichiers.xlsx(*SIMPLE, autres=["Notice", "Listes"]))
    assert (lue.feuille, lue.feuilles) == ("Dispositifs", ["Dispositifs", "Notice", "Listes"])


def test_le_mode_d_emploi_qui_precede_le_tableau_est_passe():
    def notice(feuille):
        consignes = feuille.parent.create_sheet("Lisez-moi", 0)
        consignes.append(["Remplir le second onglet"])
        consignes.append(["Merci"])

    assert apercu(fichiers.xlsx(*SIMPLE, preparer=notice)).feuille == "Dispositifs"


# --- Les titres ----------------------------------------------------------------------------------


def test_ce_qu_un_titre_met_entre_parentheses_ne_le_cache_pas(db):
    titres = ["NOM DU\nDISPOSITIF *", "Public(s) cible(s)", "Description (200 signes au moins)"]
    entetes = trouver_entetes([(1, titres), (2, ["Garage", "Jeunes", "…"])])
    assert entetes.cles == ["nom", "publics", "description"]


def test_des_titres_sur_deux_lignes(db):
    fichier = fichiers.xlsx(
        ["Recensement 2026 du pôle métropolitain"],
        ["Structure", "", "Dispositif", "", ""],
        ["Nom", "SIREN", "Nom", "Type", "Territoire"],
        ["Mobil’Vimeu", 200046977.0, "Garage", "garage", ""],
    )
    valeurs = valeurs_de(fichier)
    assert (valeurs["porteur"].nom, valeurs["porteur"].siren) == ("Mobil’Vimeu", "200046977")
    assert (valeurs["nom"], valeurs["type"]) == ("Garage", "garage-solidaire")


def test_la_colonne_sans_nom_d_un_export_de_tableau_est_laissee(db):
    fichier = fichiers.xlsx(
        ["", "nom", "publics", "siret"],
        [0, "Garage", "['jeunes', 'seniors']", "20004697700013"],
    )
    valeurs = valeurs_de(fichier)
    assert valeurs["publics"] == ["jeunes", "seniors"]
    assert valeurs["porteur"].siren == "200046977"


def test_ce_que_la_structure_a_dit_de_ses_colonnes_est_repris(db):
    fichier = fichiers.texte(["Action", "Genre"], ["Garage", "tad"])
    [ligne] = lignes_de(fichier, {"action": "nom", "genre": "type"})
    assert ligne.valeurs == {"nom": "Garage", "type": "tad"}


# --- Les cellules --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("titre", "cellule", "champ", "valeur"),
    [
        ("Date de fin", "31/12/2026", "fin_financement", date(2026, 12, 31)),
        ("Date de fin", "1er janvier 2027", "fin_financement", date(2027, 1, 1)),
        ("Date de fin", "7 févr. 2027", "fin_financement", date(2027, 2, 7)),
        ("Date de fin", datetime(2026, 6, 30), "fin_financement", date(2026, 6, 30)),  # noqa: DTZ001
        ("Date de fin", 46203, "fin_financement", date(2026, 6, 30)),
        ("Date de fin", "2026-06-30", "fin_financement", date(2026, 6, 30)),
        ("ETP", "2,5", "etp", Decimal("2.50")),
        ("Budget", "12 500,50 €", "cout_annuel", Decimal("12500.50")),
        ("Budget", "1.250,5", "cout_annuel", Decimal("1250.50")),
        ("Capacité", 40.0, "capacite", 40),
        ("Téléphone", 322000000, "telephone", "0322000000"),
        ("Téléphone", "'+33 3 22 00 00 00", "telephone", "+33 3 22 00 00 00"),
        ("Publics", '["jeunes","seniors"]', "publics", ["jeunes", "seniors"]),
        ("Publics", "{jeunes,seniors}", "publics", ["jeunes", "seniors"]),
        ("Publics", "jeunes|seniors", "publics", ["jeunes", "seniors"]),
        ("Publics", "Jeunes ; Seniors", "publics", ["jeunes", "seniors"]),
        ("Publics", "jeunes, seniors", "publics", ["jeunes", "seniors"]),
        ("Publics", "[nan, 'jeunes', None]", "publics", ["jeunes"]),
        ("Publics", "Tout public", "publics", ["tous-publics"]),
        (
            *("Publics", "RSA, demandeurs d'emploi, PMR", "publics"),
            ["beneficiaires-des-minimas-sociaux", "demandeurs-emploi", "mobilite-reduite"],
        ),
        ("Type", "TUS", "type", "tus"),
        ("Type", "auto-école sociale", "type", "auto-ecole-sociale"),
        ("Site", "www.example.org", "lien_mobilisation", "https://www.example.org"),
    ],
)
def test_une_cellule_se_lit_comme_elle_s_ecrit(db, titre, cellule, champ, valeur):
    assert valeurs_de(fichiers.xlsx(["Nom", titre], ["Garage", cellule]))[champ] == valeur


@pytest.mark.parametrize(
    "vide", ["#N/D", "#N/A", "nan", "  ", None, "n.c.", "NC", "-", "?", "[nan]"]
)
def test_une_erreur_de_tableur_ou_une_case_sans_reponse_ne_dit_rien(db, vide):
    assert valeurs_de(fichiers.xlsx(["Nom", "Capacité"], ["Garage", vide])) == {"nom": "Garage"}


@pytest.mark.parametrize(
    ("titre", "cellule", "phrase"),
    [
        ("Capacité", "environ 50", "Capacité par an : « environ 50 » n’est pas un nombre."),
        ("Capacité", "2,5", "Capacité par an : « 2,5 » n’est pas un nombre entier."),
        ("Type", "soucoupe volante", "Type : « soucoupe volante » n’est pas un choix connu."),
        (
            *("Type", "Conseil et bilan"),
            "n’est pas un choix connu ; les plus proches : Bilan ou diagnostic",
        ),
        ("SIRET", "2,00071E+13", "en notation scientifique, ses derniers chiffres sont perdus"),
        ("Date de fin", "31/02/2026", "Fin du financement : « 31/02/2026 » n’est pas une date"),
        ("SIREN", "12", "« 12 » n’est ni un SIREN (9 chiffres) ni un SIRET (14 chiffres)"),
        ("Description", "=1+1", "commence par « = » : une formule n’est pas importée"),
    ],
)
def test_ce_qui_ne_se_lit_pas_est_dit(db, titre, cellule, phrase):
    [ligne] = lignes_de(fichiers.texte(["Nom", titre], ["Garage", cellule]))
    assert any(phrase in erreur for erreur in ligne.erreurs), ligne.erreurs


def test_un_siret_en_notation_scientifique_se_lit_s_il_est_entier(db):
    fichier = fichiers.texte(["Nom", "SIRET"], ["Garage", "2,0004697700013E+13"])
    assert valeurs_de(fichier)["porteur"].siren == "200046977"


def test_un_type_ecrit_autrement_se_deduit_et_cela_se_dit(db):
    [ligne] = lignes_de(fichiers.texte(["Nom", "Type"], ["Vélos", "Location de vélos"]))
    assert ligne.valeurs["type"] == "location-solidaire"
    assert ligne.remarques == (
        "Type déduit de « Location de vélos », à vérifier : "
        "« Location solidaire (auto, deux-roues, vélo) ».",
    )


def test_un_courriel_personnel_n_entre_pas(db):
    [ligne] = lignes_de(fichiers.texte(["Nom", "Mail"], ["Garage", "marie.durand@gmail.com"]))
    assert "courriel" not in ligne.valeurs and "semble personnel" in ligne.remarques[0]


def test_les_territoires_par_leur_nom_leur_code_et_sans_leur_zero(territoire):
    fichier = fichiers.xlsx(
        ["Nom", "Territoire", "Code commune"],
        ["A", "CA du Pays de Laon ; Grandvilliers", 2408],
        ["B", "Saint-Denis", ""],
        ["C", "200043495.0", "02000"],
    )
    a, b, c = lignes_de(fichier)
    assert a.valeurs["zone_eligibilite"] == ["commune-60286", "epci-200043495"]
    assert a.valeurs["commune"] == "02408" and "a perdu son zéro" in a.remarques[0]
    assert "désigne 2 territoires" in b.erreurs[0]
    assert c.valeurs["zone_eligibilite"] == ["epci-200043495"]
    assert "est un code postal, pas un code INSEE" in c.erreurs[0]


# --- Les fichiers piégés -------------------------------------------------------------------------


def bombe(declare, zeros=60):
    """Un classeur de quelques mégaoctets qui en déplie `zeros`, et en déclare `declare`."""
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=False) as piece:
            for _ in range(zeros):
                piece.write(bytes(1024**2))
    octets = bytearray(sortie.getvalue())
    place = octets.rindex(b"PK\x01\x02")
    octets[place + 24 : place + 28] = struct.pack("<I", declare)
    return ContentFile(bytes(octets), "bombe.xlsx")


def en_ole(entree):
    return ContentFile(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + entree.encode("utf-16-le"), "vieux.xls"
    )


@pytest.mark.parametrize(
    ("fichier", "phrase"),
    [
        (ContentFile(b"", "vide.csv"), "Le fichier est vide."),
        (ContentFile(b"MZ\x90\x00\x03" + bytes(200), "liste.csv"), "ni un CSV ni un classeur"),
        (ContentFile(b"%PDF-1.7\n\x00\x01\x02", "liste.xlsx"), "ni un CSV ni un classeur"),
        (bombe(declare=4_000_000_000), "Déplié, ce fichier pèserait 3815 Mio"),
        (fichiers.archive("liste.xlsx", {"a.txt": "b"}), "est une archive, pas un classeur"),
        (ContentFile(b"PK\x03\x04abime", "liste.xlsx"), "Ce fichier est abîmé"),
        (fichiers.archive("liste.xlsx", {"xl/workbook.xml": "<a"}), "ne se lit pas"),
        (en_ole("Workbook"), "d’un ancien format (.xls)"),
        (en_ole("EncryptedPackage"), "protégé par un mot de passe"),
        (fichiers.ods(*SIMPLE, chiffre=True), "protégé par un mot de passe"),
        (fichiers.texte(["a;"] * 201), "trop grande : 200 colonnes et 20 000 lignes"),
        (fichiers.texte(["Nom"], ["x" * 100_001]), "Ligne 2 : une cellule a plus de 100 000"),
    ],
    ids=[
        *("vide", "executable", "pdf", "bombe", "archive", "abime", "sans-contenu", "xls"),
        *("chiffre", "ods-chiffre", "colonnes", "cellule"),
    ],
)
def test_un_fichier_inutilisable_est_refuse_avec_une_phrase(fichier, phrase):
    with pytest.raises(FichierRefuse, match=r".") as refus:
        apercu(fichier)
    assert phrase in str(refus.value)


@pytest.mark.lent
@pytest.mark.parametrize(
    "preparer",
    [
        lambda feuille: feuille.cell(1, 16_000, "loin"),
        lambda feuille: feuille.cell(1_048_576, 16_384, "très loin"),
    ],
    ids=["16000-colonnes", "derniere-cellule"],
)
def test_une_feuille_demesuree_est_refusee(preparer):
    with pytest.raises(FichierRefuse, match=r"trop grande|demande trop de mémoire"):
        apercu(fichiers.xlsx(*SIMPLE, preparer=preparer))


@pytest.mark.lent
def test_une_archive_qui_ment_sur_sa_taille_ne_tue_que_son_lecteur():
    with pytest.raises(FichierRefuse):
        apercu(bombe(declare=1000, zeros=1500))


def test_une_formule_de_classeur_ne_donne_que_sa_valeur(db):
    """Un tableur garde la dernière valeur calculée ; openpyxl n'en écrit pas : rien n'est lu."""
    fichier = fichiers.xlsx(["Nom", "Description"], ["Garage", '=HYPERLINK("http://x","y")'])
    assert valeurs_de(fichier) == {"nom": "Garage"}
