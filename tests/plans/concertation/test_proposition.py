"""Proposer à une autre partie : elle seule décide, par tous les chemins, et rien ne se perd."""

import pytest
from django.urls import reverse

from acteurs.models import Acte
from pams_portal.droits import Droit, Role, peut
from plans.models import Contribution, Proposition
from tests import factories as f

ETATS = Proposition.Etat


@pytest.fixture
def part(region):
    return f.make_contribution(region, texte="Un.\n\nDeux.\n\nTrois.")


@pytest.fixture
def proposition(departement, part):
    return f.make_proposition(departement, part, valeur="Un.\n\nDeux, mieux.\n\nTrois.")


def adresse(page, *args):
    return reverse(f"plans:{page}", args=args)


def proposer(client, qui, part, sorte="contributions", champ=None, **donnees):
    client.force_login(qui)
    url = adresse("proposition_create", part.plan.slug, sorte, part.pk)
    url += f"?champ={champ}" if champ else ""
    return client.post(url, {"version": part.version, "motif": ""} | donnees)


def decider(client, qui, proposition, acte, **donnees):
    client.force_login(qui)
    page = f"proposition_{acte}"
    return client.post(adresse(page, proposition.plan.slug, proposition.pk), donnees)


def test_proposer_ne_change_pas_la_part(client, personnes, departement, part):
    response = proposer(
        client, personnes["departement"], part, texte="Un.\n\nMieux.\n\nTrois.", motif="Plus clair."
    )

    proposition = Proposition.objects.get()
    part.refresh_from_db()
    assert response.url == proposition.get_absolute_url()
    assert part.texte == "Un.\n\nDeux.\n\nTrois."
    assert (proposition.porteur, proposition.auteur) == (departement, "Denis, Département")
    assert (proposition.valeur, proposition.version_de_depart) == ("Un.\n\nMieux.\n\nTrois.", 1)
    acte = Acte.objects.get()
    assert (acte.verbe, acte.nom_acteur) == ("proposer", "Département de la Somme")


def test_la_region_lit_ce_qui_change_puis_accepte(client, personnes, part, proposition):
    client.force_login(personnes["region"])
    html = client.get(proposition.get_absolute_url()).content.decode()
    assert '<ins><span class="hors-ecran">ajouté&nbsp;: </span>, mieux' in html

    decider(client, personnes["region"], proposition, "accepter", tel_quel="1")

    part.refresh_from_db()
    proposition.refresh_from_db()
    page = client.get(part.plan.get_absolute_url()).content.decode()
    assert "sur proposition du Département de la Somme" in page
    acte = Acte.objects.sur(part).get()
    assert part.texte == "Un.\n\nDeux, mieux.\n\nTrois."
    assert proposition.etat == ETATS.ACCEPTEE
    assert acte.verbe == "accepter"
    assert acte.nom_utilisateur == (
        "Rita, Région, sur proposition de Denis, Département (Département de la Somme)"
    )
    assert acte.nom_acteur == "Région Hauts-de-France"


def test_la_region_corrige_puis_accepte(client, personnes, part, proposition):
    decider(client, personnes["region"], proposition, "accepter",
            texte="Un.\n\nDeux, bien mieux.\n\nTrois.", version="1")  # fmt: skip

    part.refresh_from_db()
    proposition.refresh_from_db()
    assert part.texte == "Un.\n\nDeux, bien mieux.\n\nTrois."
    assert proposition.etat == ETATS.AMENDEE
    assert proposition.valeur == "Un.\n\nDeux, mieux.\n\nTrois."


def test_un_texte_change_ailleurs_depuis_est_reuni(client, personnes, part, proposition):
    part.agir(personnes["region"], Droit.CONTRIBUER, "modifier", texte="Un.\n\nDeux.\n\nQuatre.")

    decider(client, personnes["region"], proposition, "accepter", tel_quel="1")

    part.refresh_from_db()
    proposition.refresh_from_db()
    assert part.texte == "Un.\n\nDeux, mieux.\n\nQuatre."
    assert proposition.etat == ETATS.ACCEPTEE


