"""Le moteur d'import : ce qu'il annonce est ce qu'il écrit, et rien de plus."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acteurs.models import Acte, Acteur
from bassins.models import Bassin
from dispositifs.importation.ecriture import InventaireChange, appliquer
from dispositifs.importation.lignes import OrganismeLu
from dispositifs.importation.moteur import Sort, examiner
from dispositifs.models import Dispositif, Ecart
from plans.models import Plan
from tests import factories as f


def importer(lignes, contexte):
    examens = list(examiner(lignes, contexte))
    appliquer(examens, contexte)
    return examens


def sorts(examens):
    return [examen.sort for examen in examens]


# --- Créer ---------------------------------------------------------------------------------------


def test_examiner_n_ecrit_rien(ligne, contexte):
    [examen] = examiner([ligne()], contexte)

    assert examen.sort == Sort.CREER
    assert Dispositif.objects.count() == 0 and Acte.objects.count() == 0


def test_une_ligne_neuve_cree_une_fiche_signalee(ligne, contexte, region, porteuse, territoire):
    importer(
        [
            ligne(
                12,
                capacite=40,
                etp=Decimal("1.50"),
                publics=["seniors", "jeunes"],
                commune="02408",
                financeurs=[OrganismeLu(siren=region.acteur.siren)],
                fin_financement=date(2027, 6, 30),
            )
        ],
        contexte,
    )

    fiche = Dispositif.objects.get()
    assert (fiche.porteur, fiche.tenu_par, fiche.saisi_par) == (
        porteuse,
        region.acteur,
        region.acteur,
    )
    assert fiche.statut == "signale" and fiche.confirme_le is None
    assert fiche.publics == ["jeunes", "seniors"] and fiche.commune == territoire["laon"]
    assert (fiche.capacite, fiche.etp, fiche.fin_financement) == (
        40,
        Decimal("1.50"),
        date(2027, 6, 30),
    )
    assert list(fiche.financeurs.all()) == [region.acteur]
    assert [zone.cle for zone in fiche.zones.all()] == ["epci-200043495"]
    assert list(Dispositif.objects.cherchant("friville")) == [fiche]
    acte = Acte.objects.sur(fiche).get()
    assert (acte.verbe, acte.origine, acte.nom_acteur) == (
        "creer",
        "partenaires.xlsx, ligne 12",
        "Région Hauts-de-France",
    )
    assert acte.apres["capacite"] == 40 and "horaires" not in acte.apres


def test_la_structure_presente_sur_le_portail_tient_ce_qu_on_importe_pour_elle(
    ligne, contexte, association, personnes
):
    importer([ligne(porteur=OrganismeLu(siren=association.acteur.siren))], contexte)

    fiche = Dispositif.objects.get()
    assert (fiche.porteur, fiche.tenu_par) == (association.acteur, association.acteur)
    assert fiche.saisi_par == contexte.acteur


def test_une_structure_absente_s_inscrit_par_son_siren(ligne, contexte):
    siren = f.make_siren()
    lignes = [
        ligne(n, nom=f"Atelier {n}", porteur=OrganismeLu("Rue Verte", siren, "association"))
        for n in (2, 3)
    ]
    examens = importer(lignes, contexte)

    assert "La structure « Rue Verte » sera inscrite." in examens[0].raisons
    acteur = Acteur.objects.get(siren=siren)
    assert (acteur.nom, acteur.nature, acteur.dispositifs.count()) == (
        "Rue Verte",
        "association",
        2,
    )
    assert Acte.objects.sur(acteur).get().origine == "partenaires.xlsx, ligne 2"


def test_sans_structure_dite_c_est_celle_qui_importe(ligne, contexte, region):
    sans = ligne()
    sans.valeurs.pop("porteur")
    importer([sans], contexte)

    assert Dispositif.objects.get().porteur == region.acteur


@pytest.mark.parametrize(
    ("valeurs", "raison"),
    [
        ({"description": ""}, "Pour créer une fiche, il manque : description."),
        (
            {"type": "soucoupe"},
            "'soucoupe'\u00a0» n’est pas un choix valide.",
        ),
        ({"publics": ["tous-publics", "jeunes"]}, "« Tous publics » comprend déjà les autres"),
        ({"fin_financement": date(2190, 1, 1)}, "L’année doit être comprise entre 1980 et 2100."),
        ({"date_source": date(2100, 1, 1)}, "La date de la source est dans l’avenir."),
        ({"capacite": -3}, "Capacité par an : "),
        ({"commune": "99999"}, "Commune d’accueil : le code 99999 est inconnu."),
        ({"zone_eligibilite": ["epci-000000000"]}, "« epci-000000000 » est inconnu"),
        ({"porteur": OrganismeLu("Personne")}, "« Personne » n’est pas dans la liste des acteurs"),
        ({"porteur": OrganismeLu("Fausse", "123456789")}, "SIREN de la structure porteuse : "),
        ({"financeurs": [OrganismeLu("Inconnu")]}, "Financeurs : « Inconnu » n’est pas"),
    ],
)
def test_ce_qui_est_faux_est_refuse_avec_sa_raison(ligne, contexte, valeurs, raison):
    [examen] = importer([ligne(**valeurs)], contexte)

    assert examen.sort == Sort.REFUSEE
    assert any(raison in phrase for phrase in examen.raisons), examen.raisons
    assert Dispositif.objects.count() == 0


@pytest.mark.parametrize(
    ("type_", "nature", "phrase"),
    [
        ("tad", "association", "(TAD) ne peut être porté que par une autorité organisatrice"),
        ("tus", "entreprise", "(TUS) ne peut être porté que par une association (Cerema, 2022)"),
    ],
)
def test_un_transport_du_mauvais_porteur_est_dit_sans_etre_refuse(
    ligne, contexte, type_, nature, phrase
):
    porteur = OrganismeLu(siren=f.make_acteur(nom="Mobilis", nature=nature).siren)
    [examen] = examiner([ligne(type=type_, porteur=porteur)], contexte)

    assert examen.sort == Sort.CREER
    assert [raison for raison in examen.raisons if phrase in raison]


def test_une_structure_se_retrouve_par_son_nom_officiel(ligne, contexte):
    roye = f.make_acteur(nom="CC du Grand Roye", siren="200070977")
    officiel = OrganismeLu("Communauté de communes du Grand Roye")
    [examen] = examiner([ligne(porteur=officiel)], contexte)

    assert (examen.sort, examen.porteur) == (Sort.CREER, roye)


def test_deux_lignes_pour_une_meme_fiche(ligne, contexte):
    examens = importer([ligne(2), ligne(7, nom="GARAGE  de Friville")], contexte)

    assert sorts(examens) == [Sort.CREER, Sort.REFUSEE]
    assert examens[1].raisons == ["La ligne 2 décrit déjà cette fiche."]


def test_hors_du_bassin_une_ligne_est_ignoree(ligne, contexte):
    lignes = [ligne(2), ligne(3, nom="Ailleurs", zone_eligibilite=["commune-49328"])]
    contexte.bassin = Bassin.objects.get(slug="anjou-est")

    assert sorts(importer(lignes, contexte)) == [Sort.IGNOREE, Sort.CREER]


# --- Deux fois, et la suite ----------------------------------------------------------------------


@pytest.mark.parametrize("source_id", ["", "obs-1"])
def test_importer_deux_fois_ne_change_rien(ligne, contexte, source_id):
    lignes = [ligne(2, source_id, capacite=40, publics=["jeunes"])]
    importer(lignes, contexte)
    actes = Acte.objects.count()
    examens = importer(lignes, contexte)

    assert sorts(examens) == [Sort.INCHANGEE]
    assert Acte.objects.count() == actes and Dispositif.objects.get().version == 1


def test_un_fichier_plus_recent_met_a_jour_ce_qui_vient_d_un_import(ligne, contexte):
    importer([ligne(2, "obs-1", capacite=40, horaires="Mo-Fr 09:00-17:00")], contexte)
    neuve = ligne(5, "obs-1", nom="Garage solidaire de Friville", capacite=60, horaires="")
    examens = importer([neuve], contexte)

    fiche = Dispositif.objects.get()
    assert sorts(examens) == [Sort.CHANGER]
    assert (fiche.nom, fiche.capacite, fiche.version) == ("Garage solidaire de Friville", 60, 2)
    assert fiche.horaires == "Mo-Fr 09:00-17:00"  # une cellule vide n'efface rien
    acte = Acte.objects.sur(fiche).first()
    assert (acte.verbe, acte.avant["capacite"], acte.apres["capacite"]) == ("importer", 40, 60)


# --- Ne jamais écraser ---------------------------------------------------------------------------


def test_ce_qu_une_personne_a_corrige_depuis_n_est_pas_ecrase(ligne, contexte):
    importer([ligne(2, "obs-1", capacite=40, delai="3 semaines")], contexte)
    fiche = Dispositif.objects.get()
    fiche.agir(contexte.utilisateur, "modifier_dispositif", "modifier", capacite=55)
    examens = importer([ligne(4, "obs-1", capacite=60, delai="1 mois")], contexte)

    fiche.refresh_from_db()
    assert (fiche.capacite, fiche.delai) == (55, "1 mois")
    ecart = Ecart.objects.get()
    assert (ecart.champ, ecart.valeur, ecart.origine) == (
        "capacite",
        60,
        "partenaires.xlsx, ligne 4",
    )
    assert "rien n’est écrasé" in examens[0].raisons[0]


def test_le_meme_fichier_ne_repose_pas_la_meme_question(ligne, contexte):
    importer([ligne(2, "obs-1", capacite=40)], contexte)
    fiche = Dispositif.objects.get()
    fiche.agir(contexte.utilisateur, "modifier_dispositif", "modifier", capacite=55)
    for _ in range(2):
        importer([ligne(2, "obs-1", capacite=40)], contexte)
    ecart = Ecart.objects.get()
    ecart.decider(contexte.utilisateur, Ecart.Decision.GARDE, fiche.version + 1)
    [examen] = importer([ligne(2, "obs-1", capacite=40)], contexte)

    assert Ecart.objects.count() == 1
    assert examen.raisons == ["« capacité par an » : cette valeur a déjà été écartée."]


def test_ce_qu_une_personne_a_efface_ne_revient_pas_tout_seul(ligne, contexte):
    importer([ligne(2, "obs-1", delai="3 semaines")], contexte)
    Dispositif.objects.get().agir(contexte.utilisateur, "modifier_dispositif", "modifier", delai="")
    importer([ligne(2, "obs-1", delai="3 semaines")], contexte)

    assert Dispositif.objects.get().delai == "" and Ecart.objects.get().valeur == "3 semaines"


def test_la_fiche_d_un_autre_se_propose(ligne, contexte, association, personnes):
    fiche = f.make_dispositif(association.acteur, nom="Garage", capacite=10)
    [examen] = importer([ligne(identifiant=str(fiche.identifiant), nom="Autre nom")], contexte)

    fiche.refresh_from_db()
    assert examen.sort == Sort.PROPOSER and (fiche.nom, fiche.version) == ("Garage", 1)
    assert "La fiche est tenue par Roues libres : à elle de décider." in examen.raisons
    assert {e.champ for e in fiche.ecarts.all()} >= {"nom", "description"}
    assert not fiche.ecarts.exclude(propose_par=contexte.acteur).exists()


# --- Tout ou rien --------------------------------------------------------------------------------


def test_une_fiche_changee_entre_l_examen_et_l_ecriture_arrete_tout(ligne, contexte):
    importer([ligne(2, "obs-1", capacite=40)], contexte)
    lignes = [ligne(2, "obs-1", capacite=60), ligne(3, "obs-2", nom="Autre")]
    examens = list(examiner(lignes, contexte))
    fiche = Dispositif.objects.get()
    fiche.agir(contexte.utilisateur, "modifier_dispositif", "modifier", capacite=55)

    with pytest.raises(InventaireChange):
        appliquer(examens, contexte)
    assert Dispositif.objects.get().capacite == 55


@pytest.mark.parametrize("source_id", ["", "obs-1"])
def test_une_fiche_creee_entre_l_examen_et_l_ecriture_arrete_tout(ligne, contexte, source_id):
    examens = list(examiner([ligne(2, source_id)], contexte))
    importer([ligne(2, source_id)], contexte)

    with pytest.raises(InventaireChange):
        appliquer(examens, contexte)
    assert Dispositif.objects.count() == 1


def test_un_import_touche_une_fois_les_plans_de_ses_bassins(ligne, contexte):
    lignes = [ligne(n, f"obs-{n}", nom=f"Atelier {n}") for n in range(2, 8)]
    bassin = Bassin.objects.get(slug="aisne-et-oise")
    plan = f.make_plan(bassin)
    importer(lignes, contexte)

    assert Plan.objects.get(pk=plan.pk).revision == plan.revision + 1


def test_autant_de_requetes_pour_une_ligne_que_pour_vingt(ligne, contexte):
    def compter(nombre, debut):
        lignes = [ligne(n, f"obs-{debut + n}", nom=f"A {debut + n}") for n in range(nombre)]
        with CaptureQueriesContext(connection) as requetes:
            importer(lignes, contexte)
        return len(requetes)

    assert compter(1, 0) == compter(20, 100)


def test_reimporter_la_source_d_une_fiche_fusionnee_retrouve_celle_qui_la_remplace(ligne, contexte):
    importer([ligne(source_id="A-1"), ligne(3, source_id="B-7", nom="Le garage")], contexte)
    gardee, absorbee = Dispositif.objects.order_by("source_id")
    f.make_fusion(gardee, absorbee)

    [examen] = importer([ligne(3, source_id="B-7", horaires="Mo 09:00-12:00")], contexte)

    assert examen.dispositif == Dispositif.objects.get() == gardee
    assert Dispositif.objects.get().horaires == "Mo 09:00-12:00"
    assert Dispositif.tous.get(pk=absorbee.pk).horaires == ""
