"""Les comptes par facette : exacts, les autres filtres tenus ; une valeur mène à son compte."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispositifs.models import Dispositif
from tests import factories as f

URL = "/dispositifs/"


def comptes(client, nom, **filtres):
    """{code: nombre} d'une facette."""
    for facette in client.get(URL, filtres).context["facettes"]:
        if facette.champ.name == nom:
            return {v.code: v.nombre for _, valeurs in facette.groupes for v in valeurs}
    return None


@pytest.fixture
def inventaire(territoire):
    """Sept fiches qui se recoupent, dont une que le public ne voit pas."""
    roues = f.make_acteur(nom="Roues libres", siren="356000000")
    caf = f.make_acteur(nom="Caisse", siren=None)
    deux_epci = ["epci-200043495", "epci-246000848"]
    deux_communes = ["commune-49328", "commune-49270"]
    recent, vieux = (timezone.localdate() - timedelta(days=n) for n in (3, 300))
    fiches = [
        ("A", "tad", ["seniors"], ["sante"], ["commune-02408"], roues, [caf], recent),
        ("B", "tad", ["tous-publics"], ["emploi"], deux_epci, roues, [], vieux),
        ("C", "tus", ["jeunes", "seniors"], [], ["departement-49"], caf, [roues, caf], recent),
        ("D", "garage-solidaire", [], ["emploi", "sante"], ["france"], roues, [caf], None),
        ("E", "microcredit", ["femmes"], [], ["region-32"], caf, [], recent),
        ("F", "microcredit", ["jeunes"], ["emploi"], deux_communes, caf, [], vieux),
    ]  # fmt: skip
    for nom, type_, publics, motifs, zone, porteur, financeurs, confirme_le in fiches:
        fiche = f.make_dispositif(
            porteur,
            nom=nom,
            type=type_,
            publics=publics,
            motifs=motifs,
            zone_eligibilite=zone,
            confirme_le=confirme_le,
        )
        fiche.financeurs.set(financeurs)
    f.make_dispositif(roues, nom="Tu", statut="signale", type="tad")
    return {"roues": "Roues libres (356000000)", "caf": f"Caisse (fiche n° {caf.pk})"}


@pytest.mark.parametrize(
    ("nom", "attendus"),
    [
        ("type", {"tad": 2, "tus": 1, "garage-solidaire": 1, "microcredit": 2}),
        ("famille", {"se-deplacer": 3, "entretenir": 1, "acceder-a-un-vehicule": 2}),
        ("motif", {"emploi": 3, "sante": 2}),
        ("statut", {"verifie": 3, "a_confirmer": 3}),
        ("fraicheur", {"vert": 3, "orange": 2, "rouge": 1}),
        ("bassin", {"aisne-et-oise": 4, "anjou-est": 3}),
    ],
)
def test_sans_filtre_chaque_facette_compte_ce_que_le_public_voit(client, inventaire, nom, attendus):
    assert comptes(client, nom) == attendus


def test_le_porteur_et_le_financeur_se_comptent_et_se_relisent(client, inventaire):
    roues, caf = inventaire["roues"], inventaire["caf"]

    assert comptes(client, "porteur") == {roues: 3, caf: 3}
    assert comptes(client, "financeur") == {caf: 3, roues: 1}
    assert comptes(client, "financeur", porteur=roues) == {caf: 2}
    assert comptes(client, "porteur", financeur=caf) == {roues: 2, caf: 1}


def test_tous_publics_compte_pour_chaque_public(client, inventaire):
    publics = comptes(client, "public")

    assert (publics["seniors"], publics["jeunes"]) == (3, 3)
    assert publics["tous-publics"] == 1
    assert publics["etudiants"] == 1


