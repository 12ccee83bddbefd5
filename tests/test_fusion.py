"""La fusion par paragraphe : aucun texte perdu, rien de deviné, toujours le même résultat."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pams_portal.fusion import LEUR, MIEN, decouper, fusionner
from pams_portal.texte import en_texte_brut, normaliser

BASE = "Un.\n\nDeux.\n\nTrois."


@pytest.mark.parametrize(
    ("mien", "leur", "attendu"),
    [
        ("Un, moi.\n\nDeux.\n\nTrois.", "Un.\n\nDeux.\n\nTrois, eux.",
         "Un, moi.\n\nDeux.\n\nTrois, eux."),
        ("Un, moi.\n\nDeux.\n\nTrois.", "Un.\n\nDeux, eux.\n\nTrois.",
         "Un, moi.\n\nDeux, eux.\n\nTrois."),
        ("Un.\n\nDeux.\n\nTrois.\n\nMoi.", "Un.\n\nTrois.", "Un.\n\nTrois.\n\nMoi."),
        ("Un.\n\nMoi.\n\nDeux.\n\nTrois.", "Un.\n\nEux.\n\nDeux.\n\nTrois.",
         "Un.\n\nEux.\n\nMoi.\n\nDeux.\n\nTrois."),
        ("Un.\n\nMoi.\n\nDeux.\n\nTrois.", "Un.\n\nDeux, eux.\n\nTrois.",
         "Un.\n\nMoi.\n\nDeux, eux.\n\nTrois."),
        ("Pareil.\n\nDeux.\n\nTrois.", "Pareil.\n\nDeux.\n\nTrois, eux.",
         "Pareil.\n\nDeux.\n\nTrois, eux."),
        ("Moi.\n\nNous.\n\nTrois.", "Un.\n\nNous.\n\nTrois.", "Moi.\n\nNous.\n\nTrois."),
        ("Deux.\n\nTrois.", "Deux.\n\nTrois.", "Deux.\n\nTrois."),
    ],
)  # fmt: skip
def test_ce_qu_un_seul_a_change_se_reunit(mien, leur, attendu):
    fusion = fusionner(BASE, mien, leur)
    assert fusion.desaccords == []
    assert fusion.texte == attendu


def test_le_meme_paragraphe_change_autrement_est_un_desaccord():
    fusion = fusionner(BASE, "Un.\n\nDeux, moi.\n\nTrois, moi.", "Un, eux.\n\nDeux, eux.\n\nTrois.")

    assert fusion.texte is None
    assert fusion.desaccords == [("Deux.", "Deux, moi.", "Deux, eux.")]
    assert fusion.avec(MIEN) == "Un, eux.\n\nDeux, moi.\n\nTrois, moi."
    assert fusion.avec(LEUR) == "Un, eux.\n\nDeux, eux.\n\nTrois, moi."


def test_retirer_ce_qu_un_autre_corrige_est_un_desaccord():
    fusion = fusionner(BASE, "Un.\n\nTrois.", "Un.\n\nDeux, eux.\n\nTrois.")
    assert fusion.desaccords == [("Deux.", "", "Deux, eux.")]


def test_ajouter_au_milieu_de_ce_qu_un_autre_retire_est_un_desaccord():
    fusion = fusionner(BASE, "Un.\n\nDeux.\n\nMoi.\n\nTrois.", "Un.")
    assert [d.leur for d in fusion.desaccords] == [""]
    assert "Moi." in fusion.desaccords[0].mien


def test_deux_premiers_jets_ne_se_lisent_pas_bout_a_bout():
    assert fusionner("", "Moi.", "Eux.").desaccords == [("", "Moi.", "Eux.")]


def test_chaque_point_d_une_liste_compte_pour_lui_meme():
    base = "Avant\n\n- un\n- deux\n- trois"
    fusion = fusionner(base, f"{base}\n- moi", "Avant\n\n- un, eux\n- deux\n- trois")
    assert fusion.texte == "Avant\n\n- un, eux\n- deux\n- trois\n- moi"


def test_un_tableau_est_un_seul_paragraphe():
    tableau = "| a | b |\n| - | - |\n| 1 | 2 |"
    assert len(decouper(f"## Titre\n{tableau}\n\nFin.")) == 3
    fusion = fusionner(tableau, f"{tableau}\n| 3 | 4 |", tableau.replace("1", "9"))
    assert len(fusion.desaccords) == 1


def test_un_ajout_et_un_retrait_qui_se_compensent_ne_croisent_pas_les_textes():
    """Eux ajoutent avant, changent le milieu, retirent la fin : le milieu reste le milieu."""
    base = "Le début.\n\nLe garage ouvre le lundi.\n\nLa fin."
    mien = base.replace("lundi", "mardi")
    leur = "Le début.\n\nUne annonce.\n\nLe garage ouvre le jeudi."

    [desaccord] = fusionner(base, mien, leur).desaccords

    assert "le mardi" in desaccord.mien
    assert "le jeudi" in desaccord.leur


def test_un_paragraphe_sans_aucun_mot_se_reunit_comme_un_autre():
    fusion = fusionner("Un.\n\n\u00a0", "Un.\n\n\u2003", "Eux.\n\n\u00a0")
    assert fusion.texte == "Eux.\n\n\u2003"


PARAGRAPHES = st.lists(st.integers(0, 9), min_size=1, max_size=7, unique=True)
ACTES = st.lists(st.sampled_from(["garder", "changer", "retirer", "ajouter"]), max_size=7)


def ecrire(base, actes, qui):
    """Le texte d'une personne, et ce qui y est d'elle seule."""
    ecrit, siens = [], []
    for rang, paragraphe in enumerate(base):
        acte = actes[rang] if rang < len(actes) else "garder"
        if acte != "retirer":
            ecrit.append(f"P{paragraphe} de {qui}" if acte == "changer" else f"P{paragraphe}")
        if acte == "ajouter":
            ecrit.append(f"N{paragraphe} de {qui}")
        siens += [texte for texte in ecrit[-2:] if texte.endswith(qui) and texte not in siens]
    return ecrit, siens


@settings(max_examples=500, deadline=None)
@given(base=PARAGRAPHES, miens=ACTES, leurs=ACTES)
def test_aucun_texte_ne_se_perd(base, miens, leurs):
    mien, de_moi = ecrire(base, miens, "moi")
    leur, d_eux = ecrire(base, leurs, "eux")
    depart = "\n\n".join(f"P{n}" for n in base)

    fusion = fusionner(depart, "\n\n".join(mien), "\n\n".join(leur))

    reuni = fusion.avec(MIEN).split("\n\n")
    disputes = [p for d in fusion.desaccords for p in d.leur.split("\n\n")]
    assert set(de_moi) <= set(reuni)
    assert set(d_eux) <= {*reuni, *disputes}
    assert set(reuni) <= {*mien, *leur, ""}
    gardes = {f"P{n}" for n in base} & set(mien) & set(leur)
    assert gardes <= set(reuni)
    for rang, n in enumerate(base):
        actes = [lot[rang] if rang < len(lot) else "garder" for lot in (miens, leurs)]
        if actes == ["changer", "changer"]:
            assert any(f"P{n} de eux" in d.leur and f"P{n} de moi" in d.mien
                       for d in fusion.desaccords)  # fmt: skip


TEXTES = st.lists(
    st.sampled_from(["Un.", "Deux.", "- a", "- b", "## T", "| a |\n| - |\n| b |", "> c"]),
    max_size=6,
).map("\n\n".join)


@settings(max_examples=300, deadline=None)
@given(base=TEXTES, mien=TEXTES, leur=TEXTES)
def test_la_fusion_est_reguliere(base, mien, leur):
    fusion, inverse = fusionner(base, mien, leur), fusionner(base, leur, mien)

    assert fusion.avec(MIEN) == fusionner(base, mien, leur).avec(MIEN)
    assert [(d.base, d.leur, d.mien) for d in inverse.desaccords] == fusion.desaccords
    assert fusionner(base, mien, base).texte == normaliser(mien)
    assert fusionner(base, mien, mien).texte == normaliser(mien)
    assert fusionner(base, base, leur).texte == normaliser(leur)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab \n-#|>1.", max_size=80).map(normaliser))
def test_decouper_garde_tous_les_mots(texte):
    lignes = [ligne for p in decouper(texte) for ligne in p.texte.split("\n")]
    assert lignes == [ligne for ligne in texte.split("\n") if ligne]


def test_une_liste_reunie_reste_une_liste():
    fusion = fusionner("- un\n- deux", "- zéro\n- un\n- deux", "- un\n- deux\n- trois")
    assert fusion.texte == "- zéro\n- un\n- deux\n- trois"
    assert en_texte_brut(fusion.texte) == "zéro\nun\ndeux\ntrois"
