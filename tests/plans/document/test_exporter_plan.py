"""La commande d'export."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from plans.impression.donnees import plan_json
from plans.impression.pdf import ImpressionImpossible
from plans.models import Plan


@pytest.fixture
def plan_demo(plan_garni):
    Plan.objects.filter(pk=plan_garni.pk).update(demonstration=True, slug="demo")
    return Plan.objects.get(pk=plan_garni.pk)


def exporter(*mots):
    call_command("exporter_plan", *map(str, mots))


def test_le_pdf_s_ecrit(plan, tmp_path):
    exporter(plan.slug, "--pdf", tmp_path / "plan.pdf", "--le", "2026-11-07")
    assert (tmp_path / "plan.pdf").read_bytes().startswith(b"%PDF-")
    assert [fichier.name for fichier in tmp_path.iterdir() if fichier.is_file()] == ["plan.pdf"]


def test_la_page_et_les_donnees_d_une_demonstration_le_disent(plan_demo, tmp_path):
    exporter("demo", "--html", tmp_path / "p.html", "--json", tmp_path / "p.json")
    assert "DÉMONSTRATION, contenu fictif" in (tmp_path / "p.html").read_text()
    donnees = json.loads((tmp_path / "p.json").read_text())
    assert donnees["avertissement"] == "DÉMONSTRATION, contenu fictif"


def test_les_donnees_sont_canoniques_et_sans_etat(plan_garni):
    texte = plan_json(plan_garni)
    assert texte == plan_json(Plan.objects.get(pk=plan_garni.pk))
    donnees = json.loads(texte)
    assert (donnees["schema"], donnees["version"]) == ("pams-plan", 1)
    assert "avertissement" not in donnees
    assert list(donnees) == sorted(donnees)
    fiche = donnees["plan"]["fiches"][0]
    assert fiche["identifiant"] == str(plan_garni.fiches.first().identifiant)
    assert fiche["budgets"][0]["investissement"] == "12500.50"
    assert not {"etat", "avancement", "reponse", "version", "pk", "id"} & _cles(donnees)


def _cles(valeur):
    if isinstance(valeur, dict):
        return set(valeur) - {"version"} | {c for v in valeur.values() for c in _cles(v)}
    return {c for v in valeur for c in _cles(v)} if isinstance(valeur, list) else set()


def test_un_changement_d_etat_ne_change_pas_les_donnees(plan_garni):
    avant = plan_json(plan_garni)
    plan_garni.parties.update(reponse="contribue")
    plan_garni.fiches.update(avancement="en_cours")
    assert plan_json(Plan.objects.get(pk=plan_garni.pk)) == avant


def test_un_changement_de_contenu_les_change(plan_garni):
    avant = plan_json(plan_garni)
    plan_garni.fiches.filter(code="A1.1").update(fin=date(2031, 1, 1))
    assert plan_json(Plan.objects.get(pk=plan_garni.pk)) != avant


def test_les_fiches_confidentielles_d_un_plan_public_n_en_sortent_pas(plan_garni):
    plan_garni.fiches.filter(code="A1.1").update(confidentielle=True)
    assert len(json.loads(plan_json(plan_garni))["plan"]["fiches"]) == 2
    plan_garni.etat = Plan.Etat.ADOPTE
    assert len(json.loads(plan_json(plan_garni))["plan"]["fiches"]) == 1


@pytest.mark.parametrize(
    ("mots", "phrase"),
    [
        (["inconnu", "--json", "{}/p.json"], "Aucun plan « inconnu ». Plans connus : grand-am"),
        (["grand-amienois"], "Dites quoi écrire"),
        (["grand-amienois", "--json", "{}/absent/p.json"], "n'existe pas"),
        (["grand-amienois", "--json", "{}"], "est un dossier"),
        (["grand-amienois", "--json", "{}/p.json", "--le", "hier"], "n'est pas une date"),
    ],
)
def test_une_erreur_se_dit_en_francais(plan, tmp_path, mots, phrase):
    with pytest.raises(CommandError, match=phrase):
        exporter(*(mot.format(tmp_path) for mot in mots))
    assert not (tmp_path / "p.json").exists()


def test_une_ecriture_refusee_se_dit_et_ne_laisse_rien(plan, tmp_path, monkeypatch):
    (tmp_path / "p.json").write_text("ancien")

    def refuser(*args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.replace", refuser)
    with pytest.raises(CommandError, match="Impossible d'écrire"):
        exporter(plan.slug, "--json", tmp_path / "p.json")
    assert [fichier.name for fichier in tmp_path.iterdir() if fichier.is_file()] == ["p.json"]
    assert (tmp_path / "p.json").read_text() == "ancien"


def test_une_impression_impossible_ne_laisse_rien(plan, tmp_path, monkeypatch):
    def echouer(html):
        raise ImpressionImpossible("La mise en page a échoué.")

    monkeypatch.setattr("plans.management.commands.exporter_plan.imprimer_a_part", echouer)
    with pytest.raises(CommandError, match="La mise en page a échoué"):
        exporter(plan.slug, "--pdf", tmp_path / "plan.pdf")
    assert [fichier for fichier in tmp_path.iterdir() if fichier.is_file()] == []
