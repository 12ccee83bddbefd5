"""La commande d'export."""

import json
from hashlib import sha256

import pytest
from django.core.management import CommandError, call_command

from pams_portal.impression import ImpressionImpossible
from plans.models import Plan
from plans.versions import contenu_canonique


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


def test_le_fichier_json_est_le_contenu_canonique_et_porte_son_empreinte(plan, tmp_path, capsys):
    exporter(plan.slug, "--json", tmp_path / "plan.json")
    octets = (tmp_path / "plan.json").read_bytes()
    assert octets == contenu_canonique(plan)
    assert sha256(octets).hexdigest() in capsys.readouterr().out


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
