"""L'ordre du jour se propose de lui-même, et chaque point dit où en est son objet."""

import pytest
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte
from plans.conformite import conformite
from plans.models import Contribution, Observation, PointDeSeance, Proposition, SeanceDeComite
from plans.ordre_du_jour import en_suspens, poser_les_objets
from tests import factories as f

SAISIE = {"comite": "cotech", "jour": "2026-12-03", "horaire": "14 h", "lieu": "Amiens"}


def creer(client, qui, plan, **champs):
    client.force_login(qui)
    return client.post(reverse("plans:seance_create", args=[plan.slug]), SAISIE | champs)


def natures(points):
    return [point.nature for point in points]


def objet_de(point):
    poser_les_objets(point.seance, [point])
    return point.objet


def point_sur(seance, nature):
    return seance.points.with_seance().get(nature=nature)


# --- Ce qui est proposé d'office -----------------------------------------------------------------


def test_une_seance_nait_avec_tout_ce_qui_est_en_suspens(client, plan, en_attente, aom, personnes):
    vide = f.make_contribution(aom, "mesures_spe", texte="")
    reponse = creer(client, personnes["region"], plan)

    seance = SeanceDeComite.objects.get()
    assert reponse.url == seance.get_absolute_url()
    points = list(seance.points.all())
    regles = [c.cle for c in conformite(plan, timezone.localdate()) if c.bloque]
    assert regles
    assert [point.cible for point in points if point.nature == "regle"] == regles
    libelles = {point.nature: point for point in points if point.nature != "parts"}
    for nature, objet in en_attente.items():
        assert libelles[nature].cible == str(objet.identifiant)
    assert libelles["fiche"].titre == f"Fiche {en_attente['fiche']}"
    assert libelles["proposition"].presentation == "Plus clair."
    assert libelles["observation"].presentation == "Amiens Métropole : Le délai tient-il ?"
    [manque] = [point for point in points if point.nature == "parts"]
    assert "Amiens Métropole : sa réponse, 1 texte, 1 fiche" in manque.presentation
    assert vide.porteur == aom
    assert [point.ordre for point in points] == list(range(len(points)))
    assert natures(points) == sorted(
        natures(points), key=list(dict.fromkeys(natures(points))).index
    )
    consignes = Acte.objects.filter(verbe="creer", cible_type="plans.pointdeseance")
    assert consignes.count() == len(points)


@pytest.mark.parametrize(("comite", "etat"), [("cotech", "engagee"), ("copil", "cotech")])
def test_une_fiche_va_devant_le_comite_qui_la_saisit(plan, aom, comite, etat):
    attendue = f.make_fiche(aom, etat=etat)
    f.make_fiche(aom, etat="cotech" if etat == "engagee" else "engagee")
    f.make_fiche(aom, etat="copil")

    fiches = [sujet for sujet in en_suspens(plan, comite) if sujet.nature == "fiche"]

    assert [fiche.cible for fiche in fiches] == [str(attendue.identifiant)]


def test_ce_qui_est_decide_ou_resolu_ne_vient_plus(plan, en_attente):
    Proposition.objects.update(etat="acceptee")
    Observation.objects.update(etat="resolue")

    trouvees = {sujet.nature for sujet in en_suspens(plan, "cotech")}

    assert not {"proposition", "observation"} & trouvees


def test_une_regle_levee_ou_recommandee_n_est_pas_une_ligne_rouge(plan, region):
    constats = conformite(plan, timezone.localdate())
    [levable, *_] = [c for c in constats if c.bloque and c.est_levable]
    plan.levees.create(regle=levable.cle, motif="Vu ensemble.")

    cles = {sujet.cible for sujet in en_suspens(plan, "cotech") if sujet.nature == "regle"}

    assert levable.cle not in cles
    assert not {c.cle for c in constats if c.portee == "recommandation"} & cles
    assert {c.cle for c in constats if c.bloque} - {levable.cle} == cles


def test_hors_de_la_redaction_il_ne_reste_que_les_observations(plan, en_attente):
    plan.etat = plan.Etat.ADOPTE

    assert {sujet.nature for sujet in en_suspens(plan, "copil")} == {"observation"}


def test_ce_qui_attend_ailleurs_ne_vient_pas_ici(plan, etrangere, region):
    f.make_observation(etrangere)
    f.make_fiche(etrangere, etat="engagee")

    assert {sujet.nature for sujet in en_suspens(plan, "cotech")} <= {"regle", "parts"}


@pytest.mark.parametrize("nombre", [1, 3])
def test_l_ordre_du_jour_se_lit_en_un_nombre_constant_de_requetes(
    client, plan, region, departement, personnes, nombre, django_assert_num_queries
):
    seance = f.make_seance(plan)
    for _ in range(nombre):
        f.make_fiche(region, etat="engagee")
        f.make_proposition(departement, f.make_contribution(region, texte="Écrit."))
        f.make_observation(region)
    seance.inscrire(personnes["region"], en_suspens(plan, "cotech"))
    f.make_suite(seance.points.first(), region)
    client.force_login(personnes["region"])

    with django_assert_num_queries(47):
        client.get(seance.get_absolute_url())


# --- Ce qu'il en advient -------------------------------------------------------------------------


