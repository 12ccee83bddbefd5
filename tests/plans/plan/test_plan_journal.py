"""Le journal d'un plan : tous les actes, en mots, en un nombre constant de requêtes."""

import html as entites
import re
from time import perf_counter

import pytest
from django.urls import reverse

from pams_portal.droits import Droit
from pams_portal.texte import LONGUEUR_MAXIMALE
from tests import factories as f


@pytest.fixture
def lire(client, plan, personnes):
    """Le HTML du journal, ou celui d'un de ses actes, tel que le lit le Département."""
    client.force_login(personnes["departement"])

    def lire(acte=None):
        adresse = ("plans:acte_detail", [acte.pk]) if acte else ("plans:plan_journal", [])
        reponse = client.get(reverse(adresse[0], args=[plan.slug, *adresse[1]]))
        assert reponse.status_code == 200
        return reponse.content.decode()

    return lire


def ce_qui_change(html, libelle):
    """Le contenu du champ nommé, mots cachés compris, toute suite de blancs n’en faisant qu’un."""
    contenu = re.search(rf"<dt>{re.escape(libelle)}</dt>\s*<dd>(.*?)</dd>", html, re.DOTALL)
    return re.sub(r"\s+", " ", entites.unescape(re.sub(r"<[^>]+>", "", contenu.group(1)))).strip()


@pytest.mark.parametrize("nombre", [1, 3])
def test_nombre_de_requetes_constant(
    client, plan, region, aom, personnes, nombre, django_assert_num_queries
):
    for _ in range(nombre):
        fiche = f.make_fiche(region, objectif=f.make_objectif(plan))
        repreneur = f.make_partie(plan)
        fiche.agir(personnes["region"], Droit.ATTRIBUER, "attribuer", porteur=repreneur)
        f.make_acte(fiche, avant={"objectif": fiche.objectif_id}, apres={"objectif": None})
        contribution = f.make_contribution(repreneur)
        f.make_acte(
            f.make_proposition(aom, contribution),
            "supprimer",
            avant={"contribution": contribution.pk, "champ": "texte", "valeur": "Neuf."},
        )
        f.make_acte(f.make_fiche(region), apres={"description": "Un texte."})
    client.force_login(personnes["departement"])

    with django_assert_num_queries(10):
        html = client.get(reverse("plans:plan_journal", args=[plan.slug])).content.decode()

    assert html.count("a attribué") == nombre


def test_les_relations_se_lisent_par_leur_nom(plan, region, aom, personnes, lire):
    fiche = f.make_fiche(region)
    fiche.agir(personnes["region"], Droit.ATTRIBUER, "attribuer", porteur=aom)

    assert ce_qui_change(lire(), "Porteur") == (
        "retiré : Région Hauts-de-France (co-pilote) fin de retrait "
        "ajouté : Amiens Métropole (partie coordonnée) fin d’ajout"
    )


def test_le_journal_d_un_autre_plan_ne_s_y_mele_pas(plan, etrangere, personnes, lire):
    f.make_fiche(etrangere).agir(personnes["etrangere"], Droit.ORDONNER, "ordonner", ordre=7)

    assert "Éva" not in lire()


def test_un_texte_se_lit_dans_le_texte_mot_a_mot(region, lire):
    f.make_acte(
        f.make_contribution(region),
        avant={"texte": "Le garage ouvre le **lundi** matin."},
        apres={"texte": "Le garage ouvre le **mardi** matin."},
    )

    html = lire()

    assert "Le garage ouvre le <strong>" not in html  # le mot changé porte sa propre marque
    assert ce_qui_change(html, "Texte") == (
        "Le garage ouvre le retiré : lundi fin de retrait"
        "ajouté : mardi fin d’ajout matin. 1 mot ajouté, 1 mot retiré."
    )


@pytest.mark.parametrize(
    ("champ", "valeur", "libelle", "en_mots"),
    [
        ("montant", "12500.5", "Montant (€)", "12 500,50 €"),
        ("statut", "delibere", "Statut", "Délibéré"),
        ("financeur", 987654, "Financeur", "(retiré depuis)"),
        ("annee", 2027, "Année", "2027"),
    ],
)
def test_une_valeur_simple_se_lit_en_mots(region, lire, champ, valeur, libelle, en_mots):
    f.make_acte(f.make_financement(f.make_fiche(region)), apres={champ: valeur})

    lu = ce_qui_change(lire(), libelle)

    assert lu == f"ajouté : {en_mots} fin d’ajout"


def test_un_champ_ne_vide_ne_se_lit_pas_un_champ_vide_si(region, lire):
    ligne = f.make_financement(f.make_fiche(region))
    f.make_acte(ligne, apres={"montant": None, "reference": "", "annee": 2027})
    assert re.findall("<dt>(.*?)</dt>", lire()) == ["Année"]

    f.make_acte(ligne, avant={"reference": "Un courrier"}, apres={"reference": ""})
    assert ce_qui_change(lire(), "Référence") == "retiré : Un courrier fin de retrait"


