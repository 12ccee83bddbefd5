"""Aucune ligne perdue : deux personnes écrivent, rien ne s'efface sans avoir été montré."""

import re
from datetime import date

import pytest
from django.apps import apps
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acteurs.models import Acte
from pams_portal.droits import Droit, Role
from pams_portal.edition import FormulaireVersionne
from pams_portal.typographie import espacer
from plans.forms.redaction import ContributionForm, FicheActionForm
from plans.models import Contribution, FicheAction
from tests import factories as f

SAISIE_FICHE = {
    "type": "nouvelle",
    "lien_legal": "spe",
    "priorite": "normale",
    "perimetre": "bassin",
    "avancement": "a_lancer",
}


@pytest.fixture
def part(region):
    return f.make_contribution(region, texte="Un.\n\nDeux.")


@pytest.fixture
def collegue(region):
    return f.make_utilisateur(region.acteur, Role.VALIDEUR, nom="Carole, collègue")


def ecrire(client, personne, part, texte, version, **autres):
    client.force_login(personne)
    url = reverse("plans:contribution_update", args=[part.plan.slug, part.pk])
    return client.post(url, {"texte": texte, "version": version, **autres})


def saisie(fiche, **champs):
    depart = SAISIE_FICHE | {"objectif": fiche.objectif_id, "intitule": fiche.intitule}
    return depart | {"publics": fiche.publics, "version": str(fiche.version)} | champs


def test_le_formulaire_porte_la_version_d_ou_il_part(client, personnes, part):
    client.force_login(personnes["region"])
    html = client.get(reverse("plans:contribution_update", args=[part.plan.slug, part.pk]))

    assert re.search(r'name="version" value="1"', html.content.decode())


def test_enregistrer_monte_la_version_et_consigne(client, personnes, part):
    ecrire(client, personnes["region"], part, "Un.\n\nDeux et demi.", 1)

    part.refresh_from_db()
    acte = Acte.objects.get()
    assert (part.texte, part.version) == ("Un.\n\nDeux et demi.", 2)
    assert acte.avant == {"texte": "Un.\n\nDeux."}
    assert acte.apres == {"texte": "Un.\n\nDeux et demi."}
    assert (acte.nom_utilisateur, acte.nom_acteur) == ("Rita, Région", "Région Hauts-de-France")


def test_enregistrer_sans_rien_changer_n_ecrit_rien(client, personnes, part):
    ecrire(client, personnes["region"], part, "Un.\r\n\r\nDeux.\r\n", 1)

    part.refresh_from_db()
    assert part.version == 1
    assert Acte.objects.count() == 0


def test_deux_textes_concurrents_sont_montres_cote_a_cote(client, personnes, part, collegue):
    ecrire(client, collegue, part, "Le texte de Carole.", 1)

    response = ecrire(client, personnes["region"], part, "Le texte de Rita.", 1)

    html = response.content.decode()
    part.refresh_from_db()
    assert part.texte == "Le texte de Carole."
    assert "Le texte de Rita." in html
    assert "Le texte de Carole." in html
    assert "Carole, collègue" in html
    [conflit] = response.context["form"].conflits
    assert conflit.base == response.context["form"].en_clair("texte", "Un.\n\nDeux.")


def test_sans_choix_le_conflit_reste_ouvert(client, personnes, part, collegue):
    ecrire(client, collegue, part, "Carole.", 1)

    response = ecrire(client, personnes["region"], part, "Rita.", 2, a_choisir="texte")

    part.refresh_from_db()
    assert part.texte == "Carole."
    assert len(response.context["form"].conflits) == 1


def test_renvoyer_sans_choisir_montre_encore_l_autre_texte_et_non_le_sien(
    client, personnes, part, collegue
):
    ecrire(client, collegue, part, "Un, Carole.\n\nDeux.", 1)
    reponse = ecrire(client, personnes["region"], part, "Un, Rita.\n\nDeux.", 1)
    champs = ("version", "a_choisir", "version_comparee", "texte")

    for _ in range(2):
        form = reponse.context["form"]
        [conflit] = form.conflits
        assert "Un, Carole." in conflit.leur
        assert "Rita" not in conflit.leur
        assert list(conflit.desaccords) == [("Un.", "Un, Rita.", "Un, Carole.")]
        assert conflit.reuni
        envoi = {nom: form[nom].value() for nom in champs}
        reponse = client.post(reponse.wsgi_request.path, envoi)


