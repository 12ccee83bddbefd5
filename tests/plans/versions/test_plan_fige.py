"""Figé, un plan ne s'écrit plus par aucun chemin : boutons, adresses, envois à la main, modèles."""

import pytest
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.urls import get_resolver, reverse

from acteurs.models import Acte
from pams_portal.droits import MATRICE, Droit
from plans.etapes import Etat
from plans.models import (
    Axe,
    Contribution,
    DemandeDeFinancement,
    DemandeDePartenariat,
    Etape,
    FicheAction,
    Financement,
    Indicateur,
    Levee,
    LigneBudget,
    Objectif,
    Partenariat,
    PartiePrenante,
    Plan,
    Version,
    Visa,
)
from tests import factories as f
from tests.plans.versions.conftest import empreinte_de, lever_le_reste

FIGES = [Etat.CONCERTATION, Etat.ARRETE, Etat.ADOPTE]
SEANCE = "tient une séance de comité, sans écrire dans le plan : tests/plans/comites/"
# Les actes qui restent possibles sur un plan figé, et pourquoi.
SANS_CONTENU = {
    "plan_pdf_demander": "prépare de nouveau le document",
    "valeur_create": "relève du suivi, ouvert une fois le plan adopté : son essai est à part",
    "plan_passer": "fait passer d'étape : son essai est à part",
    "visa_create": "vise : son essai est à part",
    "visa_delete": "retire un visa : son essai est à part",
    "observation_create": "discute, sans écrire dans le plan",
    "observation_repondre": "discute, sans écrire dans le plan",
    "message_update": "discute, sans écrire dans le plan",
    "message_delete": "discute, sans écrire dans le plan",
    "seance_create": SEANCE,
    "seance_update": SEANCE,
    "seance_delete": SEANCE,
    "point_create": SEANCE,
    "point_update": SEANCE,
    "point_delete": SEANCE,
    "point_deplacer": SEANCE,
    "suite_create": SEANCE,
    "suite_update": SEANCE,
    "suite_delete": SEANCE,
    "concertation_create": "consulte sur le contenu figé : son essai est à part",
    "concertation_update": "consulte sur le contenu figé : son essai est à part",
    "consulte_create": "consulte sur le contenu figé : son essai est à part",
    "consulte_delete": "consulte sur le contenu figé : son essai est à part",
    "avis_sur_plan_update": "dit un avis sur le contenu figé : son essai est à part",
    "reponse_update": "répond à un avis : son essai est à part",
}


@pytest.fixture
def adresses(pret, region, departement, aom, spe):
    """Chaque adresse d'écriture du plan, avec l'objet qu'elle écrirait."""
    fiche = pret.fiches.first()
    f.make_chapitre(pret, "mesures_spe")
    part, axe = f.make_contribution(region), fiche.objectif.axe
    de_fiche = [pret.slug, fiche.code]
    lignes = {
        "etapes": f.make_etape(fiche),
        "budget": f.make_budget(fiche),
        "financements": f.make_financement(fiche, region),
        "demandes-de-financement": f.make_financement(fiche, aom, montant=None, statut="sollicite"),
        "partenariats": f.make_partenariat(fiche, aom),
        "indicateurs": f.make_indicateur(fiche),
    }
    examinee = f.make_fiche(region, etat="engagee")
    part_aom = f.make_contribution(aom)
    lever_le_reste(pret)
    du_plan = [pret.slug]
    arguments = {
        "plan_update": [du_plan],
        "partie_create": [du_plan],
        "partie_update": [[pret.slug, aom.pk]],
        "partie_delete": [[pret.slug, aom.pk]],
        "partie_repondre": [[pret.slug, aom.pk]],
        "levee_update": [[pret.slug, "B5-lecture"]],
        "levee_delete": [[pret.slug, "B5-lecture"]],
        "contribution_create": [[pret.slug, "accompagnement"], [pret.slug, "mesures_spe"]],
        "axe_create": [du_plan],
        "avis_update": [[pret.slug, examinee.code]],
        "fiche_action_proposer": [de_fiche],
        "part_retablir": [[pret.slug, "contributions", part.pk, 1]],
        "proposition_accepter": [[pret.slug, f.make_proposition(aom, part).pk]],
        "proposition_create": [[pret.slug, "contributions", part_aom.pk]],
        "axe_update": [[pret.slug, axe.pk]],
        "objectif_create": [[pret.slug, axe.pk]],
        "objectif_update": [[pret.slug, fiche.objectif_id]],
        "fiche_action_create": [du_plan],
        "ligne_create": [[*de_fiche, nature] for nature in lignes],
        "ligne_update": [
            [*de_fiche, nature, lignes[nature].pk]
            for nature in ("etapes", "budget", "financements", "indicateurs")
        ],
        "ligne_delete": [[*de_fiche, nature, ligne.pk] for nature, ligne in lignes.items()],
        "partenariat_repondre": [[*de_fiche, lignes["partenariats"].pk]],
    }
    for acte in ("update", "delete", "attribuer", "deplacer"):
        arguments[f"contribution_{acte}"] = [[pret.slug, part.pk]]
        arguments[f"fiche_action_{acte}"] = [de_fiche]
    return arguments


