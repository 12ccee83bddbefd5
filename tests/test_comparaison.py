"""Le texte annoté : rien d'ajouté, rien de perdu, la structure gardée, jamais la couleur seule."""

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pams_portal.comparaison import AJOUT, RETRAIT, comparer_textes, comparer_valeurs
from pams_portal.texte import en_html

ANNONCE = re.compile(r'<span class="hors-ecran">.*?</span>')


def nu(html):
    """L'annoté sans les mots cachés."""
    return ANNONCE.sub("", html)


def mots_lus(html, sans=None):
    """Les mots visibles, sans ceux d'une des deux marques."""
    html = nu(html).replace("↵", "")
    if sans:
        html = re.sub(rf"<{sans}>.*?</{sans}>", " ", html, flags=re.DOTALL)
    return re.findall(r"\w+", unescape(re.sub(r"<[^>]+>", " ", html)))


def annoter(avant, apres):
    return nu(comparer_textes(avant, apres).html)


@pytest.mark.parametrize(
    ("avant", "apres", "attendu"),
    [
        (
            "Le garage de Roye ouvre.",
            "Le garage de Montdidier ouvre.",
            "<p>Le garage de <del>Roye </del><ins>Montdidier </ins>ouvre.</p>",
        ),
        ("## Un", "## Un\n\nDeux", "<h3>Un</h3><p><ins>Deux</ins></p>"),
        ("Un\n\nDeux", "Deux", "<p><del>Un</del></p><p>Deux</p>"),
        ("- un\n- deux", "- un\n- trois", "<ul><li>un</li><li><del>deux</del></li>"
         "<li><ins>trois</ins></li></ul>"),
        ("- un deux", "- un deux trois", "<ul><li>un deux <ins>trois</ins></li></ul>"),
        ("mot", "**mot**", "<p><del>mot</del><ins><strong>mot</strong></ins></p>"),
        ("## Titre", "### Titre", "<h3><del>Titre</del></h3><h3><ins>Titre</ins></h3>"),
        ("un\\\ndeux", "un deux", "<p>un <del>↵<br></del>deux</p>"),
        ("L’action, ici.", "L’action, là.", "<p>L’action, <del>ici</del><ins>là</ins>.</p>"),
    ],
)  # fmt: skip
def test_le_texte_annote(avant, apres, attendu):
    assert annoter(avant, apres) == attendu


def test_un_tableau_reste_rectangulaire_quand_une_colonne_s_ajoute():
    avant = "| a | b |\n| - | - |\n| 1 | 2 |\n| 3 | 4 |"
    apres = "| a | c | b |\n| - | - | - |\n| 1 | x | 2 |"
    html = annoter(avant, apres)

    assert [len(re.findall("<t[dh]", rangee)) for rangee in html.split("<tr>")[1:]] == [3, 3, 3]
    assert "<td>1</td><td><ins>x</ins></td><td>2</td>" in html
    assert "<td><del>3</del></td><td></td><td><del>4</del></td>" in html


def test_un_mot_d_un_seul_bout_de_tableau_change_seul():
    html = annoter("| a | b |\n| - | - |\n| 1 | 2 |", "| a | b |\n| - | - |\n| 1 | 3 |")
    assert "<td>1</td><td><del>2</del><ins>3</ins></td>" in html


def test_le_lecteur_d_ecran_entend_ce_qui_change():
    html = comparer_textes("Roye", "Montdidier").html
    assert '<del><span class="hors-ecran">retiré\xa0: </span>Roye' in unescape(html)
    assert 'Montdidier<span class="hors-ecran"> fin d’ajout</span></ins>' in html


def test_chaque_cote_ne_montre_que_le_sien():
    avant, apres = "Un mot ici.\n\nRetiré en entier.", "Un texte ici."
    gauche = comparer_textes(avant, apres, cote=RETRAIT).html
    droite = comparer_textes(avant, apres, cote=AJOUT).html

    assert mots_lus(gauche) == ["Un", "mot", "ici", "Retiré", "en", "entier"]
    assert mots_lus(droite) == ["Un", "texte", "ici"]
    assert AJOUT not in re.findall(r"<(\w+)", gauche)
    assert "<p></p>" not in droite


def test_un_texte_inchange_n_a_pas_de_marque():
    comparaison = comparer_textes("Un.\r\n\r\nDeux.", "Un.\n\nDeux.  ")
    assert comparaison.html == en_html("Un.\n\nDeux.")
    assert comparaison.sans_effet
    assert comparaison.bilan == "aucun mot changé"


