"""Comparer deux versions, ou une version et le contenu d'aujourd'hui, pièce par pièce."""

import re

import pytest
from django.urls import reverse

from pams_portal.droits import Droit
from pams_portal.typographie import espacer
from plans.models import Contribution
from tests import factories as f


@pytest.fixture
def comparer(client, personnes, arrete):
    def lire(**parametres):
        client.force_login(personnes["aom"])
        return client.get(reverse("plans:version_comparer", args=[arrete.slug]), parametres)

    return lire


def reprendre(plan, personnes):
    plan.passer(personnes["region"], "redaction", "À revoir.")
    part = Contribution.objects.get(chapitre__cle="roles")
    part.agir(personnes["region"], Droit.CONTRIBUER, "modifier", texte="Ce que dit le Département.")
    fiche = plan.fiches.first()
    fiche.agir(personnes["region"], Droit.MODIFIER_FICHE, "modifier", publics=["seniors"])
    return fiche


def test_rien_n_a_change_se_dit(comparer):
    assert espacer("Rien n’a changé : les deux contenus sont les mêmes") in comparer().text


def test_les_mots_ajoutes_et_retires_se_lisent_dans_le_texte(comparer, arrete, personnes):
    fiche = reprendre(arrete, personnes)
    lu = comparer().text
    assert "2 pièces diffèrent" in lu
    assert re.search(r"Ce que dit <del>.*roles.*</del>.*<ins>.*le Département", lu)
    assert f"<h2>Fiche {fiche.code}</h2>" in lu and "Modifié" in lu
    assert "<dt>publics</dt>" in lu and "Seniors" in lu


def test_une_fiche_ajoutee_et_une_partie_se_nomment(comparer, arrete, personnes, region):
    arrete.passer(personnes["region"], "redaction", "À revoir.")
    fiche = f.make_fiche(region, intitule="Un vélo-école")
    lu = comparer(de=1).text
    assert f"Fiche {fiche.code}" in lu and "Un vélo-école" in lu and "Ajouté" in lu
    assert str(region.identifiant) not in lu and "Région Hauts-de-France" in lu


def test_deux_versions_figees(comparer, arrete, personnes, viser):
    reprendre(arrete, personnes)
    viser("region")
    viser("departement")
    assert "à la version 2" in comparer(de=1, a=2).text
    assert "Rien n’a changé" in comparer(de=2, a=2).text


@pytest.mark.parametrize("parametres", [{"de": "9"}, {"a": "x"}, {"de": "1'"}, {"a": "-1"}])
def test_une_version_qui_n_existe_pas_est_introuvable(comparer, parametres):
    assert comparer(**parametres).status_code == 404
