"""Les avis : rendus par l'organisme lui-même, ou saisis avec une pièce et non confirmés."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte, Motif, Notification
from plans.etapes import Etat
from plans.models import AvisSurPlan, Plan, ReponseAvis
from tests import factories as f

AUJOURD_HUI = timezone.localdate()


@pytest.fixture
def concertation(plan, region, departement, aom, association, invitee):
    Plan.objects.filter(pk=plan.pk).update(etat=Etat.CONCERTATION)
    return f.make_concertation(Plan.objects.get(pk=plan.pk))


@pytest.fixture
def consulte(concertation, aom):
    return f.make_consulte(concertation, aom)


def adresse(nom, objet):
    return reverse(f"plans:{nom}", args=[objet.plan.slug, objet.pk])


def rendre(client, consulte, **champs):
    saisie = {"sens": "favorable", "texte": ""} | champs
    return client.post(adresse("avis_sur_plan_update", consulte), saisie)


def saisir(client, consulte, **champs):
    saisie = {
        "sens": "reserves",
        "texte": "Le délai est court.",
        "rendu_le": AUJOURD_HUI.isoformat(),
        "reference": "Courrier du 3 novembre",
    }
    return client.post(adresse("avis_sur_plan_saisir", consulte), saisie | champs)


def repondre(client, avis, **champs):
    saisie = {"decision": "ecarte", "explication": "Le calendrier est tenu.", "avis_lu": "1"}
    return client.post(adresse("reponse_update", avis), saisie | champs)


def texte(reponse):
    return " ".join(reponse.content.decode().replace("\xa0", " ").split())


# --- Rendre --------------------------------------------------------------------------------------


def test_la_partie_rend_son_avis_et_les_co_pilotes_sont_attendus(consulte, au_nom_de, personnes):
    reponse = rendre(au_nom_de("aom"), consulte, sens="reserves", texte="Un **quai** manque.")
    assert reponse.url == consulte.get_absolute_url()
    avis = AvisSurPlan.objects.get()
    assert (avis.sens, avis.rendu_le, avis.est_confirme) == ("reserves", AUJOURD_HUI, True)
    assert (avis.signataire, avis.nom_signataire) == (personnes["aom"], "Amina, AOM")
    prevenus = Notification.objects.filter(motif=Motif.DECISION)
    assert {n.destinataire.nom for n in prevenus} == {"Rita, Région", "Denis, Département"}
    assert Acte.objects.get(cible=avis.identifiant).verbe == "creer"


def test_un_invite_consulte_rend_aussi_son_avis(concertation, invitee, au_nom_de):
    consulte = f.make_consulte(concertation, invitee)
    assert rendre(au_nom_de("invitee"), consulte).status_code == 302
    assert AvisSurPlan.objects.get().consulte == consulte


def test_une_reserve_se_dit(consulte, au_nom_de):
    page = rendre(au_nom_de("aom"), consulte, sens="defavorable")
    assert "texte" in page.context["form"].errors
    assert not AvisSurPlan.objects.exists()


@pytest.mark.parametrize("qui", ["region", "departement", "spe", "associee", "invitee", "admin"])
def test_nul_ne_rend_l_avis_d_un_autre(consulte, au_nom_de, qui):
    assert rendre(au_nom_de(qui), consulte).status_code in (403, 404)
    assert not AvisSurPlan.objects.exists()


def test_un_auteur_force_ne_compte_pas(consulte, region, au_nom_de, personnes):
    forge = {"saisi_par": region.pk, "signataire": personnes["region"].pk, "consulte": "999"}
    forge |= {"nom_signataire": "Rita", "reference": "Faux", "sens": "favorable"}
    au_nom_de("aom").post(adresse("avis_sur_plan_update", consulte), forge)
    avis = AvisSurPlan.objects.get()
    assert (avis.saisi_par, avis.signataire, avis.reference) == (None, personnes["aom"], "")
    assert avis.consulte == consulte


def test_apres_la_date_limite_l_avis_est_recu_et_dit_hors_delai(consulte, concertation, au_nom_de):
    concertation.date_limite = AUJOURD_HUI - timedelta(days=1)
    concertation.save()
    client = au_nom_de("aom")
    assert "dit hors délai" in texte(client.get(adresse("avis_sur_plan_update", consulte)))
    rendre(client, consulte)
    assert AvisSurPlan.objects.get().est_hors_delai
    assert "Hors délai" in texte(client.get(consulte.get_absolute_url()))


def test_le_jour_meme_de_la_date_limite_est_dans_le_delai(consulte, concertation, au_nom_de):
    concertation.date_limite = AUJOURD_HUI
    concertation.save()
    rendre(au_nom_de("aom"), consulte)
    assert not AvisSurPlan.objects.get().est_hors_delai


def test_le_retour_en_redaction_ne_coupe_pas_la_parole(consulte, au_nom_de):
    Plan.objects.update(etat=Etat.REDACTION)
    assert rendre(au_nom_de("aom"), consulte).status_code == 302
    assert AvisSurPlan.objects.get().est_confirme


@pytest.mark.parametrize("etat", [Etat.ARRETE, Etat.DELIBERATIONS, Etat.ADOPTE])
def test_le_projet_arrete_le_registre_est_clos(consulte, region, au_nom_de, etat):
    avis = f.make_avis_sur_plan(consulte)
    reponse = f.make_reponse(avis, region)
    Plan.objects.update(etat=etat)
    assert rendre(au_nom_de("aom"), consulte, sens="sans_avis").status_code == 403
    assert saisir(au_nom_de("region"), consulte).status_code == 403
    assert repondre(au_nom_de("region"), avis).status_code == 403
    avis.refresh_from_db()
    reponse.refresh_from_db()
    assert (avis.sens, reponse.decision) == ("favorable", "retenu")


def test_une_concertation_plus_recente_clot_les_avis_sur_l_ancienne(consulte, plan, au_nom_de):
    f.make_concertation(plan)
    assert rendre(au_nom_de("aom"), consulte).status_code == 403
    page = texte(au_nom_de("aom").get(consulte.get_absolute_url()))
    assert "Une concertation plus récente est ouverte" in page


def test_deux_valideurs_d_une_meme_partie_le_second_ne_remplace_rien(consulte, aom, client):
    """Le second a ouvert la page vide avant que le premier n'enregistre."""
    from plans.forms.concertation import AvisSurPlanForm

    premier, second = f.make_utilisateur(aom.acteur, nom="Un"), f.make_utilisateur(aom.acteur)
    formulaires = [
        AvisSurPlanForm(
            {"sens": "defavorable", "texte": mots},
            instance=consulte.avis_attendu,
            par=qui,
            pour=aom.pk,
        )
        for qui, mots in ((premier, "Le premier."), (second, "Le second."))
    ]
    assert formulaires[0].enregistrer(premier, "rendre_avis")
    assert not formulaires[1].enregistrer(second, "rendre_avis")
    assert "vient d’être enregistré par Un" in str(formulaires[1].errors)
    assert "Le second." in str(formulaires[1])
    assert AvisSurPlan.objects.get().texte == "Le premier."