@pytest.mark.parametrize(("choix", "garde"), [("mien", "Rita."), ("leur", "Carole.")])
def test_la_personne_choisit_ce_qui_est_garde(client, personnes, part, collegue, choix, garde):
    ecrire(client, collegue, part, "Carole.", 1)

    response = ecrire(
        client, personnes["region"], part, "Rita.", 2, a_choisir="texte", choix_texte=choix
    )

    part.refresh_from_db()
    assert response.status_code == 302
    assert part.texte == garde
    assert {"texte": "Carole."} in [acte.apres for acte in Acte.objects.all()]


def test_un_troisieme_texte_pendant_le_choix_rouvre_le_conflit(client, personnes, part, collegue):
    ecrire(client, collegue, part, "Carole.", 1)
    ecrire(client, collegue, part, "Carole, encore.", 2)

    response = ecrire(
        client, personnes["region"], part, "Rita.", 2, a_choisir="texte", choix_texte="mien"
    )

    part.refresh_from_db()
    assert response.status_code == 200
    assert part.texte == "Carole, encore."


def test_des_champs_differents_se_fusionnent_d_eux_memes(client, personnes, region, collegue):
    fiche = f.make_fiche(region, intitule="Ancien", publics=["apprentis"])
    url = reverse("plans:fiche_action_update", args=[fiche.plan.slug, fiche.code])
    client.force_login(collegue)
    client.post(url, saisie(fiche, intitule="Intitulé de Carole"))

    client.force_login(personnes["region"])
    response = client.post(url, saisie(fiche, description="Description de Rita"), follow=True)

    fiche.refresh_from_db()
    assert fiche.intitule == "Intitulé de Carole"
    assert fiche.description == "Description de Rita"
    assert espacer("Ce que d’autres ont changé entre-temps est gardé : « Intitulé ».") in (
        response.content.decode()
    )


def test_apres_un_conflit_le_champ_fusionne_ne_revient_pas_en_arriere(
    client, personnes, region, collegue
):
    fiche = f.make_fiche(region, intitule="Ancien", description="Départ")
    url = reverse("plans:fiche_action_update", args=[fiche.plan.slug, fiche.code])
    client.force_login(collegue)
    client.post(url, saisie(fiche, intitule="De Carole", description="De Carole"))
    client.force_login(personnes["region"])

    conflit = client.post(url, saisie(fiche, description="De Rita"))
    form = conflit.context["form"]
    reprise = {champ.html_name: champ.value() for champ in form if champ.value() is not None}
    client.post(url, reprise | {"choix_description": "mien"})

    fiche.refresh_from_db()
    assert (fiche.intitule, fiche.description) == ("De Carole", "De Rita")


@pytest.mark.parametrize("version", ["", "zéro", "0", "-1", "99", "1 OR 1=1", "9" * 400, "²"])
def test_une_version_falsifiee_n_efface_rien(client, personnes, part, version):
    response = ecrire(client, personnes["region"], part, "Texte de remplacement.", version)

    part.refresh_from_db()
    html = response.content.decode()
    assert response.status_code == 200
    assert part.texte == "Un.\n\nDeux."
    assert "La version de départ de ce formulaire est illisible" in html
    assert "Texte de remplacement." in html


@pytest.mark.parametrize("version", ["", "99"])
def test_une_version_falsifiee_n_annule_pas_un_champ_vide_expres(
    client, personnes, region, version
):
    fiche = f.make_fiche(region, debut=date(2026, 5, 1))
    url = reverse("plans:fiche_action_update", args=[fiche.plan.slug, fiche.code])
    client.force_login(personnes["region"])

    response = client.post(url, saisie(fiche, debut="", version=version))

    fiche.refresh_from_db()
    assert fiche.debut == date(2026, 5, 1)
    assert "debut" in {conflit.champ.name for conflit in response.context["form"].conflits}


