"""« Ma part » : ce qui attend ma structure, ce qui manque, ce qui est en retard, dans mes plans."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte
from pams_portal.droits import Qualite
from plans.models import AvisSurFiche, FicheAction, PartiePrenante, Plan
from plans.models.validation import substance
from tests import factories as f


def lire(client, qui):
    client.force_login(qui)
    return client.get(reverse("plans:ma_part"))


def verbes(attentes):
    return [attente.verbe for attente in attentes]


def test_ce_qui_attend_l_aom(client, plan, region, aom, personnes):
    fiche = f.make_fiche(region, intitule="Garage mobile")
    f.make_financement(fiche, aom, montant=None, statut="sollicite")
    f.make_partenariat(fiche, aom)
    f.make_contribution(aom, texte="")

    page = lire(client, personnes["aom"]).context

    assert verbes(page["a_faire"]) == [
        "Dire si vous contribuez",
        "Saisir votre financement",
        "Répondre : opérateur",
    ]
    assert verbes(page["a_completer"]) == ["Écrire"]
    assert page["en_retard"] == []


def test_chaque_ligne_a_sa_date_lue_au_journal(client, plan, region, aom, personnes):
    aom.reponse = "contribue"
    aom.save()
    contribution = f.make_contribution(region)
    contribution.agir(personnes["region"], "attribuer", Acte.Verbe.ATTRIBUER, porteur=aom)
    Acte.objects.update(quand=timezone.now() - timedelta(days=3))

    page = lire(client, personnes["aom"])

    [attente] = page.context["a_completer"]
    assert attente.depuis.date() == (timezone.now() - timedelta(days=3)).date()
    assert "À vous depuis le" in page.content.decode()


def test_une_demande_trop_vieille_est_en_retard_mais_pas_ce_qui_manque(
    client, plan, region, aom, personnes
):
    type(plan).objects.update(cree_le=timezone.now() - timedelta(days=16))
    f.make_financement(f.make_fiche(region), aom, montant=None, statut="sollicite")
    f.make_contribution(aom, texte="")

    page = lire(client, personnes["aom"]).context

    assert verbes(page["en_retard"]) == ["Dire si vous contribuez", "Saisir votre financement"]
    assert verbes(page["a_completer"]) == ["Écrire"]
    assert verbes(page["attentes"])[:2] == verbes(page["en_retard"])


def test_une_etape_echue_et_un_calendrier_depasse_sont_en_retard(client, plan, aom, personnes):
    PartiePrenante.objects.update(reponse="contribue")
    hier = timezone.localdate() - timedelta(days=1)
    fiche = f.make_fiche(aom, debut=date(2025, 1, 1), fin=hier, avancement="en_cours")
    f.make_etape(fiche, libelle="Ouvrir le garage", echeance=hier)
    f.make_etape(fiche, echeance=hier, faite=True)
    f.make_etape(fiche, echeance=timezone.localdate())
    f.make_fiche(aom, debut=hier, avancement="realisee", fin=hier)

    page = lire(client, personnes["aom"])

    en_retard = page.context["en_retard"]
    assert [(a.verbe, a.echeance) for a in en_retard] == [
        ("Dire où en est l’étape", hier),
        ("Revoir le calendrier", hier),
    ]
    assert "dépassée" in page.content.decode()


def test_une_mention_attend_jusqu_a_ma_reponse(client, plan, region, aom, personnes):
    PartiePrenante.objects.update(reponse="contribue")
    observation = f.make_observation(region, personnes["region"])
    observation.messages.get().parties.add(aom)

    [attente] = lire(client, personnes["aom"]).context["a_faire"]
    assert attente.verbe == "Répondre à l’observation"
    assert attente.url.startswith(observation.get_absolute_url())
    assert lire(client, personnes["spe"]).context["a_faire"] == []

    f.make_message(observation, aom, personnes["aom"])
    assert lire(client, personnes["aom"]).context["a_faire"] == []

    f.make_message(observation, region, personnes["region"]).personnes.add(personnes["aom"])
    assert len(lire(client, personnes["aom"]).context["a_faire"]) == 1

    observation.etat = "resolue"
    observation.save()
    assert lire(client, personnes["aom"]).context["a_faire"] == []


def test_le_visa_la_proposition_et_l_avis_attendent_le_co_pilote(
    client, plan, region, departement, aom, personnes
):
    fiche = f.make_fiche(aom, etat="engagee")
    autre = f.make_fiche(aom, etat="engagee")
    f.make_proposition(aom, f.make_contribution(departement, texte="Écrit."))
    f.make_visa(f.make_version(plan), region, personnes["region"])
    donner_avis(autre, departement)

    attentes = lire(client, personnes["departement"]).context["a_faire"]

    assert [(a.verbe, a.url) for a in attentes] == [
        ("Viser", f"{reverse('plans:plan_etapes', args=[plan.slug])}#passage-arrete"),
        ("Décider de la proposition d’Amiens Métropole", attentes[1].url),
        (
            "Donner l’avis de votre structure en COTECH",
            reverse("plans:avis_update", args=[plan.slug, fiche.code]),
        ),
    ]


def en_concertation(plan, **champs):
    Plan.objects.filter(pk=plan.pk).update(etat="concertation")
    return f.make_concertation(Plan.objects.get(pk=plan.pk), **champs)


def test_ce_que_la_concertation_attend_des_co_pilotes_et_de_qui_est_consulte(
    client, plan, region, departement, aom, association, personnes
):
    concertation = en_concertation(plan)
    muette = f.make_consulte(concertation, aom)
    f.make_consulte(concertation, organisme="Comité des partenaires")
    avis = f.make_avis_sur_plan(f.make_consulte(concertation, association))
    registre = reverse("plans:plan_concertation", args=[plan.slug])

    a_faire = lire(client, personnes["region"]).context["a_faire"]
    assert [(a.verbe, a.objet, a.url) for a in a_faire] == [
        (
            "Répondre à l’avis",
            "Roues libres",
            reverse("plans:reponse_update", args=[plan.slug, avis.pk]),
        ),
        ("Suivre la concertation", "2 avis sollicités, sans réponse", registre),
    ]
    a_rendre = [a for a in lire(client, personnes["aom"]).context["a_faire"] if a.echeance]
    assert [(a.verbe, a.url, a.echeance) for a in a_rendre] == [
        (
            "Rendre votre avis",
            reverse("plans:avis_sur_plan_update", args=[plan.slug, muette.pk]),
            concertation.date_limite,
        )
    ]


def test_la_date_limite_passee_met_en_retard_et_l_arret_du_projet_n_attend_plus_rien(
    client, plan, region, aom, personnes
):
    hier = timezone.localdate() - timedelta(days=1)
    f.make_consulte(en_concertation(plan, date_limite=hier), aom)

    page = lire(client, personnes["redactrice"])
    assert verbes(page.context["en_retard"]) == ["Suivre la concertation"]
    assert "1 avis sollicité, sans réponse" in page.content.decode()
    assert "dépassée" in page.content.decode()
    assert "Rendre votre avis" in verbes(lire(client, personnes["aom"]).context["en_retard"])
    parts = lire(client, personnes["aom"]).context["parts"]
    assert [(faites, total) for _, faites, total, _ in parts] == [(0, 1)]

    Plan.objects.update(etat="arrete")
    for qui in ("redactrice", "aom"):
        assert "oncertation" not in " ".join(
            verbes(lire(client, personnes[qui]).context["en_retard"])
        )
        assert "Rendre votre avis" not in verbes(lire(client, personnes[qui]).context["en_retard"])


def donner_avis(fiche, partie, comite="cotech"):
    """Un avis favorable, donné sur la fiche telle qu'elle est."""
    vise = substance(fiche)
    return AvisSurFiche.objects.create(
        fiche=fiche, porteur=partie, comite=comite, sens="favorable", substance=vise
    )