def test_l_organisme_retire_pendant_qu_il_ecrivait_garde_son_texte(consulte, aom, personnes):
    from plans.forms.concertation import AvisSurPlanForm

    saisie = {"sens": "defavorable", "texte": "Long travail."}
    signature = {"par": personnes["aom"], "pour": aom.pk}
    form = AvisSurPlanForm(saisie, instance=consulte.avis_attendu, **signature)
    type(consulte).objects.filter(pk=consulte.pk).delete()
    assert not form.enregistrer(personnes["aom"], "rendre_avis")
    assert "n’est plus consulté" in str(form.errors)
    assert "Long travail." in str(form)


# --- Saisir pour un absent -----------------------------------------------------------------------


def test_un_co_pilote_saisit_un_avis_recu_jamais_confirme(concertation, region, au_nom_de):
    absent = f.make_consulte(concertation, organisme="Comité des partenaires")
    assert saisir(au_nom_de("redactrice"), absent).status_code == 302
    avis = AvisSurPlan.objects.get()
    assert (avis.saisi_par, avis.est_confirme) == (region, False)
    page = texte(au_nom_de("aom").get(absent.get_absolute_url()))
    assert "saisi par la Région Hauts-de-France, non confirmé par le Comité des partenaires" in page
    assert "Courrier du 3 novembre" in page


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"reference": ""}, "reference"),
        ({"rendu_le": (AUJOURD_HUI + timedelta(days=1)).isoformat()}, "rendu_le"),
        ({"rendu_le": "0001-01-01"}, "rendu_le"),
        ({"texte": ""}, "texte"),
    ],
)
def test_sans_piece_ou_date_a_venir_rien_ne_se_saisit(consulte, au_nom_de, champs, champ):
    page = saisir(au_nom_de("region"), consulte, **champs)
    assert list(page.context["form"].errors) == [champ]
    assert not AvisSurPlan.objects.exists()