@pytest.mark.parametrize(
    ("choix", "texte"),
    [("mien", "Un.\n\nDeux, mieux.\n\nTrois."), ("leur", "Un.\n\nAutre.\n\nTrois.")],
)
def test_un_texte_change_au_meme_endroit_est_departage(
    client, personnes, part, proposition, choix, texte
):
    part.agir(personnes["region"], Droit.CONTRIBUER, "modifier", texte="Un.\n\nAutre.\n\nTrois.")
    client.force_login(personnes["region"])
    html = client.get(proposition.get_absolute_url()).content.decode()
    assert "Départager et accepter" in html
    assert "Passage 1" in html

    response = decider(client, personnes["region"], proposition, "accepter", tel_quel="1")
    form = response.context["form"]
    part.refresh_from_db()
    assert part.texte == "Un.\n\nAutre.\n\nTrois."
    assert "Le texte proposé" in response.content.decode()

    suite = {
        nom: form[nom].value() for nom in ("version", "a_choisir", "version_comparee", "texte")
    }
    decider(client, personnes["region"], proposition, "accepter", choix_texte=choix, **suite)
    part.refresh_from_db()
    assert part.texte == texte
    assert "Deux, mieux." in str([acte.apres for acte in Acte.objects.sur(part)])


def test_refuser_demande_une_raison_et_la_montre(client, personnes, part, proposition):
    response = decider(client, personnes["region"], proposition, "refuser", reponse="  ")
    proposition.refresh_from_db()
    assert proposition.etat == ETATS.OUVERTE
    assert response.context["form"].errors["reponse"]

    decider(client, personnes["region"], proposition, "refuser", reponse="Hors du bassin.")

    proposition.refresh_from_db()
    part.refresh_from_db()
    client.force_login(personnes["departement"])
    assert proposition.etat == ETATS.REFUSEE
    assert "Hors du bassin." in client.get(proposition.get_absolute_url()).content.decode()
    assert part.texte == "Un.\n\nDeux.\n\nTrois."
    assert Acte.objects.get(verbe="refuser").apres["reponse"] == "Hors du bassin."


def test_l_auteur_reprend_sa_proposition(client, personnes, proposition):
    decider(client, personnes["departement"], proposition, "reprendre")
    proposition.refresh_from_db()
    assert proposition.etat == ETATS.REPRISE


@pytest.mark.parametrize("acte", ["accepter", "refuser", "reprendre"])
@pytest.mark.parametrize("etat", [ETATS.ACCEPTEE, ETATS.AMENDEE, ETATS.REFUSEE, ETATS.REPRISE])
def test_une_proposition_close_ne_se_decide_plus(client, personnes, part, proposition, etat, acte):
    Proposition.objects.update(etat=etat)
    qui = personnes["departement" if acte == "reprendre" else "region"]

    response = decider(client, qui, proposition, acte, tel_quel="1", reponse="Trop tard.")

    proposition.refresh_from_db()
    part.refresh_from_db()
    assert (response.status_code, proposition.etat) == (403, etat)
    assert part.texte == "Un.\n\nDeux.\n\nTrois."


AUTRES = [
    *("departement", "lectrice", "gestionnaire", "assemblees", "aom", "spe", "associee"),
    *("invitee", "etrangere", "sans_acteur", "admin"),
]


@pytest.mark.parametrize("qui", AUTRES)
def test_nul_autre_ne_decide_meme_par_un_envoi_forge(client, personnes, part, proposition, qui):
    refus = 404 if qui in ("etrangere", "sans_acteur", "admin") else 403
    for acte in ("accepter", "refuser"):
        response = decider(client, personnes[qui], proposition, acte, tel_quel="1", texte="Volé.",
                           version="1", reponse="Non.", porteur=part.porteur_id)  # fmt: skip
        assert response.status_code == refus
    part.refresh_from_db()
    proposition.refresh_from_db()
    assert part.texte == "Un.\n\nDeux.\n\nTrois."
    assert proposition.etat == ETATS.OUVERTE


SORTES = ["contributions", "fiches", "axes", "objectifs"]
# Qui peut proposer sur la part de la Région ; aux axes et aux objectifs, les co-pilotes écrivent.
PROPOSENT = {"departement", "aom", "spe", "associee"}


