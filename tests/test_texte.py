"""Le texte riche : même lecture que l'éditeur, HTML sûr, travail borné."""

import json
import time
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from hypothesis import given, settings
from hypothesis import strategies as st

from pams_portal.texte import (
    ANALYSEUR,
    LONGUEUR_MAXIMALE,
    PARAGRAPHE_MAXIMAL,
    en_html,
    en_texte_brut,
    normaliser,
    valider_texte_riche,
)

# Écrit par l'éditeur : « npm run temoin » dans static/editeur/sources.
TEMOIN = json.loads((Path(__file__).parent / "editeur" / "temoin.json").read_text("utf-8"))

ATTRIBUTS_PERMIS = {
    "a": {"href", "title", "rel"},
    "ol": {"start"},
    "th": {"class", "scope"},
    "td": {"class"},
}
BALISES_PERMISES = {
    *("p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}


class Releve(HTMLParser):
    """Les balises, attributs et mots réellement présents dans un HTML."""

    def __init__(self, html):
        super().__init__()
        self.balises, self.mots = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.balises.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.mots.append(data)


def verifier_sur(html):
    assert "<!--" not in html
    for balise, attributs in Releve(html).balises:
        assert balise in BALISES_PERMISES
        assert set(attributs) <= ATTRIBUTS_PERMIS.get(balise, set())
        adresse = attributs.get("href", "/").strip().lower()
        protocole = adresse.split(":")[0] if ":" in adresse.split("/")[0] else ""
        assert protocole in ("", "http", "https", "mailto", "tel")


def liens(html):
    return [attributs["href"] for balise, attributs in Releve(html).balises if balise == "a"]


@pytest.mark.parametrize("cas", TEMOIN, ids=[cas["nom"] for cas in TEMOIN])
def test_le_serveur_lit_un_texte_comme_l_editeur(cas):
    assert ANALYSEUR.render(cas["markdown"]) == cas["html"]


VECTEURS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    '[x](https://a.fr "\\" onmouseover=alert(1) \\"")',
    "[x](https://a.fr/'onclick='alert(1))",
    "![x](javascript:alert(1))",
    "![x](https://a.fr/x.png)",
    "`<script>`",
    "```html\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "[a]: javascript:alert(1)\n\n[a]",
    "| <b onclick=x> |\n| --- |\n| [x](javascript:alert(1)) |",
    "<!-- --><style>@import 'x'</style><math><mtext></table><mglyph><style><!--</style>",
    "<form><button formaction=javascript:alert(1)>x",
    "<p style='background:url(x)'>x</p>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


@pytest.mark.parametrize("vecteur", VECTEURS)
def test_aucun_vecteur_ne_produit_de_balise_ni_d_adresse_dangereuse(vecteur):
    verifier_sur(en_html(vecteur))
    verifier_sur(en_html(f"- {vecteur}"))


def test_le_html_colle_est_montre_echappe_jamais_interprete():
    assert en_html("<b>gras</b> & <!-- x -->") == (
        "<p>&lt;b&gt;gras&lt;/b&gt; &amp; &lt;!-- x --&gt;</p>"
    )


def test_le_resultat_s_insere_dans_un_gabarit_sans_etre_echappe():
    assert isinstance(en_html("**a**"), SafeString)


@pytest.mark.parametrize(
    ("texte", "adresses"),
    [
        ("[a](https://exemple.fr/x?a=1&b=2)", ["https://exemple.fr/x?a=1&b=2"]),
        ("[a](/plans/) [b](#ancre)", ["/plans/", "#ancre"]),
        ("[a](mailto:a@example.org) [b](tel:112)", ["mailto:a@example.org", "tel:112"]),
        ("[a](ftp://exemple.fr)", []),
        (f"<https://exemple.fr/{'x' * 300}>", [f"https://exemple.fr/{'x' * 300}"]),
    ],
)  # fmt: skip
def test_seules_les_adresses_permises_deviennent_des_liens(texte, adresses):
    html = en_html(texte)
    assert liens(html) == adresses
    assert html.count('rel="noopener"') == len(adresses)


@pytest.mark.parametrize(
    ("texte", "niveau", "attendu"),
    [
        ("## A\n\n### B", 3, "<h3>A</h3>\n<h4>B</h4>"),
        ("## A\n\n### B", 2, "<h2>A</h2>\n<h3>B</h3>"),
        ("## A\n\n### B", 6, "<h6>A</h6>\n<h6>B</h6>"),
        ("# A\n\n##### B", 3, "<h3>A</h3>\n<h4>B</h4>"),
        ("### B\n\n## A\n\n### C", 3, "<h3>B</h3>\n<h3>A</h3>\n<h4>C</h4>"),
    ],
)
def test_les_titres_se_placent_sous_celui_de_la_page_sans_rang_saute(texte, niveau, attendu):
    assert en_html(texte, niveau) == attendu


def test_un_tableau_annonce_ses_colonnes_et_s_aligne_par_une_classe():
    html = en_html("|  | 2026 |\n| :-: | --: |\n| Région | 10 |")
    assert html.replace("\n", "") == (
        '<table><thead><tr><td class="aligne-centre"></td>'
        '<th class="aligne-droite" scope="col">2026</th></tr></thead>'
        '<tbody><tr><td class="aligne-centre">Région</td>'
        '<td class="aligne-droite">10</td></tr></tbody></table>'
    )


def test_un_tableau_colle_aux_cases_fusionnees_reste_un_tableau_complet():
    source = Path("static/editeur/sources/tests/documents/word-tableau-fusionne.md")
    racine = Path(__file__).resolve().parent.parent
    balises = [
        balise for balise, _ in Releve(en_html((racine / source).read_text("utf-8"))).balises
    ]
    assert balises.count("tr") == 6
    assert balises.count("td") + balises.count("th") == 24


def test_emoji_accents_et_espaces_insecables_traversent_intacts():
    texte = "🚗 👩‍🦽 🇫🇷 « L’élève »\u202f! n°\u00a05 — œuvre"
    assert unescape(en_html(texte)) == f"<p>{texte}</p>"
    assert en_texte_brut(texte) == texte


@pytest.mark.parametrize(
    ("recu", "enregistre"),
    [
        (None, ""),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00b\x07c\x1bd\x9fe\ufefff\uffffg", "abcdefg"),
        ("a\ud83db", "ab"),
        ("a\vb\fc\u2028d", "a\nb\nc\nd"),
        ("a  \t\nb \n\n", "a\nb"),
        ("\n\n  - a", "  - a"),
        ("e\u0301te\u0301", "été"),
        ("a\tb", "a\tb"),
    ],
)
def test_normaliser_ne_garde_que_ce_que_les_bases_et_xml_acceptent(recu, enregistre):
    assert normaliser(recu) == enregistre
    assert normaliser(enregistre) == enregistre


def test_le_texte_brut_n_a_plus_de_syntaxe():
    texte = "## T\n\nA **b** [c](/d)\\\ne\n\n- f\n  - g\n\n| h | i |\n| --- | --- |\n| j \\| k |  |"
    assert en_texte_brut(texte) == "T\nA b c e\nf\ng\nh i\nj | k"


def test_un_texte_a_la_limite_est_accepte():
    valider_texte_riche("a" * LONGUEUR_MAXIMALE + "\r\n")


def test_un_texte_trop_long_est_refuse_avec_son_compte_et_la_limite():
    with pytest.raises(ValidationError) as refus:
        valider_texte_riche("é" * 250_001)
    assert refus.value.messages == [
        "Ce texte compte 250\u202f001 caractères ; la limite est de 200\u202f000. "
        "Raccourcissez-le ou répartissez-le dans plusieurs parties."
    ]


@pytest.mark.parametrize("motif", ["> ", "- ", "1. ", "> - "])
def test_un_texte_trop_profond_est_montre_sans_syntaxe_mais_en_entier(motif):
    texte = motif * 60 + "le fond"
    assert "le fond" in en_html(texte)
    assert "le fond" in en_texte_brut(texte)
    verifier_sur(en_html(texte))


def test_un_paragraphe_demesure_est_montre_sans_syntaxe_avec_tous_ses_mots():
    texte = "**mot** \\*étoile\\* <b> " * (PARAGRAPHE_MAXIMAL // 10)
    html = en_html(texte)
    assert html.startswith("<p>**mot** *étoile* &lt;b&gt; **mot**")
    assert html.count("étoile") == en_texte_brut(texte).count("étoile") == PARAGRAPHE_MAXIMAL // 10


def test_un_chapitre_de_10_000_mots_se_lit_vite():
    paragraphe = "mobilité solidaire **pour tous** les publics, [lien](https://exemple.fr) ; " * 12
    texte = f"## Titre\n\n{paragraphe}\n\n- un\n- deux\n\n" * 100
    assert len(texte.split()) > 10_000
    depart = time.perf_counter()
    assert en_html(texte).count("<h3>") == 100
    assert time.perf_counter() - depart < 2


MOTIFS_RETORS = [
    "[", "]", "*", "**a ", "_", "*a_ ", "<", "![", "[a](", "[a](<b", "\\", "&", "> ", ">", "- ",
    "|", "|a", "a|b\n", "a|b\n-|-\n", "# a\n", "<a:", "*a **b ", "[[a]", "](x)", '[a](b "',
    "\n\n- ", "- a\n ", " ", "\t", "a\x00", "[x](y) ", "a**b", "**x* ", "a\n", "a\\\n",
    "<https://a.fr>", "  \n",
]  # fmt: skip


@pytest.mark.lent
@pytest.mark.parametrize("motif", MOTIFS_RETORS)
def test_un_texte_retors_a_la_limite_demande_un_travail_borne(motif):
    """Mesuré : 8 s au pire, sur une machine occupée (docs/decisions/0004-editeur.md)."""
    entier = motif * (LONGUEUR_MAXIMALE // len(motif))
    ligne = motif * ((PARAGRAPHE_MAXIMAL - 1) // len(motif))
    paragraphes = f"{ligne}x\n\n" * (LONGUEUR_MAXIMALE // PARAGRAPHE_MAXIMAL)
    for texte in (f"{entier}x", paragraphes):
        depart = time.perf_counter()
        html = en_html(texte)
        assert time.perf_counter() - depart < 30
        verifier_sur(html)


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("ab *_#>-|\\[]()<&`~1.:\n\r\t\x00é🚗\ud83d/\"'"), max_size=200)
)
def test_aucun_texte_ne_fait_lever_d_erreur(texte):
    verifier_sur(en_html(texte))
    assert en_texte_brut(texte).count("\x00") == 0
    normaliser(texte).encode("utf-8")
