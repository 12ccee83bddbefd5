"""Les visas : tous les co-pilotes sur le même contenu ; tout changement annule."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from acteurs.models import Acte
from pams_portal.droits import Droit, Qualite, Role
from plans.etapes import PASSAGES, Etat
from plans.models import Contribution, Plan, Version, Visa
from plans.models.versions import Refus
from tests import factories as f
from tests.plans.versions.conftest import empreinte_de, relu


def contribution(plan, cle="roles"):
    return Contribution.objects.get(chapitre__plan=plan, chapitre__cle=cle)


def ecrire(plan, personne, texte="Tout autre chose.", cle="roles"):
    part = contribution(plan, cle)
    part.agir(personne, Droit.CONTRIBUER, "modifier", texte=texte)


def test_un_seul_visa_ne_fige_rien(pret, viser):
    visa = viser("region")
    assert visa.version_visee.numero is None
    assert relu(pret).etat == Etat.REDACTION
    assert [p.acteur.nom for p in visa.version_visee.attendus()] == ["Département de la Somme"]


def test_le_dernier_visa_fige_le_contenu_et_le_garde(pret, viser, personnes):
    viser("region")
    lue = empreinte_de(pret)
    viser("departement")
    plan, version = relu(pret), Version.objects.get()
    assert plan.etat == Etat.ARRETE
    assert (version.numero, version.empreinte, version.revision) == (1, lue, plan.revision)
    assert version.donnees()["fiches"][0]["intitule"] == "Un garage solidaire"
    assert empreinte_de(plan) == version.empreinte
    verbes = Acte.objects.du_dossier(plan.identifiant).values_list("verbe", "nom_utilisateur")
    assert list(verbes[:3]) == [
        ("figer", "Denis, Département"),
        ("viser", "Denis, Département"),
        ("viser", "Rita, Région"),
    ]


def test_un_changement_fait_tomber_le_visa_et_dit_qui_quoi_depuis_quand(pret, viser, personnes):
    visa = viser("region")
    ecrire(pret, personnes["region"])
    visa.refresh_from_db()
    assert visa.annule_le is not None
    assert visa.raison.startswith(
        "Le contenu a changé : Chapitre 4 Conseil et accompagnement (texte"
    )
    assert "Dernier acte : Rita, Région a modifié" in visa.raison
    assert "(Région Hauts-de-France)" in visa.raison
    viser("departement")
    assert relu(pret).etat == Etat.REDACTION


def test_un_changement_hors_du_plan_le_fait_tomber_aussi(pret, viser, personnes, region):
    dispositif = f.make_dispositif(region.acteur, nom="Navette")
    pret.fiches.first().dispositifs.add(dispositif)
    visa = viser("departement")
    dispositif.agir(personnes["region"], Droit.MODIFIER_DISPOSITIF, "modifier", nom="Car")
    visa.refresh_from_db()
    assert visa.raison == (
        "Le contenu a changé : Dispositif cité : Car. La source est hors du plan : un acteur, ou "
        "un dispositif qu’il cite."
    )


def test_ce_qui_n_est_pas_du_contenu_laisse_le_visa_debout(pret, viser, personnes, association):
    visa = viser("region")
    association.agir(
        personnes["associee"], Droit.REPONDRE_COMME_PARTIE, "repondre", reponse="contribue"
    )
    visa.refresh_from_db()
    assert visa.annule_le is None


def test_revenir_au_meme_contenu_ne_releve_pas_un_visa_tombe(pret, viser, personnes):
    visa = viser("region")
    ecrire(pret, personnes["region"])
    ecrire(pret, personnes["region"], "Ce que dit roles.")
    assert empreinte_de(pret) == visa.version_visee.empreinte
    viser("departement")
    assert relu(pret).etat == Etat.REDACTION
    viser("region")
    assert relu(pret).etat == Etat.ARRETE
    assert Visa.objects.count() == 3


def test_un_visa_sur_une_empreinte_perimee_est_refuse(pret, viser, personnes):
    lue = empreinte_de(pret)
    ecrire(pret, personnes["region"])
    with pytest.raises(Refus, match="Le contenu a changé depuis que vous l’avez lu"):
        viser("departement", lue=lue)
    with pytest.raises(Refus, match="Le contenu a changé"):
        viser("departement", lue="0" * 64)
    assert not Visa.objects.exists()


def test_un_changement_passe_sous_le_journal_est_vu_au_dernier_visa(pret, viser):
    """Même une écriture qui n'appelle pas `toucher` ne se fige pas sous un visa ancien."""
    viser("region")
    Plan.objects.filter(pk=pret.pk).update(fin=date(2040, 1, 1))
    viser("departement")
    assert relu(pret).etat == Etat.REDACTION
    assert not Version.objects.figees().exists()


