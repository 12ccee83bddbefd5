"""Ce qui prévient, et qui : acte par acte, et sans bruit."""

import pytest
from django.urls import reverse

from acteurs.models import Motif, Notification
from plans.models import Plan
from tests import factories as f

DECISION, SUIVI = Motif.DECISION, Motif.SUIVI


def recues():
    """{nom: (motif, phrase)} ; échoue si quelqu'un est prévenu deux fois."""
    lues = list(Notification.objects.select_related("destinataire"))
    par_nom = {n.destinataire.nom: (n.motif, n.phrase) for n in lues}
    assert len(par_nom) == len(lues)
    return par_nom


def ligne(fiche, nature):
    return reverse("plans:ligne_create", args=[fiche.plan.slug, fiche.code, nature])


def test_solliciter_un_financeur_demande_une_decision_a_ses_seuls_valideurs(
    region, departement, personnes, au_nom_de
):
    fiche = f.make_fiche(region)
    f.make_utilisateur(departement.acteur, "redacteur", nom="Un rédacteur")
    envoi = {"financeur": departement.pk, "statut": "sollicite"}
    au_nom_de("region").post(ligne(fiche, "demandes-de-financement"), envoi)

    assert recues() == {"Denis, Département": (DECISION, "sollicite votre financement")}
    assert Notification.objects.get().url == fiche.get_absolute_url()


def test_chiffrer_son_financement_le_dit_au_porteur_de_la_fiche(
    region, departement, personnes, au_nom_de
):
    fiche = f.make_fiche(region)
    financement = f.make_financement(fiche, departement, montant=None, statut="sollicite")
    url = reverse(
        "plans:ligne_update", args=[fiche.plan.slug, fiche.code, "financements", financement.pk]
    )
    au_nom_de("departement").post(url, {"montant": "5000", "statut": "annonce", "version": 1})

    attendu = (SUIVI, "a chiffré son financement")
    assert recues() == {"Rita, Région": attendu, "Rose, rédactrice": attendu}


def test_proposer_un_role_demande_une_decision_et_la_reponse_revient(
    region, aom, personnes, au_nom_de
):
    fiche = f.make_fiche(region)
    au_nom_de("region").post(ligne(fiche, "partenariats"), {"partie": aom.pk, "role": "operateur"})
    assert recues() == {"Amina, AOM": (DECISION, "vous propose un rôle")}

    Notification.objects.all().delete()
    role = fiche.partenariats.get()
    url = reverse("plans:partenariat_repondre", args=[fiche.plan.slug, fiche.code, role.pk])
    au_nom_de("aom").post(url, {"reponse": "confirme"})
    attendu = (SUIVI, "a répondu « confirmé »")
    assert recues() == {"Rita, Région": attendu, "Rose, rédactrice": attendu}


def test_un_organisme_absent_du_plan_ne_previent_personne(region, personnes, au_nom_de):
    fiche = f.make_fiche(region)
    au_nom_de("region").post(
        ligne(fiche, "partenariats"), {"organisme": "Une mairie", "role": "operateur"}
    )
    assert recues() == {}


def test_solliciter_une_partie_puis_sa_reponse(plan, region, departement, personnes, au_nom_de):
    acteur = f.make_acteur(nom="CC du Doullennais")
    f.make_utilisateur(acteur, nom="Paul, valideur")
    au_nom_de("region").post(
        reverse("plans:partie_create", args=[plan.slug]),
        {"acteur": acteur.pk, "qualite": "invitee"},
    )
    assert recues() == {
        "Paul, valideur": (DECISION, "demande si votre structure contribue au plan")
    }

    Notification.objects.all().delete()
    partie = plan.parties.get(acteur=acteur)
    personnes["paul"] = acteur.habilitations.get().utilisateur
    url = reverse("plans:partie_repondre", args=[plan.slug, partie.pk])
    au_nom_de("paul").post(url, {"reponse": "contribue"})
    attendu = (SUIVI, "a répondu « contribue »")
    assert recues() == {
        "Rita, Région": attendu,
        "Rose, rédactrice": attendu,
        "Denis, Département": attendu,
    }


def test_ouvrir_un_plan_sollicite_chaque_partie_et_pas_les_co_pilotes(db):
    departement = f.make_departement("49", f.make_region("52"))
    bassin = f.make_bassin(f.make_epci(departement))
    region, spe = f.make_acteur(), f.make_acteur()
    f.make_fonction(region, "region", regions=["52"])
    f.make_fonction(spe, "spe", departements=["49"])
    rita, _ = f.make_utilisateur(region, nom="Rita"), f.make_utilisateur(spe, nom="Farid")
    Plan.ouvrir(rita, bassin)

    assert recues() == {"Farid": (DECISION, "demande si votre structure contribue au plan")}