def test_un_point_dont_l_objet_a_ete_traite_le_dit(client, plan, en_attente, seance, personnes):
    seance.inscrire(personnes["region"], en_suspens(plan, "cotech"))
    for nature in en_attente:
        assert objet_de(point_sur(seance, nature)).traite == ""

    Proposition.objects.update(etat="refusee")
    Observation.objects.update(etat="resolue")
    type(en_attente["fiche"]).objects.update(etat="copil")

    attendus = {
        "proposition": "Elle a été traitée : refusée",
        "observation": "Elle a été résolue",
        "fiche": "Elle n’attend plus d’avis de ce comité : validée en copil",
    }
    for nature, phrase in attendus.items():
        assert objet_de(point_sur(seance, nature)).traite == phrase
    client.force_login(personnes["aom"])
    page = client.get(seance.get_absolute_url()).content.decode()
    assert "Elle a été résolue" in page


def test_une_regle_levee_le_dit(plan, seance, personnes):
    seance.inscrire(personnes["region"], en_suspens(plan, "cotech"))
    levables = [c.cle for c in conformite(plan, timezone.localdate()) if c.bloque and c.est_levable]
    point = seance.points.with_seance().get(cible=levables[0])
    assert objet_de(point).traite == ""

    plan.levees.create(regle=levables[0], motif="Vu.")

    assert objet_de(point).traite == "La règle ne bloque plus : levée par un motif écrit"


def test_les_parts_ecrites_le_disent(plan, aom, seance, personnes):
    vide = f.make_contribution(aom, "gouvernance", texte="")
    plan.parties.update(reponse="contribue")
    seance.inscrire(personnes["region"], en_suspens(plan, "cotech"))
    point = point_sur(seance, "parts")
    assert point.titre == "Ce qui manque encore à 1 partie"
    assert objet_de(point).traite == ""

    Contribution.objects.filter(pk=vide.pk).update(texte="Le comité se réunit.")

    assert objet_de(point).traite == "Plus rien ne manque à personne"


def test_ce_qu_un_comite_en_a_dit_se_lit_sur_l_objet(client, plan, en_attente, seance, personnes):
    seance.inscrire(personnes["region"], en_suspens(plan, "cotech"))
    client.force_login(personnes["departement"])
    for nature, objet in en_attente.items():
        point = point_sur(seance, nature)
        page = client.get(objet.get_absolute_url()).content.decode()
        assert point.get_absolute_url() not in page
        type(point).objects.filter(pk=point.pk).update(issue="adopte")

        page = client.get(objet.get_absolute_url()).content.decode()
        assert point.get_absolute_url() in page
        assert "adopté (projet de relevé)" in page


def test_un_objet_disparu_laisse_son_point(client, plan, aom, seance, personnes):
    observation = f.make_observation(aom)
    seance.inscrire(personnes["region"], en_suspens(plan, "cotech"))
    observation.delete()
    client.force_login(personnes["region"])

    point = point_sur(seance, "observation")
    page = client.get(point.get_absolute_url()).content.decode()

    assert "Son objet a été retiré du plan" in page
    assert "Observation n°" in point.titre


# --- Ajouter, retirer, réordonner ----------------------------------------------------------------


def test_un_sujet_retire_se_remet_et_rien_ne_vient_deux_fois(
    client, plan, en_attente, seance, personnes
):
    client.force_login(personnes["region"])
    seance.inscrire(personnes["region"], en_suspens(plan, "cotech"))
    total = seance.points.count()
    point = point_sur(seance, "proposition")
    client.post(reverse("plans:point_delete", args=[plan.slug, seance.pk, point.pk]))
    assert seance.points.count() == total - 1

    page = client.get(seance.get_absolute_url())
    assert [sujet.nature for sujet in page.context["suspens"]] == ["proposition"]
    for _ in range(2):
        sujet = f"proposition {en_attente['proposition'].identifiant}"
        client.post(reverse("plans:seance_inscrire", args=[plan.slug, seance.pk]), {"sujet": sujet})

    assert seance.points.count() == total
    assert list(seance.points.all())[-1].nature == "proposition"


def test_on_n_inscrit_que_ce_qui_est_vraiment_en_suspens(
    client, plan, etrangere, seance, personnes
):
    ailleurs = f.make_observation(etrangere)
    client.force_login(personnes["region"])

    adresse = reverse("plans:seance_inscrire", args=[plan.slug, seance.pk])
    client.post(
        adresse, {"sujet": [f"observation {ailleurs.identifiant}", "libre x", "regle faux"]}
    )

    assert not seance.points.exists()


def test_un_point_libre_s_ajoute_et_se_deplace(client, plan, seance, personnes):
    client.force_login(personnes["redactrice"])
    f.make_point(seance, titre="Premier")
    adresse = reverse("plans:point_create", args=[plan.slug, seance.pk])
    client.post(adresse, {"titre": "Calendrier", "presentation": "Avant l’été."})
    libre = seance.points.get(titre="Calendrier")
    assert (libre.nature, libre.ordre) == ("libre", 1)

    adresse = reverse("plans:point_deplacer", args=[plan.slug, seance.pk, libre.pk])
    client.post(adresse, {"sens": "haut"})

    assert list(seance.points.values_list("titre", flat=True)) == ["Calendrier", "Premier"]


def test_un_point_qui_porte_une_decision_ne_se_retire_plus(client, plan, aom, seance, personnes):
    decide, suivi = f.make_point(seance, decision="Dit."), f.make_point(seance)
    f.make_suite(suivi, aom)
    client.force_login(personnes["region"])

    for point in (decide, suivi):
        adresse = reverse("plans:point_delete", args=[plan.slug, seance.pk, point.pk])
        page = client.post(adresse, follow=True).content.decode()
        assert "il ne se retire plus" in page

    assert PointDeSeance.objects.count() == 2