def ecritures_de_plans():
    """Les noms des vues du plan qui écrivent, d'après les adresses déclarées."""
    plans = next(m for m in get_resolver().url_patterns if getattr(m, "namespace", "") == "plans")
    motifs = ("_create", "_update", "_delete", "_attribuer", "_deplacer", "_repondre", "_passer")
    motifs += ("_proposer", "_retablir", "_accepter")
    noms = {motif.name for motif in plans.url_patterns}
    return {n for n in noms if n.endswith((*motifs, "_demander"))} - {"plan_create"}


def test_l_essai_connait_toutes_les_ecritures_du_plan(adresses):
    assert ecritures_de_plans() - set(SANS_CONTENU) <= set(adresses)


@pytest.mark.parametrize("etat", FIGES)
def test_aucune_adresse_n_ecrit_dans_un_plan_fige(pret, adresses, personnes, client, etat):
    Plan.objects.filter(pk=pret.pk).update(etat=etat)
    avant, actes = empreinte_de(pret), Acte.objects.count()
    champs = {
        "texte": "Pris.",
        "intitule": "Pris",
        "libelle": "Pris",
        "motif": "Pris",
        "sens": "haut",
    }
    champs |= {
        "reponse": "decline",
        "titre": "Pris",
        "lettre": "Z",
        "annee": "2031",
        "version": "1",
    }
    for qui in ("region", "departement", "aom", "spe", "associee", "invitee"):
        client.force_login(personnes[qui])
        for nom, listes in adresses.items():
            for arguments in listes:
                url = reverse(f"plans:{nom}", args=arguments)
                assert client.post(url, champs).status_code == 403, (qui, url)
    assert empreinte_de(pret) == avant
    assert Acte.objects.count() == actes


def test_en_redaction_les_memes_adresses_ecrivent(pret, adresses, personnes, client):
    """Sans quoi les refus d'au-dessus pourraient ne prouver qu'un envoi mal fait."""
    client.force_login(personnes["region"])
    for nom, listes in adresses.items():
        # À l'AOM de répondre ; une part jamais changée n'a pas d'état à rétablir.
        if nom not in ("partie_repondre", "partenariat_repondre", "part_retablir"):
            for arguments in listes:
                code = client.get(reverse(f"plans:{nom}", args=arguments)).status_code
                assert code in (200, 405), (nom, arguments)


@pytest.mark.parametrize("etat", FIGES)
def test_tout_droit_sur_une_piece_tombe_quand_le_plan_est_fige(pret, adresses, personnes, etat):
    """Chaque objet du plan, chaque droit, chaque personne : seul lire et conduire demeurent."""
    Plan.objects.filter(pk=pret.pk).update(etat=etat)
    demeurent = {Droit.LIRE_PLAN, Droit.CONDUIRE_PLAN, Droit.VISER}
    if etat == "concertation":  # un avis ou un visa s'y rappelle : cela n'écrit rien dans le plan
        demeurent.add(Droit.RELANCER)
    du_plan = {d for d in MATRICE if not d.startswith(("creer_", "confirmer_", "gerer_hab"))}
    du_plan -= demeurent | {Droit.MODIFIER_DISPOSITIF, Droit.MODIFIER_ACTEUR, Droit.OUVRIR_PLAN}
    classes = [Axe, Contribution, DemandeDeFinancement, DemandeDePartenariat, Etape, FicheAction]
    classes += [Financement, Indicateur, Levee, LigneBudget, Objectif, Partenariat, PartiePrenante]
    for classe in classes:
        objet = classe.objects.first()
        for droit in du_plan:
            if MATRICE[droit].si and hasattr(objet, MATRICE[droit].si):
                for personne in personnes.values():
                    with pytest.raises(PermissionDenied):
                        objet.agir(personne, droit, "modifier")


def test_chaque_droit_d_ecrire_dans_un_plan_a_une_condition_d_etat():
    libres = {d for d, regle in MATRICE.items() if not regle.si and regle.co_pilote != "non"}
    assert libres == {
        *(Droit.LIRE_PLAN, Droit.CONDUIRE_PLAN, Droit.VISER, Droit.CREER_DISPOSITIF),
        *(Droit.MODIFIER_DISPOSITIF, Droit.CONFIRMER_DISPOSITIF, Droit.MODIFIER_ACTEUR),
        *(Droit.GERER_HABILITATIONS, Droit.IMPORTER_DISPOSITIFS),
        *(Droit.DEMANDER_CONFIRMATION, Droit.REPONDRE_SIGNALEMENT),
    }


def test_l_administration_n_inscrit_aucun_contenu_de_plan():
    inscrits = {modele._meta.app_label for modele in admin.site._registry}
    assert "plans" not in inscrits


def test_l_inventaire_ne_touche_plus_le_document_d_un_plan_fige(arrete, personnes, region, viser):
    revision = Plan.objects.get(pk=arrete.pk).revision
    region.acteur.agir(personnes["region"], Droit.MODIFIER_ACTEUR, "modifier", sigle="HDF")
    assert Plan.objects.get(pk=arrete.pk).revision == revision
    assert Visa.objects.vivants().count() == 2
    assert '"HDF"' not in Version.objects.get().contenu