def test_la_partie_reprend_l_avis_saisi_pour_elle_et_lui_seul_compte(
    consulte, region, au_nom_de, personnes
):
    saisir(au_nom_de("region"), consulte)
    attendues = Notification.objects.filter(destinataire=personnes["aom"])
    assert [n.phrase for n in attendues] == [
        "a saisi l’avis de votre structure : rendez-le vous-même"
    ]

    rendre(au_nom_de("aom"), consulte, sens="reserves", texte="Le délai est court.", version="1")

    avis = AvisSurPlan.objects.get()
    assert (avis.est_confirme, avis.reference) == (True, "")
    assert Acte.objects.sur(avis).order_by("-pk").first().verbe == "confirmer"
    # Le co-pilote ne réécrit plus ce que la partie a rendu.
    assert saisir(au_nom_de("region"), consulte, sens="favorable").status_code == 403
    avis.refresh_from_db()
    assert avis.sens == "reserves"


def test_la_reponse_donnee_a_un_avis_saisi_n_empeche_pas_la_partie_de_le_dementir(
    consulte, region, au_nom_de
):
    saisir(au_nom_de("region"), consulte, sens="favorable")
    repondre(au_nom_de("region"), AvisSurPlan.objects.get(), decision="retenu")
    assert not AvisSurPlan.objects.a_traiter().exists()

    rendre(au_nom_de("aom"), consulte, sens="defavorable", texte="Non.", version="1")

    [avis] = AvisSurPlan.objects.a_traiter()
    assert not avis.reponse.est_a_jour
    page = texte(au_nom_de("aom").get(consulte.get_absolute_url()))
    assert "L’avis a changé depuis cette réponse" in page


# --- Répondre ------------------------------------------------------------------------------------


def test_les_cases_se_rangent_sous_leur_chapitre_et_leur_axe(consulte, region, au_nom_de):
    plan = region.plan
    noms = {}
    for ordre, (cle, numero, titre) in enumerate(
        [
            ("synthese", "", "Synthèse"),
            ("cadre", "1", "Cadre"),
            ("fondement", "1.1", "Fondement"),
            ("bassin", "1.2", "Bassin"),
            ("accompagnement", "4", "Conseil"),
            ("moyens", "8", "Moyens"),
        ]
    ):
        noms[cle] = f.make_chapitre(plan, cle, numero=numero, titre=titre, ordre=ordre)
    fiche = f.make_fiche(region)
    avis = f.make_avis_sur_plan(consulte)
    page = au_nom_de("region").get(adresse("reponse_update", avis))

    def familles(nom):
        choix = page.context["form"].fields[nom].choices
        return [(titre, [cle for cle, _ in options]) for titre, options in choix]

    # « 1 Cadre » n'est qu'un titre : il nomme ses chapitres et ne se coche pas.
    assert familles("chapitres") == [
        ("En tête du plan", [noms["synthese"].pk]),
        ("1 Cadre", [noms["fondement"].pk, noms["bassin"].pk]),
        ("Autres chapitres", [noms["accompagnement"].pk, noms["moyens"].pk]),
    ]
    assert familles("fiches") == [(str(fiche.objectif.axe), [fiche.pk])]
    assert 'role="group"' in page.content.decode()


def test_un_titre_que_la_reponse_cite_deja_reste_coche(consulte, region, au_nom_de):
    titre = f.make_chapitre(region.plan, "cadre", numero="1", titre="Cadre", ordre=0)
    f.make_chapitre(region.plan, "fondement", numero="1.1", titre="Fondement", ordre=1)
    reponse = f.make_reponse(f.make_avis_sur_plan(consulte), region)
    reponse.chapitres.add(titre)
    page = au_nom_de("region").get(adresse("reponse_update", reponse.avis)).content.decode()
    assert re.search(rf'value="{titre.pk}"[^>]* checked', page)


def test_les_co_pilotes_repondent_et_la_partie_l_apprend(
    consulte, region, departement, au_nom_de, personnes
):
    avis = f.make_avis_sur_plan(consulte, sens="reserves", texte="Un quai manque.")
    fiche, chapitre = f.make_fiche(region), f.make_chapitre(region.plan)
    repondre(
        au_nom_de("region"),
        avis,
        decision="en_partie",
        explication="Le quai est ajouté.",
        fiches=[fiche.pk],
        chapitres=[chapitre.pk],
    )
    reponse = ReponseAvis.objects.get()
    assert (reponse.decision, reponse.ecrite_par) == ("en_partie", region)
    assert (list(reponse.fiches.all()), list(reponse.chapitres.all())) == ([fiche], [chapitre])
    [prevenue] = Notification.objects.filter(destinataire=personnes["aom"])
    assert prevenue.phrase == "a répondu à votre avis : pris en compte en partie"
    # L'autre co-pilote la revoit : elle est commune, et dit qui l'a écrite en dernier.
    champs = {"decision": "retenu", "version": "1", "fiches": [fiche.pk]}
    repondre(au_nom_de("departement"), avis, **champs)
    reponse.refresh_from_db()
    assert (reponse.decision, reponse.ecrite_par, reponse.version) == ("retenu", departement, 2)