def test_un_texte_trop_long_est_refuse_avec_une_phrase_et_garde(client, personnes, part):
    long = "mot " * 60_000
    response = ecrire(client, personnes["region"], part, long, 1)

    part.refresh_from_db()
    assert part.texte == "Un.\n\nDeux."
    assert response.context["form"].errors["texte"]
    assert long.strip()[:2000] in response.content.decode()


def test_la_part_attribuee_a_une_autre_pendant_l_ecriture(plan, region, departement, personnes):
    part = f.make_contribution(region, texte="Avant")
    form = ContributionForm({"texte": "Après", "version": "1"}, instance=part)
    Contribution.objects.filter(pk=part.pk).update(porteur=departement)

    assert not form.enregistrer(personnes["region"], Droit.CONTRIBUER)
    assert "Votre saisie est gardée" in str(form.non_field_errors())
    assert Contribution.objects.get(pk=part.pk).texte == "Avant"


def test_le_plan_arrete_pendant_l_ecriture(plan, region, personnes):
    part = f.make_contribution(region, texte="Avant")
    form = ContributionForm({"texte": "Après", "version": "1"}, instance=part)
    type(plan).objects.filter(pk=plan.pk).update(etat=plan.Etat.ARRETE)

    assert not form.enregistrer(personnes["region"], Droit.CONTRIBUER)
    assert Contribution.objects.get(pk=part.pk).texte == "Avant"


def test_la_part_supprimee_pendant_l_ecriture(region, personnes):
    part = f.make_contribution(region, texte="Avant")
    form = ContributionForm({"texte": "Après", "version": "1"}, instance=part)
    Contribution.objects.filter(pk=part.pk).delete()

    assert not form.enregistrer(personnes["region"], Droit.CONTRIBUER)
    assert "quelqu’un a supprimé" in str(form.non_field_errors())


TEXTES = st.lists(st.sampled_from("abcd"), min_size=1, max_size=4).map("\n\n".join)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(suite=st.lists(st.tuples(st.integers(0, 2), st.booleans(), TEXTES), max_size=8))
def test_quel_que_soit_l_entrelacement_aucun_texte_ne_se_perd(region, personnes, collegue, suite):
    """Tout paragraphe envoyé est dans la base, dans le journal, ou rendu à l'écran."""
    fiche = f.make_fiche(region, intitule="départ", description="départ")
    auteurs = [personnes["region"], personnes["redactrice"], collegue]
    lues = [FicheAction.objects.get(pk=fiche.pk) for _ in auteurs]
    for rang, (qui, relit, texte) in enumerate(suite):
        if relit:
            lues[qui] = FicheAction.objects.get(pk=fiche.pk)
        vu = lues[qui]
        texte = f"{texte} {rang}"
        form = FicheActionForm(saisie(vu, description=texte, objectif=vu.objectif_id), instance=vu)
        enregistre = form.enregistrer(auteurs[qui], Droit.MODIFIER_FICHE)
        gardes = [acte.apres.get("description", "") for acte in Acte.objects.sur(fiche)]
        if not enregistre:
            gardes.append(form["description"].value())
            assert [c.champ.name for c in form.conflits] == ["description"]
        assert set(texte.split("\n\n")) <= set("\n\n".join(gardes).split("\n\n"))


# --- Paragraphe par paragraphe ------------------------------------------------------------------


def test_deux_paragraphes_differents_se_reunissent_et_cela_se_dit(
    client, personnes, part, collegue
):
    ecrire(client, collegue, part, "Un, Carole.\n\nDeux.", 1)

    response = ecrire(client, personnes["region"], part, "Un.\n\nDeux, Rita.", 1)

    part.refresh_from_db()
    message = client.get(response.url).content.decode()
    assert part.texte == "Un, Carole.\n\nDeux, Rita."
    assert (
        espacer(
            "Les paragraphes écrits entre-temps par d’autres sont réunis aux vôtres : « Texte »"
        )
        in message
    )


