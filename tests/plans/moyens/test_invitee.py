"""Une invitée n'écrit ni montant ni réponse : on ne la sollicite pas, et l'écran dit pourquoi."""

import pytest
from django.urls import reverse

from plans.models import Financement, Partenariat
from tests import factories as f

SOLLICITER = {
    "demandes-de-financement": ("financeur", {"statut": "sollicite"}),
    "partenariats": ("partie", {"role": "operateur"}),
}


@pytest.mark.parametrize("nature", SOLLICITER)
def test_une_invitee_n_est_ni_proposee_ni_acceptee(client, region, aom, invitee, personnes, nature):
    fiche = f.make_fiche(region)
    champ, defaut = SOLLICITER[nature]
    url = reverse("plans:ligne_create", args=[fiche.plan.slug, fiche.code, nature])
    client.force_login(personnes["region"])

    page = client.get(url).content.decode()
    assert "Amiens Métropole (partie coordonnée)" in page
    assert "CC du Grand Roye" not in page
    assert "Une partie invitée ne peut pas répondre" in page

    refus = client.post(url, defaut | {champ: invitee.pk})
    assert champ in refus.context["form"].errors
    assert client.post(url, defaut | {champ: aom.pk}).status_code == 302
    assert Financement.objects.count() + Partenariat.objects.count() == 1


def test_une_invitee_deja_sollicitee_reste_affichee_et_la_demande_se_retire(
    client, region, invitee, personnes
):
    fiche = f.make_fiche(region)
    demande = f.make_financement(fiche, invitee, montant=None, statut="sollicite")
    client.force_login(personnes["region"])

    page = client.get(fiche.get_absolute_url()).content.decode()
    assert "CC du Grand Roye" in page
    assert "Retirer la demande" in page
    adresse = [fiche.plan.slug, fiche.code, "demandes-de-financement", demande.pk]
    client.post(reverse("plans:ligne_delete", args=adresse))
    assert not Financement.objects.exists()