@pytest.mark.parametrize("piece", ["fiche", "contribution"])
def test_attribuer_le_dit_a_qui_recoit(plan, region, aom, personnes, au_nom_de, piece):
    objet = f.make_fiche(region) if piece == "fiche" else f.make_contribution(region)
    cle = objet.code if piece == "fiche" else objet.pk
    nom = "fiche_action_attribuer" if piece == "fiche" else "contribution_attribuer"
    url = reverse(f"plans:{nom}", args=[plan.slug, cle])
    au_nom_de("region").post(url, {"porteur": aom.pk})

    ((motif, phrase),) = [recues()["Amina, AOM"]]
    assert set(recues()) == {"Amina, AOM"}
    assert (motif, phrase[:15]) == (SUIVI, "vous a attribué")


def test_le_texte_commun_modifie_se_dit_une_fois_aux_autres_co_pilotes(
    plan, region, departement, personnes, au_nom_de
):
    commun = f.make_contribution(region, commune=True, texte="Un.")
    url = reverse("plans:contribution_update", args=[plan.slug, commun.pk])
    client = au_nom_de("region")
    for version, texte in enumerate(("Deux.", "Trois.", "Quatre."), start=1):
        client.post(url, {"texte": texte, "version": version})

    assert recues() == {"Denis, Département": (SUIVI, "a modifié le texte commun")}


def test_ecrire_sa_propre_part_ne_previent_personne(plan, aom, personnes, au_nom_de):
    part = f.make_contribution(aom, texte="Un.")
    url = reverse("plans:contribution_update", args=[plan.slug, part.pk])
    au_nom_de("aom").post(url, {"texte": "Deux.", "version": 1})

    assert recues() == {}


def test_un_axe_modifie_se_dit_a_l_autre_co_pilote(plan, region, departement, personnes, au_nom_de):
    axe = f.make_objectif(plan).axe
    url = reverse("plans:axe_update", args=[plan.slug, axe.pk])
    au_nom_de("departement").post(
        url, {"lettre": axe.lettre, "intitule": "Aller vers", "version": 1}
    )
    attendu = (SUIVI, "a modifié cet axe")
    assert recues() == {"Rita, Région": attendu, "Rose, rédactrice": attendu}


@pytest.mark.parametrize(
    ("acte", "envoi", "reponse"),
    [
        ("accepter", {"texte": "Un.\n\nMieux."}, "a accepté votre proposition"),
        ("accepter", {"texte": "Autre."}, "a accepté votre proposition en la corrigeant"),
        ("refuser", {"reponse": "Pas encore."}, "a refusé votre proposition"),
    ],
)
def test_une_proposition_demande_une_decision_et_sa_reponse_revient(
    region, departement, personnes, au_nom_de, acte, envoi, reponse
):
    part = f.make_contribution(region, texte="Un.\n\nDeux.")
    f.make_utilisateur(region.acteur, "lecteur", nom="Une lectrice")
    url = reverse("plans:proposition_create", args=[part.plan.slug, "contributions", part.pk])
    au_nom_de("departement").post(url, {"version": 1, "texte": "Un.\n\nMieux.", "motif": ""})
    attendu = (DECISION, "vous propose une modification")
    assert recues() == {"Rita, Région": attendu, "Rose, rédactrice": attendu}

    Notification.objects.all().delete()
    proposition = part.propositions.get()
    assert proposition.version == 1
    url = reverse(f"plans:proposition_{acte}", args=[part.plan.slug, proposition.pk])
    au_nom_de("region").post(url, {"version": 1} | envoi)
    assert recues()["Denis, Département"] == (SUIVI, reponse)


def test_une_proposition_sur_un_axe_attend_chaque_co_pilote_sauf_le_sien(
    plan, aom, personnes, au_nom_de
):
    axe = f.make_objectif(plan).axe
    url = reverse("plans:proposition_create", args=[plan.slug, "axes", axe.pk])
    reponse = au_nom_de("aom").post(f"{url}?champ=intitule", {"version": 1, "intitule": "Aller"})
    assert reponse.status_code == 302
    attendu = (DECISION, "vous propose une modification")
    assert recues() == dict.fromkeys(
        ["Rita, Région", "Rose, rédactrice", "Denis, Département"], attendu
    )
