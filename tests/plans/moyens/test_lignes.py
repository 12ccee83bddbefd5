"""Les lignes d'une fiche : chaque euro, chaque rôle, chaque mesure à son propriétaire."""

import pytest
from django.urls import reverse

from acteurs.models import Acte
from plans.models import Financement, LigneBudget
from tests import factories as f


@pytest.fixture
def fiche(region):
    return f.make_fiche(region)


def adresse(page, fiche, nature, *pk):
    return reverse(f"plans:{page}", args=[fiche.plan.slug, fiche.code, nature, *pk])


def test_le_departement_ajoute_son_financement_a_la_fiche_de_la_region(
    client, fiche, departement, personnes
):
    client.force_login(personnes["departement"])

    client.post(
        adresse("ligne_create", fiche, "financements"),
        {"annee": 2027, "montant": "12500,50", "statut": "annonce"},
    )

    financement = Financement.objects.get()
    assert (financement.financeur, str(financement.montant)) == (departement, "12500.50")


def test_personne_ne_change_l_euro_d_un_autre(client, fiche, region, departement, personnes):
    financement = f.make_financement(fiche, departement, montant=1000)
    client.force_login(personnes["region"])

    for nature in ("financements", "demandes-de-financement", "budget", "indicateurs"):
        url = adresse("ligne_update", fiche, nature, financement.pk)
        assert client.post(url, {"montant": 1, "statut": "annonce"}).status_code in (403, 404)
        url = adresse("ligne_delete", fiche, nature, financement.pk)
        assert client.post(url).status_code in (403, 404)

    financement.refresh_from_db()
    assert financement.montant == 1000


def test_une_ligne_ne_s_atteint_pas_par_la_fiche_d_un_autre(client, fiche, departement, personnes):
    """L'adresse nomme ma fiche, la clé primaire est celle d'une ligne d'une autre fiche."""
    la_mienne = f.make_fiche(departement)
    budget = f.make_budget(fiche, fonctionnement=1000)
    client.force_login(personnes["departement"])

    url = adresse("ligne_update", la_mienne, "budget", budget.pk)

    assert client.post(url, {"annee": 2027, "fonctionnement": 1}).status_code == 404
    budget.refresh_from_db()
    assert budget.fonctionnement == 1000


def test_un_financeur_glisse_dans_le_formulaire_est_ignore(
    client, fiche, region, departement, personnes
):
    client.force_login(personnes["departement"])

    client.post(
        adresse("ligne_create", fiche, "financements"),
        {"montant": 500, "statut": "confirme", "financeur": region.pk, "saisi_par": region.pk},
    )

    assert Financement.objects.get().financeur == departement


def test_solliciter_n_ecrit_aucun_montant(client, fiche, aom, personnes):
    client.force_login(personnes["region"])
    url = adresse("ligne_create", fiche, "demandes-de-financement")

    refus = client.post(url, {"financeur": aom.pk, "montant": 9000, "statut": "confirme"})
    assert "Seul le financeur écrit et confirme son montant" in refus.content.decode()
    assert Financement.objects.count() == 0

    client.post(url, {"financeur": aom.pk, "statut": "sollicite"})
    financement = Financement.objects.get()
    assert (financement.financeur, financement.montant, financement.statut) == (
        aom,
        None,
        "sollicite",
    )


def test_le_financement_d_un_organisme_absent_n_est_jamais_confirme(
    client, fiche, region, personnes
):
    client.force_login(personnes["region"])
    url = adresse("ligne_create", fiche, "demandes-de-financement")
    saisie = {"organisme": "FSE+", "montant": 30000, "statut": "delibere"}

    sans_piece = client.post(url, saisie)
    assert "Citez la pièce" in sans_piece.content.decode()

    client.post(url, saisie | {"reference": "Convention 2026-12"})
    financement = Financement.objects.get()
    html = client.get(fiche.get_absolute_url()).content.decode()
    assert not financement.est_confirme
    assert "saisi par la Région Hauts-de-France, non confirmé par FSE+" in html