def a_faire(client, qui):
    return [attente.verbe for attente in lire(client, qui).context["a_faire"]]


def test_l_avis_donne_sur_un_texte_qui_a_change_est_a_reprendre(
    client, region, departement, aom, spe, personnes
):
    aom.reponse = spe.reponse = "contribue"
    aom.save()
    spe.save()
    fiche = f.make_fiche(aom, etat="engagee")
    for partie in (departement, spe):
        donner_avis(fiche, partie)
    assert a_faire(client, personnes["departement"]) == []

    FicheAction.objects.filter(pk=fiche.pk).update(description="Un autre texte.")

    reprendre = "Reprendre, sur la fiche changée depuis, l’avis de votre structure en COTECH"
    attentes = lire(client, personnes["departement"]).context["a_faire"]
    assert [(a.verbe, a.url) for a in attentes] == [
        (reprendre, reverse("plans:avis_update", args=[fiche.plan.slug, fiche.code]))
    ]
    assert a_faire(client, personnes["spe"]) == [reprendre]  # elle l'avait donné : à elle aussi
    assert a_faire(client, personnes["aom"]) == []  # elle n'en avait pas donné
    assert a_faire(client, personnes["redactrice"]) == []  # un avis se donne par un valideur


def test_l_avis_du_comite_d_avant_n_est_pas_a_reprendre(
    client, region, departement, aom, personnes
):
    fiche = f.make_fiche(aom, etat="cotech")
    donner_avis(fiche, departement)
    FicheAction.objects.filter(pk=fiche.pk).update(description="Un autre texte.")

    assert a_faire(client, personnes["departement"]) == [
        "Donner l’avis de votre structure en COPIL"
    ]