def test_une_reponse_negative_s_explique_un_favorable_peut_s_en_passer(consulte, au_nom_de):
    avis = f.make_avis_sur_plan(consulte)
    client = au_nom_de("region")
    assert "explication" in repondre(client, avis, explication="").context["form"].errors
    assert repondre(client, avis, decision="retenu", explication="").status_code == 302


def test_l_avis_change_pendant_que_l_on_repond(consulte, au_nom_de):
    avis = f.make_avis_sur_plan(consulte, sens="reserves", texte="Un quai manque.")
    rendre(au_nom_de("aom"), consulte, sens="defavorable", texte="Deux quais.", version="1")
    client = au_nom_de("region")
    page = repondre(client, avis, explication="Un seul quai est prévu.")
    assert "L’avis a changé pendant que vous répondiez" in texte(page)
    assert "Deux quais." in texte(page)
    assert "Un seul quai est prévu." in texte(page)
    assert not ReponseAvis.objects.exists()
    lu = page.context["form"]["avis_lu"].value()
    assert repondre(client, avis, avis_lu=lu).status_code == 302
    assert ReponseAvis.objects.get().version_de_l_avis == 2


@pytest.mark.parametrize("lu", ["", "0", "99", "rien"])
def test_une_version_d_avis_forgee_est_refusee(consulte, au_nom_de, lu):
    avis = f.make_avis_sur_plan(consulte)
    assert repondre(au_nom_de("region"), avis, avis_lu=lu).status_code == 200
    assert not ReponseAvis.objects.exists()


@pytest.mark.parametrize("qui", ["aom", "spe", "associee", "invitee", "redactrice", "lectrice"])
def test_seuls_les_valideurs_des_co_pilotes_repondent(consulte, au_nom_de, qui):
    avis = f.make_avis_sur_plan(consulte)
    assert repondre(au_nom_de(qui), avis).status_code == 403
    assert not ReponseAvis.objects.exists()


def test_une_fiche_d_un_autre_plan_ne_se_cite_pas(consulte, etrangere, au_nom_de):
    avis, ailleurs = f.make_avis_sur_plan(consulte), f.make_fiche(etrangere)
    page = repondre(au_nom_de("region"), avis, fiches=[ailleurs.pk])
    assert "fiches" in page.context["form"].errors


# --- « Ma part » ---------------------------------------------------------------------------------


def attentes(client):
    return [(a.verbe, a.objet) for a in client.get(reverse("plans:ma_part")).context["attentes"]]


def test_l_avis_attendu_puis_la_reponse_attendue_sont_dans_ma_part(consulte, aom, au_nom_de):
    type(aom).objects.update(reponse="contribue")
    rendu = ("Rendre votre avis", "version 1 (Concertation)")
    assert attentes(au_nom_de("aom")) == [rendu]
    assert attentes(au_nom_de("associee")) == []
    rendre(au_nom_de("aom"), consulte)
    assert attentes(au_nom_de("aom")) == []
    a_traiter = ("Répondre à l’avis", "Amiens Métropole")
    assert attentes(au_nom_de("region")) == attentes(au_nom_de("departement")) == [a_traiter]
    assert attentes(au_nom_de("redactrice")) == []
    repondre(au_nom_de("region"), AvisSurPlan.objects.get())
    assert attentes(au_nom_de("departement")) == []


def test_passee_la_date_limite_l_avis_est_en_retard(consulte, concertation, aom, au_nom_de):
    type(aom).objects.update(reponse="contribue")
    concertation.date_limite = AUJOURD_HUI - timedelta(days=1)
    concertation.save()
    [attente] = au_nom_de("aom").get(reverse("plans:ma_part")).context["en_retard"]
    assert attente.echeance == concertation.date_limite


@pytest.mark.parametrize("nombre", [1, 3])
def test_ma_part_coute_autant_pour_un_avis_que_pour_trois(
    plan, region, aom, client, personnes, nombre, django_assert_num_queries
):
    Plan.objects.update(etat=Etat.CONCERTATION)
    for n in range(nombre):
        autre = f.make_plan(slug=f"plan-{n}", etat=Etat.CONCERTATION)
        ouverte = f.make_concertation(autre)
        f.make_partie(autre, region.acteur, reponse="contribue")
        coordonnee = f.make_partie(autre, region.acteur, "coordonnee", reponse="contribue")
        f.make_consulte(ouverte, coordonnee)
        f.make_avis_sur_plan(f.make_consulte(ouverte))
    client.force_login(personnes["region"])
    client.get(reverse("plans:ma_part"))
    with django_assert_num_queries(40):
        page = client.get(reverse("plans:ma_part"))
    verbes = [attente.verbe for attente in page.context["attentes"]]
    assert verbes.count("Rendre votre avis") == verbes.count("Répondre à l’avis") == nombre