@pytest.mark.parametrize("sorte", SORTES)
@pytest.mark.parametrize("qui", ["region", "redactrice", *AUTRES])
def test_qui_propose_sur_quoi(client, personnes, region, part, sorte, qui):
    fiche = f.make_fiche(region)
    objectif = fiche.objectif
    visee = {"contributions": part, "fiches": fiche, "axes": objectif.axe, "objectifs": objectif}
    champ = {"contributions": "texte", "fiches": "constat"}.get(sorte, "intitule")

    response = proposer(client, personnes[qui], visee[sorte], sorte, champ, **{champ: "Proposé."})

    permis = qui in PROPOSENT and not (sorte in ("axes", "objectifs") and qui == "departement")
    invisible = qui in ("etrangere", "sans_acteur", "admin")
    assert response.status_code == (302 if permis else 404 if invisible else 403)
    assert Proposition.objects.count() == permis


@pytest.mark.parametrize(
    "sorte", ["etapes", "budget", "financements", "partenariats", "indicateurs"]
)
def test_nul_ne_propose_les_montants_ni_les_roles_d_un_autre(client, personnes, region, aom, sorte):
    fiche = f.make_fiche(region)
    lignes = {
        "etapes": f.make_etape(fiche),
        "budget": f.make_budget(fiche),
        "financements": f.make_financement(fiche, aom),
        "partenariats": f.make_partenariat(fiche, aom),
        "indicateurs": f.make_indicateur(fiche),
    }
    response = proposer(client, personnes["departement"], lignes[sorte], sorte, "montant")
    assert response.status_code == 403
    assert Proposition.objects.count() == 0


@pytest.mark.parametrize(
    "champ", ["porteur", "etat", "code", "epci", "confidentielle", "avancement"]
)
def test_un_champ_hors_de_la_liste_ne_se_propose_pas(client, personnes, region, aom, champ):
    fiche = f.make_fiche(region)
    proposer(client, personnes["aom"], fiche, "fiches", champ, **{champ: aom.pk})
    assert Proposition.objects.count() == 0


@pytest.mark.parametrize(
    ("champ", "valeur", "attendu"),
    [
        ("intitule", "Un autre intitulé", "Un autre intitulé"),
        ("debut", "2027-01-04", "2027-01-04"),
        ("priorite", "haute", "haute"),
        ("publics", ["apprentis", "demandeurs-emploi"], ["apprentis", "demandeurs-emploi"]),
        ("recurrente", "on", True),
        ("constat", "Un constat.", "Un constat."),
    ],
)
def test_chaque_sorte_de_champ_se_propose_et_s_accepte(
    client, personnes, region, champ, valeur, attendu
):
    fiche = f.make_fiche(region)
    proposer(client, personnes["aom"], fiche, "fiches", champ, **{champ: valeur})
    proposition = Proposition.objects.get()
    client.force_login(personnes["region"])
    assert "<ins>" in client.get(proposition.get_absolute_url()).content.decode()

    decider(client, personnes["region"], proposition, "accepter", tel_quel="1")

    fiche.refresh_from_db()
    proposition.refresh_from_db()
    assert fiche.valeurs()[champ] == attendu
    assert proposition.etat == ETATS.ACCEPTEE


def test_une_date_impossible_se_dit_sans_tomber(client, personnes, region):
    fiche = f.make_fiche(region, debut="2027-06-01", fin="2027-12-31")
    response = proposer(client, personnes["aom"], fiche, "fiches", "debut", debut="2028-01-01")

    assert response.status_code == 200
    assert "La fin précède le début." in response.content.decode()
    assert 'value="2028-01-01"' in response.content.decode()


def test_proposer_sans_rien_changer_se_dit(client, personnes, part):
    response = proposer(
        client, personnes["aom"], part, texte="Un.\r\n\r\nDeux.\n\nTrois.", motif="Gardé."
    )
    html = response.content.decode()
    assert "Rien ne change" in html
    assert "Gardé." in html
    assert Proposition.objects.count() == 0


@pytest.mark.parametrize("version", ["", "zéro", "0", "-1", "99", "9" * 400])
def test_une_version_falsifiee_part_du_texte_du_moment(client, personnes, part, version):
    proposer(client, personnes["aom"], part, texte="Autre.", version=version)
    assert Proposition.objects.get().version_de_depart == 1


