"""Consulter sur une version figée : qui, jusqu'à quand, et ce que chacun y lit."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte, Motif, Notification
from plans.etapes import Etat
from plans.models import Concertation, OrganismeConsulte, Plan, Relance
from plans.versions import contenu_canonique, empreinte
from tests import factories as f

DANS_UN_MOIS = timezone.localdate() + timedelta(days=30)


@pytest.fixture
def envoye(plan, region, departement, aom, association):
    """Le plan en concertation, sa version figée, sans consultation encore."""
    f.make_version(plan, numero=1, vers="concertation")
    Plan.objects.filter(pk=plan.pk).update(etat=Etat.CONCERTATION)
    return Plan.objects.get(pk=plan.pk)


def adresse(nom, *arguments):
    return reverse(f"plans:{nom}", args=arguments)


def ouvrir(client, plan, **champs):
    saisie = {"date_limite": DANS_UN_MOIS.isoformat(), "mode": "Un courrier et le PDF"} | champs
    return client.post(adresse("concertation_create", plan.slug), saisie)


def texte(reponse):
    return " ".join(reponse.content.decode().replace("\xa0", " ").split())


def test_ouvrir_consulte_les_parties_choisies_et_les_previent(envoye, aom, association, au_nom_de):
    client = au_nom_de("region")
    proposees = client.get(adresse("concertation_create", envoye.slug)).context["form"]
    assert set(proposees.initial["consultees"]) == set(
        envoye.parties.exclude(qualite="co_pilote").values_list("pk", flat=True)
    )

    assert ouvrir(client, envoye, consultees=[aom.pk]).status_code == 302

    concertation = Concertation.objects.get()
    assert (concertation.version_envoyee.numero, concertation.date_limite) == (1, DANS_UN_MOIS)
    assert [consulte.partie for consulte in concertation.consultes.all()] == [aom]
    [prevenue] = Notification.objects.all()
    assert (prevenue.destinataire.nom, prevenue.motif) == ("Amina, AOM", Motif.DECISION)
    assert prevenue.phrase.startswith("demande l’avis de votre structure, au plus tard le")
    assert set(Acte.objects.values_list("cible_type", "verbe")) == {
        ("plans.concertation", "creer"),
        ("plans.organismeconsulte", "creer"),
    }


@pytest.mark.parametrize("jours", [0, -1])
def test_la_date_limite_est_a_venir_et_rien_de_tape_ne_se_perd(envoye, au_nom_de, jours):
    limite = (timezone.localdate() + timedelta(days=jours)).isoformat()
    page = ouvrir(au_nom_de("region"), envoye, date_limite=limite, mode="Réunion du 3")
    assert "Choisissez une date à venir" in texte(page)
    assert "Réunion du 3" in texte(page)
    assert not Concertation.objects.exists()


def test_une_date_limite_dans_plus_de_deux_ans_est_une_faute_de_frappe(envoye, au_nom_de):
    page = ouvrir(au_nom_de("region"), envoye, date_limite="9999-12-31")
    assert "plus de deux ans : vérifiez l’année" in texte(page)
    assert not Concertation.objects.exists()


@pytest.mark.parametrize("cle", ["9" * 30, "-1", "deux"])
def test_une_partie_forgee_est_un_faux_choix(envoye, au_nom_de, cle):
    page = ouvrir(au_nom_de("region"), envoye, consultees=[cle])
    assert "consultees" in page.context["form"].errors


def test_le_contact_est_celui_d_un_service(envoye, concertation, au_nom_de):
    url = adresse("consulte_create", envoye.slug, concertation.pk)
    saisie = {"organisme": "CTE", "consulte_le": timezone.localdate().isoformat()}
    page = au_nom_de("region").post(url, saisie | {"contact": "jean.dupont@gmail.com"})
    assert list(page.context["form"].errors) == ["contact"]
    assert page.context["form"]["contact"].value() == "jean.dupont@gmail.com"


def test_un_co_pilote_ne_se_consulte_pas(envoye, departement, au_nom_de):
    page = ouvrir(au_nom_de("region"), envoye, consultees=[departement.pk])
    assert "consultees" in page.context["form"].errors
    assert not Concertation.objects.exists()


def test_on_n_ouvre_qu_une_concertation_par_version(envoye, au_nom_de):
    ouvrir(au_nom_de("region"), envoye)
    page = ouvrir(au_nom_de("departement"), envoye, mode="Une réunion")
    assert "vient d’être ouverte" in texte(page)
    assert "Une réunion" in texte(page)
    assert Concertation.objects.get().mode == "Un courrier et le PDF"


def test_sans_version_figee_rien_ne_s_ouvre(plan, region, au_nom_de):
    assert ouvrir(au_nom_de("region"), plan).status_code == 403
    Plan.objects.filter(pk=plan.pk).update(etat=Etat.CONCERTATION)
    assert ouvrir(au_nom_de("region"), plan).status_code == 403


def test_la_date_se_reporte_et_ne_s_avance_pas(envoye, aom, personnes, au_nom_de):
    concertation = f.make_concertation(envoye, version_envoyee=envoye.versions.get())
    f.make_consulte(concertation, aom)
    url = adresse("concertation_update", envoye.slug, concertation.pk)
    client = au_nom_de("region")

    def reporter(jours):
        limite = (concertation.date_limite + timedelta(days=jours)).isoformat()
        return client.post(url, {"date_limite": limite, "mode": "Un courrier", "version": "1"})

    assert "on peut la reporter, pas l’avancer" in texte(reporter(-1))
    assert reporter(7).status_code == 302
    [prevenue] = Notification.objects.all()
    assert prevenue.destinataire == personnes["aom"]
    assert prevenue.phrase.startswith("a reporté au")


def test_une_date_passee_et_inchangee_n_empeche_pas_de_changer_le_mode(envoye, au_nom_de):
    hier = timezone.localdate() - timedelta(days=1)
    version = envoye.versions.get()
    concertation = f.make_concertation(envoye, version_envoyee=version, date_limite=hier)
    url = adresse("concertation_update", envoye.slug, concertation.pk)
    saisie = {"date_limite": hier.isoformat(), "mode": "Deux réunions", "version": "1"}
    assert au_nom_de("region").post(url, saisie).status_code == 302
    assert Concertation.objects.get().mode == "Deux réunions"


@pytest.fixture
def concertation(envoye):
    return f.make_concertation(envoye, version_envoyee=envoye.versions.get())


def test_un_organisme_hors_du_plan_se_nomme_une_seule_fois(envoye, concertation, au_nom_de):
    url = adresse("consulte_create", envoye.slug, concertation.pk)
    client, jour = au_nom_de("departement"), timezone.localdate().isoformat()
    saisie = {"organisme": "Comité des partenaires", "contact": "mobilite@example.org"}
    assert client.post(url, saisie | {"consulte_le": jour}).status_code == 302
    repete = client.post(url, {"organisme": "comité des partenaires", "consulte_le": jour})
    assert "Cet organisme est déjà consulté" in texte(repete)
    demain = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert "à venir" in texte(client.post(url, {"organisme": "CTE", "consulte_le": demain}))
    assert "Choisissez une partie du plan" in texte(client.post(url, {"consulte_le": jour}))
    cachee = client.post(url, {"organisme": "Amiens Métropole", "consulte_le": jour})
    assert "organisme" in cachee.context["form"].errors  # une partie ne se nomme pas absente
    assert [consulte.nom for consulte in OrganismeConsulte.objects.all()] == [
        "Comité des partenaires"
    ]


def test_une_partie_et_un_nom_trop_long_se_disent_sans_erreur(envoye, concertation, aom, au_nom_de):
    url = adresse("consulte_create", envoye.slug, concertation.pk)
    saisie = {"partie": aom.pk, "organisme": "x" * 201, "consulte_le": "2026-11-01"}
    assert list(au_nom_de("region").post(url, saisie).context["form"].errors) == ["organisme"]


def test_une_partie_d_un_autre_plan_ne_se_consulte_pas(envoye, concertation, autre_plan, au_nom_de):
    ailleurs = f.make_partie(autre_plan, qualite="associee")
    url = adresse("consulte_create", envoye.slug, concertation.pk)
    saisie = {"partie": ailleurs.pk, "consulte_le": timezone.localdate().isoformat()}
    assert "partie" in au_nom_de("region").post(url, saisie).context["form"].errors


def test_retirer_un_muet_oui_un_organisme_qui_a_rendu_son_avis_non(
    envoye, concertation, aom, association, au_nom_de
):
    muet, rendu = f.make_consulte(concertation, aom), f.make_consulte(concertation, association)
    f.make_avis_sur_plan(rendu)
    client = au_nom_de("region")
    for consulte in (muet, rendu):
        page = client.post(adresse("consulte_delete", envoye.slug, consulte.pk), follow=True)
    assert "a déjà un avis au registre" in texte(page)
    assert OrganismeConsulte.objects.get() == rendu
    assert Acte.objects.get(verbe="retirer").avant["partie"] == aom.pk


def test_une_partie_consultee_garde_sa_place(plan, aom, concertation, personnes, au_nom_de):
    f.make_consulte(concertation, aom)
    Plan.objects.update(etat=Etat.REDACTION)
    page = au_nom_de("region").post(adresse("partie_delete", plan.slug, aom.pk))
    assert "tient encore quelque chose" in texte(page)
    assert plan.parties.filter(pk=aom.pk).exists()


def test_revenu_en_redaction_la_liste_ne_bouge_plus(envoye, concertation, aom, au_nom_de):
    consulte = f.make_consulte(concertation, aom)
    Plan.objects.update(etat=Etat.REDACTION)
    client = au_nom_de("region")
    for url in (
        adresse("consulte_create", envoye.slug, concertation.pk),
        adresse("concertation_update", envoye.slug, concertation.pk),
        adresse("consulte_delete", envoye.slug, consulte.pk),
        adresse("consulte_relancer", envoye.slug, consulte.pk),
    ):
        assert client.post(url).status_code == 403
    assert "Le plan est revenu en rédaction" in texte(
        client.get(adresse("plan_concertation", envoye.slug))
    )


def test_une_version_remplacee_ne_se_consulte_plus(envoye, concertation, au_nom_de):
    f.make_version(envoye, numero=2, vers="concertation")
    url = adresse("consulte_create", envoye.slug, concertation.pk)
    assert au_nom_de("region").get(url).status_code == 403


def test_la_relance_mene_au_registre_et_une_par_semaine(envoye, concertation, aom, au_nom_de):
    consulte = f.make_consulte(concertation, aom)
    url = adresse("consulte_relancer", envoye.slug, consulte.pk)
    client = au_nom_de("region")
    client.post(url)
    relance = Relance.objects.get()
    assert relance.attendu.startswith("son avis sur le plan, au plus tard le")
    assert Notification.objects.get().url == consulte.get_absolute_url()
    assert "une par semaine" in texte(client.post(url, follow=True))
    f.make_avis_sur_plan(consulte)
    Relance.objects.all().delete()
    assert "n’attend rien" in texte(client.post(url, follow=True))
    absent = f.make_consulte(concertation)
    url = adresse("consulte_relancer", envoye.slug, absent.pk)
    assert "n’est pas sur le portail" in texte(client.post(url, follow=True))


def test_consulter_ne_change_pas_ce_que_les_co_pilotes_ont_vise(envoye, au_nom_de, region):
    avant = empreinte(contenu_canonique(envoye))
    visa = f.make_visa(f.make_version(envoye), region)
    ouvrir(au_nom_de("region"), envoye, consultees=[])
    visa.refresh_from_db()
    assert visa.annule_le is None
    assert empreinte(contenu_canonique(Plan.objects.get(pk=envoye.pk))) == avant


def test_la_page_dit_qui_se_tait_sans_le_compter_pour_d_accord(
    envoye, concertation, aom, association, region, au_nom_de
):
    f.make_consulte(concertation, aom)
    saisi = f.make_consulte(concertation, association)
    f.make_avis_sur_plan(saisi, saisi_par=region)
    page = texte(au_nom_de("aom").get(adresse("plan_concertation", envoye.slug)))
    assert "consulté, sans réponse au" in page
    assert "saisi par la Région Hauts-de-France, non confirmé par Roues libres" in page
    compte = "Avis rendus par eux-mêmes : 0 ; saisis et non confirmés : 1 ; sans réponse : 1."
    assert f"Organismes consultés : 2. {compte}" in page
    assert "n’exige ni consultation, ni avis, ni délai" in page
    co_pilote = texte(au_nom_de("region").get(adresse("plan_concertation", envoye.slug)))
    assert "Les co-pilotes n’ont pas encore répondu." in co_pilote
    assert "Revoir la réponse" not in co_pilote
    assert "Avis à traiter : 1." in co_pilote
    assert f"{adresse('version_comparer', envoye.slug)}?de=1" in page


@pytest.mark.parametrize("nombre", [1, 3])
def test_nombre_de_requetes_constant(envoye, concertation, region, au_nom_de, nombre):
    for _ in range(nombre):
        partie = f.make_partie(envoye, qualite="associee")
        avis = f.make_avis_sur_plan(f.make_consulte(concertation, partie), saisi_par=region)
        reponse = f.make_reponse(avis, region)
        reponse.fiches.add(f.make_fiche(region))
        reponse.chapitres.add(f.make_chapitre(envoye))
        f.make_consulte(concertation, f.make_partie(envoye, qualite="associee"))
    client, url = au_nom_de("region"), adresse("plan_concertation", envoye.slug)
    client.get(url)
    with CaptureQueriesContext(connection) as requetes:
        client.get(url)
    assert len(requetes) == 13


def test_la_partie_consultee_ne_tient_pas_la_liste(envoye, concertation, aom, personnes):
    consulte = f.make_consulte(concertation, aom)
    for qui in ("aom", "redactrice", "invitee", "etrangere", "admin"):
        with pytest.raises(PermissionDenied):
            consulte.retirer(personnes[qui])
    assert OrganismeConsulte.objects.get() == consulte