@pytest.mark.parametrize(
    ("champs", "champ", "phrase"),
    [
        ({"montant": "-5"}, "montant", "Un montant ne peut pas être négatif."),
        ({"montant": "99999999999"}, "montant", "dépasse un milliard d’euros"),
        ({"montant": "douze"}, "montant", "Saisissez un nombre."),
        ({"montant": "NaN"}, "montant", "Saisissez un nombre."),
        ({"montant": "1e400"}, "montant", ""),
        ({"montant": "", "statut": "confirme"}, "montant", "a un montant"),
        ({"annee": "1900"}, "annee", "entre 2020 et 2060"),
        ({"statut": "promis"}, "statut", "Sélectionnez un choix valide."),
    ],
)
def test_un_montant_absurde_est_explique_et_garde(
    client, fiche, region, personnes, champs, champ, phrase
):
    client.force_login(personnes["region"])
    saisie = {"annee": 2027, "montant": 10, "statut": "annonce", "reference": "À garder"}

    response = client.post(adresse("ligne_create", fiche, "financements"), saisie | champs)

    assert phrase in str(response.context["form"].errors[champ])
    assert "À garder" in response.content.decode()
    assert Financement.objects.count() == 0


def test_deux_lignes_de_budget_pour_une_meme_annee_sont_refusees(client, fiche, personnes):
    f.make_budget(fiche, annee=2027)
    client.force_login(personnes["region"])

    response = client.post(
        adresse("ligne_create", fiche, "budget"),
        {"annee": 2027, "investissement": 1, "fonctionnement": 0, "etp": 0},
    )

    assert "La fiche a déjà une ligne de budget pour 2027." in response.content.decode()
    assert LigneBudget.objects.count() == 1


def test_depasser_le_budget_avertit_sans_refuser(client, fiche, departement, personnes):
    f.make_budget(fiche, fonctionnement=1000)
    client.force_login(personnes["departement"])

    response = client.post(
        adresse("ligne_create", fiche, "financements"),
        {"montant": 5000, "statut": "annonce"},
        follow=True,
    )

    assert "dépassent le budget de la fiche. Rien n’est bloqué" in response.content.decode()
    assert Financement.objects.get().montant == 5000


def test_le_partenaire_seul_confirme_son_role(client, fiche, aom, personnes):
    partenariat = f.make_partenariat(fiche, aom)
    url = reverse("plans:partenariat_repondre", args=[fiche.plan.slug, fiche.code, partenariat.pk])
    client.force_login(personnes["region"])
    assert client.post(url, {"reponse": "confirme"}).status_code == 403

    client.force_login(personnes["aom"])
    client.post(url, {"reponse": "confirme"})

    partenariat.refresh_from_db()
    acte = Acte.objects.get()
    assert partenariat.reponse == "confirme"
    assert (acte.verbe, acte.nom_acteur) == ("repondre", "Amiens Métropole")


def test_une_reponse_inventee_est_refusee(client, fiche, aom, personnes):
    partenariat = f.make_partenariat(fiche, aom)
    client.force_login(personnes["aom"])

    url = reverse("plans:partenariat_repondre", args=[fiche.plan.slug, fiche.code, partenariat.pk])
    client.post(url, {"reponse": "enthousiaste"})

    partenariat.refresh_from_db()
    assert partenariat.reponse == "sollicite"


def test_supprimer_une_ligne_garde_ses_valeurs_au_journal(client, fiche, personnes):
    etape = f.make_etape(fiche, libelle="Recruter un mécanicien")
    client.force_login(personnes["region"])

    client.post(adresse("ligne_delete", fiche, "etapes", etape.pk))

    acte = Acte.objects.get()
    assert not fiche.etapes.exists()
    assert acte.avant["libelle"] == "Recruter un mécanicien"


def test_l_echeance_d_une_cible_ne_precede_pas_le_depart(client, fiche, personnes):
    client.force_login(personnes["region"])

    response = client.post(
        adresse("ligne_create", fiche, "indicateurs"),
        {
            "libelle": "Bénéficiaires",
            "unite": "personnes",
            "date_depart": "2027-01-01",
            "echeance": "2026-01-01",
            "frequence": "annuelle",
        },
    )

    assert "précède la valeur de départ" in str(response.context["form"].errors["echeance"])


@pytest.mark.parametrize("absent", [False, True])
def test_on_ne_sollicite_pas_deux_fois_la_meme_structure_dans_le_meme_role(
    client, region, aom, personnes, absent
):
    """Deux envois de la même page n'en font qu'un ; un autre rôle reste possible."""
    client.force_login(personnes["region"])
    fiche = f.make_fiche(region)
    url = reverse("plans:ligne_create", args=[fiche.plan.slug, fiche.code, "partenariats"])
    qui = {"organisme": "Fonds européen"} if absent else {"partie": aom.pk}

    client.post(url, qui | {"role": "operateur"})
    seconde = client.post(url, qui | {"role": "operateur"})
    client.post(url, qui | {"role": "financeur"})

    assert "déjà sollicité dans ce rôle" in seconde.context["form"].errors["role"][0]
    assert sorted(fiche.partenariats.values_list("role", flat=True)) == ["financeur", "operateur"]