def test_le_plan_arrete_aucun_avis_n_est_a_reprendre(client, plan, departement, aom, personnes):
    fiche = f.make_fiche(aom, etat="engagee")
    donner_avis(fiche, departement)
    FicheAction.objects.filter(pk=fiche.pk).update(description="Un autre texte.")
    type(plan).objects.update(etat="arrete")

    assert a_faire(client, personnes["departement"]) == []


def test_les_avis_perimes_coutent_autant_pour_un_que_pour_trois(
    client, region, departement, aom, personnes
):
    def requetes():
        with CaptureQueriesContext(connection) as faites:
            assert set(a_faire(client, personnes["departement"])) == {
                "Reprendre, sur la fiche changée depuis, l’avis de votre structure en COTECH"
            }
        return len(faites)

    def perimer():
        fiche = f.make_fiche(aom, etat="engagee")
        donner_avis(fiche, departement)
        FicheAction.objects.filter(pk=fiche.pk).update(description="Un autre texte.")

    perimer()
    requetes()  # la première page remplit les mémoires du serveur
    pour_une = requetes()
    perimer()
    perimer()

    assert requetes() == pour_une


def test_la_part_d_un_autre_n_attend_pas_ici(client, region, aom, personnes):
    f.make_contribution(region, texte="")
    f.make_etape(f.make_fiche(region), echeance=date(2025, 1, 1))
    aom.reponse = "contribue"
    aom.save()

    assert lire(client, personnes["aom"]).context["attentes"] == []


def test_un_lecteur_n_a_rien_a_faire_mais_voit_ce_que_sa_structure_tient(client, region, personnes):
    f.make_contribution(region, texte="")

    page = lire(client, personnes["lectrice"]).context

    assert page["attentes"] == []
    [(_, faites, total, _)] = page["parts"]
    assert (faites, total) == (0, 1)


def test_ce_qui_est_a_moi_avec_son_etat(client, plan, region, departement, aom, personnes):
    f.make_contribution(aom, texte="Écrit.")
    f.make_contribution(region, texte="D’un autre.")
    fiche = f.make_fiche(region)
    f.make_financement(fiche, aom, statut="annonce")
    f.make_partenariat(fiche, aom)
    f.make_indicateur(fiche, porteur=aom)

    [(_, faites, total, sortes)] = lire(client, personnes["aom"]).context["parts"]

    assert (faites, total) == (2, 4)
    assert [(sorte.value, [part.etat for part in parts]) for sorte, parts in sortes] == [
        ("textes", ["Écrit"]),
        ("montants", ["Annoncé"]),
        ("roles", ["Sollicité, sans réponse"]),
        ("indicateurs", ["À chiffrer"]),
    ]


def test_sans_place_la_page_explique(client, personnes):
    page = lire(client, personnes["sans_acteur"])

    assert "Aucune place dans un plan" in page.content.decode()
    assert "Ce qui a changé" not in page.content.decode()


@pytest.mark.parametrize("nombre", [1, 3])
def test_nombre_de_requetes_constant(client, aom, region, nombre, django_assert_num_queries):
    """Une personne dans un plan ou dans trois, avec une part de chaque sorte dans chacun."""
    personne = f.make_utilisateur(aom.acteur)
    autre = f.make_utilisateur(region.acteur)
    for _ in range(nombre):
        plan = f.make_plan()
        pilote, la_mienne = f.make_partie(plan, aom.acteur), f.make_partie(plan)
        f.make_partie(plan, region.acteur, Qualite.ASSOCIEE)
        fiche = f.make_fiche(pilote, debut=date(2025, 1, 1))
        f.make_etape(fiche, echeance=date(2025, 2, 1))
        f.make_contribution(pilote, texte="")
        f.make_fiche(la_mienne, etat="engagee")
        f.make_partenariat(f.make_fiche(la_mienne), pilote)
        f.make_financement(fiche, pilote, montant=None)
        f.make_indicateur(fiche)
        f.make_observation(la_mienne).messages.get().parties.add(pilote)
        f.make_proposition(la_mienne, f.make_contribution(pilote, texte="Écrit."))
        f.make_visa(f.make_version(plan), la_mienne)
        f.make_suite(f.make_point(f.make_seance(plan)), pilote)
        fiche.consigner(autre, None, Acte.Verbe.CREER)
        concertation = f.make_concertation(plan)
        f.make_consulte(concertation)
        f.make_avis_sur_plan(f.make_consulte(concertation, la_mienne))
    client.force_login(personne)

    with django_assert_num_queries(55):
        client.get(reverse("plans:ma_part"))