def test_seul_le_paragraphe_en_desaccord_se_choisit(client, personnes, part, collegue):
    ecrire(client, collegue, part, "Un, Carole.\n\nDeux.\n\nTrois, Carole.", 1)

    response = ecrire(client, personnes["region"], part, "Un, Rita.\n\nDeux.\n\nRita.", 1)

    form = response.context["form"]
    [conflit] = form.conflits
    html = response.content.decode()
    assert [d[0] for d in conflit.desaccords] == ["Un."]
    assert form["texte"].value() == "Un, Rita.\n\nDeux.\n\nTrois, Carole.\n\nRita."
    assert "<h3>Passage 1</h3>" in html
    assert '<ins><span class="hors-ecran">ajouté&nbsp;: </span>, Rita' in html

    suite = {nom: form[nom].value() for nom in ("version", "a_choisir", "version_comparee")}
    client.post(
        response.wsgi_request.path, suite | {"texte": form["texte"].value(), "choix_texte": "leur"}
    )

    part.refresh_from_db()
    assert part.texte == "Un, Carole.\n\nDeux.\n\nTrois, Carole.\n\nRita."


def test_le_texte_abandonne_reste_au_journal(client, personnes, part, collegue):
    ecrire(client, collegue, part, "Carole.", 1)

    response = ecrire(
        client, personnes["region"], part, "Rita.", 2, a_choisir="texte", choix_texte="leur"
    )

    acte = Acte.objects.get(verbe="ecarter")
    part.refresh_from_db()
    message = client.get(response.url).content.decode()
    assert (part.texte, part.version) == ("Carole.", 2)
    assert acte.apres == {"texte": "Rita."}
    assert acte.nom_utilisateur == "Rita, Région"
    assert "Ce que vous n’avez pas gardé reste lisible dans le journal" in message
    assert part.valeurs_a_la_version(1)["texte"] == "Un.\n\nDeux."
    assert part.dernier_acte_sur("texte").nom_utilisateur == "Carole, collègue"


@pytest.mark.parametrize("depart", ["", "99", "zéro", "-1"])
def test_un_depart_falsifie_rend_la_leur_et_garde_la_mienne(
    client, personnes, part, collegue, depart
):
    ecrire(client, collegue, part, "Carole.", 1)
    ecrire(client, personnes["region"], part, "Rita.", 2, a_choisir="texte", choix_texte="leur",
           version_comparee=depart)  # fmt: skip

    part.refresh_from_db()
    assert part.texte == "Carole."
    assert Acte.objects.get(verbe="ecarter").apres == {"texte": "Rita."}


def test_aucun_champ_technique_ne_prend_le_nom_d_un_champ_de_modele():
    """Un indicateur a une valeur de départ : un champ caché du même nom l'effacerait."""
    noms = {c.name for modele in apps.get_models() for c in modele._meta.get_fields()}
    assert noms & set(FormulaireVersionne.TECHNIQUES) - {"version"} == set()


# --- Un conflit sur plusieurs objets -------------------------------------------------------------


def test_un_conflit_sur_des_objets_nomme_ceux_qui_sont_enregistres(
    client, bassin, region, personnes
):
    territoires = [f.make_epci(nom=f"CC du Pays {n}") for n in (1, 2)]
    bassin.perimetre.epci.set(territoires)
    ou = [f"epci-{territoires[0].pk}"]
    f.make_commune(epci=territoires[0])
    outils = [
        f.make_dispositif(region.acteur, nom=f"Outil {n}", zone_eligibilite=ou) for n in (1, 2)
    ]
    fiche = f.make_fiche(region)
    url = reverse("plans:fiche_action_update", args=[fiche.plan.slug, fiche.code])
    client.force_login(personnes["region"])
    for lot in (0, 1):
        envoi = saisie(
            fiche,
            version=1,
            perimetre="epci",
            epci=[territoires[lot].pk],
            dispositifs=[outils[lot].pk],
        )
        reponse = client.post(url, envoi)

    autres = {c.champ.name: c.leur for c in reponse.context["form"].conflits}
    assert autres == {"epci": "CC du Pays 1", "dispositifs": "Outil 1"}