def test_proposer_depuis_une_page_ancienne_garde_son_depart(client, personnes, part):
    vieille = part.version
    part.agir(personnes["region"], Droit.CONTRIBUER, "modifier", texte="Un bis.\n\nDeux.\n\nTrois.")

    proposer(client, personnes["aom"], part, texte="Un.\n\nDeux.\n\nTrois !", version=vieille)
    proposition = Proposition.objects.get()
    decider(client, personnes["region"], proposition, "accepter", tel_quel="1")

    part.refresh_from_db()
    assert part.texte == "Un bis.\n\nDeux.\n\nTrois !"


def test_une_part_attribuee_a_une_autre_change_qui_decide(
    client, personnes, part, proposition, aom
):
    Contribution.objects.filter(pk=part.pk).update(porteur=aom)

    refus = decider(client, personnes["region"], proposition, "accepter", tel_quel="1")
    decider(client, personnes["aom"], proposition, "accepter", tel_quel="1")

    part.refresh_from_db()
    assert refus.status_code == 403
    assert part.texte == "Un.\n\nDeux, mieux.\n\nTrois."


def test_un_plan_arrete_ne_recoit_ni_ne_decide(client, personnes, plan, part, proposition):
    type(plan).objects.update(etat=plan.Etat.ARRETE)

    assert proposer(client, personnes["aom"], part, texte="Autre.").status_code == 403
    refus = decider(client, personnes["region"], proposition, "accepter", tel_quel="1")
    assert refus.status_code == 403


def test_proposer_ne_demande_pas_un_nouveau_document(client, personnes, plan, part):
    avant = type(plan).objects.get(pk=plan.pk).revision
    proposer(client, personnes["aom"], part, texte="Autre.")
    assert type(plan).objects.get(pk=plan.pk).revision == avant


def test_la_part_dit_ce_qui_attend_et_ma_part_aussi(client, personnes, plan, part, proposition):
    client.force_login(personnes["region"])

    assert "1 proposition en attente" in client.get(plan.get_absolute_url()).content.decode()
    attentes = client.get(reverse("plans:ma_part")).context["attentes"]
    assert [a.verbe for a in attentes if a.url == proposition.get_absolute_url()] == [
        "Décider de la proposition du Département de la Somme"
    ]
    client.force_login(personnes["aom"])
    attentes = client.get(reverse("plans:ma_part")).context["attentes"]
    assert proposition.get_absolute_url() not in [a.url for a in attentes]


def test_la_liste_se_filtre_par_part(client, personnes, plan, region, part, proposition):
    f.make_proposition(proposition.porteur, f.make_fiche(region), "constat", "Autre.")
    client.force_login(personnes["invitee"])
    liste = adresse("proposition_list", plan.slug)

    assert len(client.get(liste).context["page"].object_list) == 2
    choisies = client.get(f"{liste}?contribution={part.pk}").context["page"].object_list
    assert list(choisies) == [proposition]
    Proposition.objects.update(etat=ETATS.REFUSEE)
    assert len(client.get(liste).context["page"].object_list) == 0
    assert len(client.get(f"{liste}?etat=toutes&axe=x").context["page"].object_list) == 2


@pytest.mark.parametrize("nombre", [1, 3])
def test_nombre_de_requetes_constant(
    client, personnes, plan, region, departement, nombre, django_assert_num_queries
):
    for _ in range(nombre):
        f.make_proposition(departement, f.make_contribution(region))
        f.make_proposition(departement, f.make_fiche(region), "constat")
    client.force_login(personnes["aom"])
    with django_assert_num_queries(7):
        client.get(adresse("proposition_list", plan.slug))


def test_un_redacteur_decide_pour_sa_structure(region, part, proposition):
    agente = f.make_utilisateur(region.acteur, Role.REDACTEUR)
    assert peut(agente, proposition.droit_de_decider, proposition.part)


def test_retirer_une_partie_qui_a_propose_dit_pourquoi_non(client, personnes, plan, aom, part):
    f.make_proposition(aom, part)
    client.force_login(personnes["region"])
    client.post(adresse("partie_delete", plan.slug, aom.pk))
    assert plan.parties.filter(pk=aom.pk).exists()
