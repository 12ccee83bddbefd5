"""Ce qui a changé depuis ma dernière lecture, et le repère que je pose."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte
from plans.models import Repere
from tests import factories as f


def nouveautes(client, qui):
    client.force_login(qui)
    return client.get(reverse("plans:ma_part")).context["nouveautes"]


def marquer(client, plan, jusqu_a):
    return client.post(reverse("plans:plan_marquer_lu", args=[plan.slug]), {"jusqu_a": jusqu_a})


def ecrire(personne, part, texte):
    part.refresh_from_db()
    part.agir(personne, "contribuer", Acte.Verbe.MODIFIER, texte=texte)


def test_les_actes_des_autres_se_lisent_par_part(client, plan, region, aom, personnes):
    texte = f.make_contribution(region)
    fiche = f.make_fiche(region, intitule="Garage mobile")
    ecrire(personnes["region"], texte, "Un.")
    ecrire(personnes["region"], texte, "Deux.")
    etape = f.make_etape(fiche)
    etape.agir(personnes["region"], "modifier_fiche", Acte.Verbe.MODIFIER, libelle="Ouvrir")
    mienne = f.make_contribution(aom)
    ecrire(personnes["aom"], mienne, "De moi.")

    [nouveau] = nouveautes(client, personnes["aom"])

    assert [(c.objet, c.url, len(c.actes)) for c in nouveau.changements] == [
        (str(fiche), fiche.get_absolute_url(), 1),
        (str(texte), texte.get_absolute_url(), 2),
    ]
    assert nouveau.changements[1].dernier.nom_utilisateur == "Rita, Région"


def test_marquer_comme_lu_garde_ce_qui_est_arrive_depuis(client, plan, region, aom, personnes):
    texte = f.make_contribution(region)
    ecrire(personnes["region"], texte, "Lu.")
    [nouveau] = nouveautes(client, personnes["aom"])
    ecrire(personnes["region"], texte, "Arrivé pendant la lecture.")

    marquer(client, plan, nouveau.jusqu_a.isoformat())

    [nouveau] = nouveautes(client, personnes["aom"])
    assert [len(c.actes) for c in nouveau.changements] == [1]
    assert nouveau.marque
    marquer(client, plan, nouveau.jusqu_a.isoformat())
    assert nouveautes(client, personnes["aom"]) == []
    assert len(nouveautes(client, personnes["spe"])) == 1  # le repère n'est qu'à une personne


def test_un_repere_ne_recule_ni_n_avance_sur_l_avenir(client, plan, personnes):
    client.force_login(personnes["aom"])
    maintenant = timezone.now()

    marquer(client, plan, (maintenant + timedelta(days=9)).isoformat())
    pose = Repere.objects.get().lu_jusqu_a
    assert maintenant <= pose <= timezone.now()

    marquer(client, plan, (maintenant - timedelta(days=9)).isoformat())
    assert Repere.objects.get().lu_jusqu_a == pose


@pytest.mark.parametrize("instant", ["hier", "0001-01-01", "9999-99-99", ""])
def test_un_instant_illisible_ne_marque_rien_et_le_dit(client, plan, personnes, instant):
    client.force_login(personnes["aom"])

    page = client.post(
        reverse("plans:plan_marquer_lu", args=[plan.slug]), {"jusqu_a": instant}, follow=True
    )

    assert "Rien n’est marqué" in page.content.decode()
    assert not Repere.objects.exists()


def test_lire_ne_marque_rien(client, plan, region, personnes):
    ecrire(personnes["region"], f.make_contribution(region), "Un.")

    assert len(nouveautes(client, personnes["aom"])) == 1
    assert len(nouveautes(client, personnes["aom"])) == 1
    assert not Repere.objects.exists()


def test_une_part_supprimee_mene_au_journal(client, plan, region, aom, personnes):
    texte = f.make_contribution(region)
    libelle = str(texte)
    texte.supprimer(personnes["region"], "contribuer")

    [nouveau] = nouveautes(client, personnes["aom"])

    journal = reverse("plans:plan_journal", args=[plan.slug])
    assert [(c.objet, c.url) for c in nouveau.changements] == [(libelle, journal)]


def test_un_plan_sans_place_n_est_jamais_marque(client, plan, personnes):
    client.force_login(personnes["etrangere"])

    assert marquer(client, plan, timezone.now().isoformat()).status_code == 404
    assert not Repere.objects.exists()