def test_une_facette_choisie_se_compte_sans_elle_et_les_autres_avec(client, inventaire):
    assert comptes(client, "type", type="tad") == comptes(client, "type")
    assert comptes(client, "motif", type="tad") == {"emploi": 1, "sante": 1}
    assert comptes(client, "type", motif="emploi") == {
        "tad": 1,
        "garage-solidaire": 1,
        "microcredit": 1,
    }
    assert comptes(client, "bassin", motif="sante", type="tad") == {"aisne-et-oise": 1}


def test_on_descend_du_bassin_a_l_epci_puis_a_la_commune(client, inventaire, territoire):
    assert comptes(client, "epci") is None
    assert comptes(client, "epci", bassin="aisne-et-oise") == {"200043495": 4, "246000848": 3}
    assert comptes(client, "commune", epci="200071876") == {"49328": 3, "49270": 3}
    assert comptes(client, "epci", bassin="anjou-est", type="tus") == {"200071876": 1}
    assert comptes(client, "commune", commune="02408") == {"02408": 4}


def test_chaque_valeur_mene_a_exactement_son_compte(client, inventaire):
    for filtres in ({}, {"q": "tad"}, {"bassin": "aisne-et-oise", "motif": "emploi"}):
        for facette in client.get(URL, filtres).context["facettes"]:
            for _, valeurs in facette.groupes:
                for valeur in valeurs:
                    choix = filtres | {facette.champ.name: valeur.code}
                    page = client.get(URL, choix).context["page"]
                    assert page.paginator.count == valeur.nombre, choix


def test_une_valeur_sans_resultat_ne_se_propose_pas_sauf_si_elle_est_choisie(client, inventaire):
    assert "cpf" not in comptes(client, "type")
    assert comptes(client, "type", type="cpf")["cpf"] == 0
    page = client.get(URL, {"porteur": "roues"}).content.decode()
    assert '<option value="roues" selected>roues (3)</option>' in page


def test_les_fermes_se_comptent_pour_qui_peut_les_voir(client, inventaire, redacteur):
    Dispositif.objects.filter(nom="E").update(statut="ferme")
    assert comptes(client, "statut") == {"verifie": 2, "a_confirmer": 3}
    client.force_login(redacteur)
    assert comptes(client, "statut") == {
        "verifie": 2, "a_confirmer": 3, "signale": 1, "ferme": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("filtres", "champ"),
    [
        ({"epci": "000000000"}, "epci"),
        ({"commune": "99999"}, "commune"),
        ({"epci": "x' OR 1=1"}, "epci"),
        ({"financeur": "a" * 300}, "financeur"),
        ({"statut": "ferme"}, "statut"),
    ],
)
def test_une_valeur_inconnue_se_dit_et_ne_montre_rien(client, inventaire, filtres, champ):
    reponse = client.get(URL, filtres)

    assert list(reponse.context["filtre"].form.errors) == [champ]
    assert reponse.context["lignes"] == []
    assert reponse.context["facettes"] == []


def test_un_parametre_etranger_ou_repete_ne_derange_rien(client, inventaire):
    reponse = client.get(f"{URL}?type=tad&type=tus&zzz=1&page=-3&tri=")

    assert reponse.status_code == 200
    assert [ligne["nom"] for ligne in reponse.context["lignes"]] == ["C"]


def test_un_nom_qui_ressemble_a_du_html_reste_du_texte(client, inventaire):
    f.make_dispositif(f.make_acteur(nom='<b>"Roues" & fils</b>', siren=None))

    page = client.get(URL, {"financeur": '"><script>'}).content.decode()
    liste = client.get(URL).content.decode()

    assert '<option value="&quot;&gt;&lt;script&gt;" selected>' in page
    assert "&lt;b&gt;&quot;Roues&quot; &amp; fils&lt;/b&gt; (1)</option>" in liste
    assert "<script>" not in page
    assert "<b>" not in liste


def test_un_filtre_faux_ne_fait_pas_lister_toutes_les_communes(client, inventaire):
    page = client.get(URL, {"territoire": "Atlantide", "commune": "02408"}).content.decode()

    assert '<input type="text" name="commune" value="02408"' in page
    assert "Grandvilliers" not in page