def test_un_visa_rejoue_ne_change_rien(pret, viser):
    premier = viser("region")
    assert viser("region") == premier
    lue = empreinte_de(pret)
    dernier = viser("departement")
    assert viser("departement", lue=lue) == dernier
    assert (Visa.objects.count(), Version.objects.count()) == (2, 1)


def test_une_meme_personne_ne_vise_pas_pour_deux_co_pilotes(pret, viser, personnes, departement):
    f.Habilitation.objects.create(
        utilisateur=personnes["region"], acteur=departement.acteur, role=Role.VALIDEUR
    )
    rita = type(personnes["region"]).objects.get(pk=personnes["region"].pk)
    region = pret.parties.exclude(pk=departement.pk).get(qualite=Qualite.CO_PILOTE)
    Visa.objects.donner(rita, region, "arrete", empreinte_de(pret))
    with pytest.raises(Refus, match="Une même personne"):
        Visa.objects.donner(rita, departement, "arrete", empreinte_de(pret))
    assert relu(pret).etat == Etat.REDACTION


def test_trois_co_pilotes_visent_tous_les_trois(pret, viser, personnes):
    oise = f.make_partie(pret, f.make_acteur(nom="Département de l’Oise"))
    viser("region")
    viser("departement")
    assert relu(pret).etat == Etat.REDACTION
    agent = f.make_utilisateur(oise.acteur)
    Visa.objects.donner(agent, oise, "arrete", empreinte_de(pret))
    assert relu(pret).etat == Etat.ARRETE


def test_un_visa_se_retire_tant_que_rien_n_est_fige(pret, viser, personnes):
    visa = viser("region")
    with pytest.raises(PermissionDenied):
        visa.retirer(personnes["departement"])
    visa.retirer(personnes["region"])
    visa.refresh_from_db()
    assert visa.raison == "Retiré par Rita, Région."
    viser("departement")
    assert relu(pret).etat == Etat.REDACTION
    viser("region")
    fige = Visa.objects.vivants().first()
    with pytest.raises(Refus, match="ne peut plus être retiré"):
        fige.retirer(fige.utilisateur)


# --- Ce qui empêche d'arrêter --------------------------------------------------------------------


def test_un_defaut_au_regard_du_texte_empeche_et_ne_se_leve_pas(pret, viser, personnes):
    Contribution.objects.filter(chapitre__cle="gouvernance").update(texte="")
    pret.levees.create(regle="B8-loi", motif="On s’en passe.")
    with pytest.raises(Refus, match="voyez B8 ci-dessous"):
        viser("region")


def test_notre_lecture_se_leve_par_un_motif_vise(pret, viser):
    pret.levees.filter(regle="B5-lecture").delete()
    with pytest.raises(Refus, match="voyez B5 ci-dessous"):
        viser("region")
    pret.levees.create(regle="B5-lecture", motif="Relu ligne à ligne.")
    viser("region")


def test_des_financements_au_dessus_du_budget_empechent_au_titre_de_notre_lecture(pret, viser):
    fiche = pret.fiches.first()
    f.make_budget(fiche, fonctionnement=500)
    f.make_financement(fiche, montant=800)
    with pytest.raises(Refus, match="voyez C1 ci-dessous"):
        viser("region")
    pret.levees.create(regle="C1-lecture", motif="Le surplus va à l’évaluation.")
    viser("region")


def test_une_recommandation_n_empeche_rien(arrete):
    assert arrete.debut is None and arrete.etat == Etat.ARRETE


def test_la_concertation_se_fige_sans_attendre_la_conformite(pret, viser):
    pret.levees.all().delete()
    Contribution.objects.filter(chapitre__cle="gouvernance").update(texte="")
    viser("region", "concertation")
    viser("departement", "concertation")
    assert relu(pret).etat == Etat.CONCERTATION
    with pytest.raises(Refus, match="B8"):
        viser("region", "arrete")


def test_le_meme_contenu_se_fige_en_concertation_puis_arrete(pret, viser):
    for vers in ("concertation", "arrete"):
        viser("region", vers)
        viser("departement", vers)
    figees = Version.objects.figees().order_by("numero")
    assert [(v.numero, v.vers) for v in figees] == [(1, "concertation"), (2, "arrete")]
    assert len({v.empreinte for v in figees}) == 1