@pytest.mark.parametrize(
    ("champ", "valeur", "libelle", "en_mots"),
    [
        ("debut", "2027-01-01", "Début", "1er janvier 2027"),
        ("recurrente", True, "Se répète chaque année", "oui"),
        ("etat", "cotech", "État", "Validée en COTECH"),
    ],
)
def test_une_date_un_oui_un_choix_se_lisent_en_mots(region, lire, champ, valeur, libelle, en_mots):
    f.make_acte(f.make_fiche(region), apres={champ: valeur})

    assert ce_qui_change(lire(), libelle) == f"ajouté : {en_mots} fin d’ajout"


def test_un_instant_se_lit_a_l_heure_d_ici(plan, lire):
    f.make_acte(f.make_seance(plan), apres={"validee_le": "2026-11-07T09:12:00+00:00"})

    assert "7 novembre 2026 à 10 h 12" in ce_qui_change(lire(), "Relevé validé le")


def test_une_proposition_dit_le_champ_vise_par_son_nom(region, aom, lire):
    fiche = f.make_fiche(region)
    f.make_acte(
        f.make_proposition(aom, fiche, champ="objectif_operationnel"),
        "proposer",
        apres={
            "fiche": fiche.pk,
            "champ": "objectif_operationnel",
            "valeur": "Ouvrir **deux** points d’accueil.",
            "version_de_depart": 3,
        },
    )

    html = lire()

    assert "objectif opérationnel" in ce_qui_change(html, "Champ visé")
    assert "Ouvrir deux points d’accueil." in ce_qui_change(html, "Valeur proposée").replace(
        " fin d’ajout", ""
    ).replace("ajouté : ", "")
    assert "objectif_operationnel" not in html
    assert "ersion de départ" not in html


def test_l_empreinte_d_un_avis_ne_se_lit_pas(region, lire):
    fiche = f.make_fiche(region)
    avis = fiche.avis.create(porteur=region, comite="cotech", sens="favorable", substance="a" * 64)
    f.make_acte(avis, "creer", apres={"sens": "favorable", "substance": "a" * 64})

    html = lire()

    assert "Favorable" in ce_qui_change(html, "Avis")
    assert "a" * 64 not in html


def test_le_texte_non_garde_n_est_ni_ajoute_ni_retire(region, lire):
    acte = f.make_acte(f.make_contribution(region), "ecarter", apres={"texte": "Mon autre idée."})

    assert ce_qui_change(lire(), "Texte").startswith("Mon autre idée.")
    assert "<ins>" not in lire(acte)


# --- Les textes longs ---------------------------------------------------------------------------


def paragraphes(nombre, mot="territoire"):
    return [f"Paragraphe {n} : {f'{mot} ' * 60}fin." for n in range(nombre)]


def test_d_un_texte_long_la_liste_montre_les_passages_et_l_acte_montre_tout(region, lire):
    avant = paragraphes(100)
    apres = [*avant]
    apres[40] = apres[40].replace("fin.", "terme.")
    acte = f.make_acte(
        f.make_contribution(region),
        avant={"texte": "\n\n".join(avant)},
        apres={"texte": "\n\n".join(apres)},
    )

    lu = ce_qui_change(lire(), "Texte")
    entier = lire(acte)

    assert "Paragraphe 40" in lu
    assert "Paragraphe 39" not in lu
    assert all(f"Paragraphe {n} " in entier for n in range(100))
    assert entier.count("<ins>") == entier.count("<del>") == 1


def test_ce_que_la_liste_abrege_mene_a_l_acte_entier(plan, region, lire):
    acte = f.make_acte(
        f.make_contribution(region), "creer", apres={"texte": "\n\n".join(paragraphes(100))}
    )

    html = lire()

    assert "Paragraphe 1 " in html
    assert "Paragraphe 99" not in html
    assert reverse("plans:acte_detail", args=[plan.slug, acte.pk]) in html
    assert "Paragraphe 99" in lire(acte)


def test_un_seul_paragraphe_demesure_se_lit_sur_la_page_de_l_acte(plan, region, lire):
    acte = f.make_acte(
        f.make_contribution(region), avant={"texte": "a " * 5000}, apres={"texte": "b " * 5000}
    )

    assert reverse("plans:acte_detail", args=[plan.slug, acte.pk]) in lire()
    assert "5000 mots ajoutés" in lire(acte)


@pytest.mark.lent
def test_cinquante_actes_tres_longs_restent_une_page_legere(plan, region, lire):
    contribution = f.make_contribution(region)
    for n in range(50):
        avant, apres = paragraphes(250, f"mot{n}"), paragraphes(250, f"mot{n}")
        apres[::5] = paragraphes(250, "autre")[::5]
        assert len("\n\n".join(avant)) < LONGUEUR_MAXIMALE
        f.make_acte(
            contribution,
            avant={"texte": "\n\n".join(avant)},
            apres={"texte": "\n\n".join(apres)},
        )
    debut = perf_counter()

    html = lire()

    assert perf_counter() - debut < 6  # 1 s environ, et une machine d'essai chargée
    assert len(html) < 1_500_000