def test_le_bilan_compte_les_mots():
    assert comparer_textes("un deux", "un trois quatre").bilan == "2 mots ajoutés, 1 mot retiré"


def test_rien_n_entre_hors_du_profil():
    html = comparer_textes("ici", "<script>alert(1)</script> [x](javascript:alert(1)) ici").html
    assert "<script" not in html
    assert "href" not in html


def test_une_valeur_courte_change_en_entier_une_phrase_mot_a_mot():
    assert nu(comparer_valeurs("12 500 €", "13 500 €").html) == (
        "<del>12 500 €</del> <ins>13 500 €</ins>"
    )
    assert nu(comparer_valeurs("", "7 novembre 2026").html) == "<ins>7 novembre 2026</ins>"
    phrase = nu(comparer_valeurs("Un garage solidaire à Roye et alentour", "Un garage solidaire à "
                                 "Montdidier et alentour").html)  # fmt: skip
    assert phrase == "Un garage solidaire à <del>Roye </del><ins>Montdidier </ins>et alentour"


def test_une_valeur_simple_n_est_pas_lue_comme_du_texte_riche():
    assert nu(comparer_valeurs("a", "**b** <i>").html) == (
        "<del>a</del> <ins>**b** &lt;i&gt;</ins>"
    )


def test_une_liste_dit_ce_qui_entre_et_ce_qui_sort():
    html = nu(comparer_valeurs(["Jeunes", "Familles"], ["Familles", "Apprentis"]).html)
    assert html == (
        "<ul><li>Familles</li><li><ins>Apprentis</ins></li><li><del>Jeunes</del></li></ul>"
    )


MOTS = st.sampled_from(
    ["le", "garage", "**solidaire**", "de", "Roye", "ouvre,", "<b>", "&", "[ici](https://a.fr)"]
)
PHRASES = st.lists(MOTS, min_size=1, max_size=6).map(" ".join)
RANGEES = st.lists(st.tuples(PHRASES, PHRASES).map(lambda p: f"| {p[0]} | {p[1]} |"), max_size=3)
BLOCS = st.one_of(
    PHRASES,
    PHRASES.map("## {}".format),
    PHRASES.map("### {}".format),
    PHRASES.map("> {}".format),
    st.lists(PHRASES, min_size=1, max_size=4).map(lambda p: "\n".join(f"- {x}" for x in p)),
    st.lists(PHRASES, min_size=1, max_size=3).map(lambda p: "\n".join(f"1. {x}" for x in p)),
    RANGEES.map(lambda r: "\n".join(["| a | b |", "| - | - |", *r])),
)
TEXTES = st.lists(BLOCS, max_size=5).map("\n\n".join)


@settings(max_examples=300, deadline=None)
@given(avant=TEXTES, apres=TEXTES)
def test_sans_les_ajouts_on_lit_l_ancien_sans_les_retraits_le_nouveau(avant, apres):
    html = comparer_textes(avant, apres).html
    assert mots_lus(html, sans=RETRAIT) == mots_lus(en_html(apres))
    assert mots_lus(html, sans=AJOUT) == mots_lus(en_html(avant))


@settings(max_examples=150, deadline=None)
@given(avant=st.text(max_size=300), apres=st.text(max_size=300))
def test_quel_que_soit_le_texte_les_balises_sont_permises_et_fermees(avant, apres):
    html = comparer_textes(avant, apres).html
    balises = re.findall(r"<(/?)(\w+)", html)
    ouvertes = []
    for fermante, nom in balises:
        assert nom in {
            *("p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "ins", "del", "span"),
            *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
        }
        if fermante:
            assert ouvertes.pop() == nom
        elif nom != "br":
            ouvertes.append(nom)
    assert ouvertes == []


@pytest.mark.lent
@pytest.mark.parametrize(
    ("avant", "apres"),
    [
        ("a b " * 50_000, "b a " * 50_000),
        ("mot " * 50_000, "mot\n\n" * 33_000),
        ("- a\n" * 20_000, "- b\n" * 20_000),
        ("> " * 50_000, "- " * 50_000),
        ("| a " * 40_000, "**a" * 60_000),
    ],
)
def test_le_pire_des_textes_se_compare_sans_tomber(avant, apres):
    assert comparer_textes(avant, apres).html