# --- Passages ------------------------------------------------------------------------------------


def test_revenir_en_redaction_fait_tomber_les_visas_et_garde_la_version(arrete, personnes, viser):
    arrete.passer(personnes["departement"], "redaction", " Une fiche à revoir. ")
    plan = relu(arrete)
    assert (plan.etat, plan.motif) == (Etat.REDACTION, "Une fiche à revoir.")
    assert not Visa.objects.vivants().exists()
    assert {v.raison for v in Visa.objects.all()} == {"Revenir en rédaction : Une fiche à revoir."}
    version = Version.objects.figees().get()
    ecrire(plan, personnes["region"])
    viser("region")
    viser("departement")
    assert [v.numero for v in Version.objects.figees()] == [2, 1]
    version.refresh_from_db()
    assert "Ce que dit roles." in version.contenu


def test_revenir_sans_dire_pourquoi_est_refuse(arrete, personnes):
    with pytest.raises(ValidationError, match="Dites pourquoi"):
        arrete.passer(personnes["region"], "redaction", "  ")
    assert relu(arrete).etat == Etat.ARRETE


PERMIS = {(p.de.value, p.vers.value): p.visas for p in PASSAGES}


@pytest.mark.parametrize("de", Etat.values)
def test_aucun_autre_passage_n_est_possible(pret, viser, personnes, de):
    """Chaque étape vers chaque étape, par l'acte d'un seul et par les visas de tous."""
    for vers in Etat.values:
        Plan.objects.filter(pk=pret.pk).update(etat=de)
        Visa.objects.all().delete()
        Version.objects.all().delete()
        attendu = PERMIS.get((de, vers))
        passe = essayer(relu(pret).passer, personnes["region"], vers, "Motif.")
        assert passe == (attendu is False), (de, vers)
        assert relu(pret).etat == (vers if attendu is False else de)
        Plan.objects.filter(pk=pret.pk).update(etat=de)
        vise = essayer(viser, "region", vers) and essayer(viser, "departement", vers)
        assert vise == (attendu is True), (de, vers)
        assert relu(pret).etat == (vers if attendu else de)


def essayer(acte, *valeurs):
    try:
        acte(*valeurs)
    except ValidationError:
        return False
    return True


def test_les_etapes_des_deliberations_et_au_dela_ne_s_atteignent_pas_encore():
    atteintes = {vers for _, vers in PERMIS}
    assert set(Etat.values) - atteintes == {
        *("deliberations", "adopte", "mise_en_oeuvre", "clos"),
    }


QUI_PEUT = {"region", "departement"}


@pytest.mark.parametrize("etat", [Etat.REDACTION, Etat.CONCERTATION, Etat.ARRETE])
def test_chaque_personne_devant_chaque_acte_de_la_conduite(pret, personnes, client, etat):
    """À la main : viser pour soi, viser pour l'autre, faire passer. Un seul n'arrête jamais."""
    parties = {p.acteur.nom.split()[0]: p for p in pret.parties.co_pilotes()}
    for qui, personne in personnes.items():
        Plan.objects.filter(pk=pret.pk).update(etat=etat)
        Visa.objects.all().delete()
        Version.objects.all().delete()
        client.force_login(personne)
        lue = empreinte_de(pret)
        inconnue = qui in {"etrangere", "sans_acteur", "admin"}
        for nom, partie in parties.items():
            sienne = (qui, nom) in {("region", "Région"), ("departement", "Département")}
            url = reverse("plans:visa_create", args=[pret.slug, partie.pk])
            code = client.post(url, {"vers": "arrete", "empreinte": lue}).status_code
            assert code == (404 if inconnue else 302 if sienne else 403), (qui, nom)
            pose = sienne and etat != Etat.ARRETE
            assert Visa.objects.filter(partie=partie).exists() == pose, (qui, nom)
        assert relu(pret).etat == etat
        url = reverse("plans:plan_passer", args=[pret.slug])
        code = client.post(url, {"vers": "redaction", "motif": "x"}).status_code
        assert code == (404 if inconnue else 302 if qui in QUI_PEUT else 403), qui
        revient = qui in QUI_PEUT or etat == Etat.REDACTION
        assert (relu(pret).etat == Etat.REDACTION) == revient, qui
