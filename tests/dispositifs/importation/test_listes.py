"""Une liste se lit sous toutes les formes où les fichiers la donnent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispositifs.importation.listes import lire_liste
from dispositifs.importation.objets import FichierRefuse, lire_objets

FORMES = [
    ["actifs", "jeunes"],
    ("actifs", "jeunes"),
    '["actifs", "jeunes"]',
    '["actifs","jeunes"]',
    "['actifs', 'jeunes']",
    "['actifs' 'jeunes']",
    "['actifs'\n 'jeunes']",
    "('actifs', 'jeunes')",
    "{actifs,jeunes}",
    '{"actifs","jeunes"}',
    "{'actifs', 'jeunes'}",
    "{actifs, jeunes}",
    "[actifs, jeunes]",
    "[actifs;jeunes]",
    "actifs|jeunes",
    "actifs | jeunes",
    "actifs;jeunes",
    "actifs ; jeunes",
    "actifs,jeunes",
    "actifs, jeunes",
    "actifs\njeunes",
    "['actifs', None, 'jeunes', 'actifs']",
    "array(['actifs', 'jeunes'])",
]


@pytest.mark.parametrize("forme", FORMES, ids=repr)
def test_chaque_forme_donne_la_meme_liste(forme):
    assert lire_liste(forme) == ["actifs", "jeunes"]


@pytest.mark.parametrize(
    "vide",
    [
        None,
        "",
        " ",
        [],
        (),
        "[]",
        "{}",
        "nan",
        "NaN",
        "None",
        "null",
        float("nan"),
        [None],
        "set()",
    ],
    ids=repr,
)
def test_ce_qui_ne_dit_rien_est_une_liste_vide(vide):
    assert lire_liste(vide) == []


@pytest.mark.parametrize(
    ("valeur", "lue"),
    [
        *(("jeunes", ["jeunes"]), ("['jeunes']", ["jeunes"]), ("{jeunes}", ["jeunes"])),
        *((["02", "2A"], ["02", "2A"]), ("{02,2A}", ["02", "2A"]), (80.0, ["80"])),
        (["l’été, à Roye"], ["l’été, à Roye"]),
        ('["l\'été, à Roye"]', ["l'été, à Roye"]),
        ('{"l\'été, à Roye",autre}', ["l'été", "à Roye", "autre"]),
        ("[pas du json", ["[pas du json"]),
    ],
    ids=repr,
)
def test_une_liste_d_un_seul_et_les_cas_limites(valeur, lue):
    assert lire_liste(valeur) == lue


@given(st.text())
def test_aucun_texte_ne_fait_tomber_la_lecture(texte):
    assert all(isinstance(element, str) for element in lire_liste(texte))


@given(st.lists(st.text(alphabet="abc-2A", min_size=1).map(lambda mot: f"x{mot}"), unique=True))
def test_ce_que_python_ecrit_se_relit(mots):
    assert lire_liste(repr(mots)) == mots


# --- Les fichiers --------------------------------------------------------------------------------

ATTENDU = [{"id": "dora--1", "nom": "Été"}, {"id": "dora--2", "nom": "Hiver"}]


@pytest.mark.parametrize(
    "texte",
    [
        '[{"id": "dora--1", "nom": "Été"}, {"id": "dora--2", "nom": "Hiver"}]',
        '{"items": [{"id": "dora--1", "nom": "Été"}, {"id": "dora--2", "nom": "Hiver"}]}',
        '{"id": "dora--1", "nom": "Été"}\n{"id": "dora--2", "nom": "Hiver"}\n',
        "id,nom\ndora--1,Été\ndora--2,Hiver\n",
        "id;nom\r\ndora--1;Été\r\ndora--2;Hiver\r\n",
        "id\tnom\ndora--1\tÉté\n\ndora--2\tHiver\n",
        ",id,nom\n0,dora--1,Été\n1,dora--2,Hiver\n",
        '"id","nom"\n"dora--1","Été"\n"dora--2","Hiver"\n',
    ],
)
@pytest.mark.parametrize("codage", ["utf-8", "utf-8-sig", "cp1252"])
def test_un_fichier_se_lit_dans_chaque_codage(texte, codage):
    assert [objet for _, objet in lire_objets(texte.encode(codage))] == ATTENDU


def test_les_numeros_sont_ceux_des_lignes():
    assert [n for n, _ in lire_objets(b'id,nom\na,"x\ny"\nb,z\n')] == [3, 4]
    assert [n for n, _ in lire_objets(b'[{"id": "a"}, {"id": "b"}]')] == [1, 2]


@pytest.mark.parametrize(
    "octets",
    [b"", b"PK\x03\x04,\0,", b"[1, 2]", b"[" * 50_000, b'{"a": ', b"du texte sans colonne", b"[]x"],
    ids=lambda octets: repr(octets[:12]),
)
def test_ce_qui_n_est_pas_un_tableau_est_refuse_d_une_phrase(octets):
    with pytest.raises(FichierRefuse, match="ni un tableau JSON"):
        lire_objets(octets)
