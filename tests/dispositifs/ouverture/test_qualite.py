"""La note de qualité de data·inclusion : la leur, sur notre fiche, pour qui la tient."""

from datetime import timedelta

import pytest
from data_inclusion.schema.v1 import score_qualite
from django.utils import timezone

from dispositifs.ouverture.qualite import CONSEILS, qualite
from tests import factories as f

PARFAITE = {
    "description": "On y répare sa voiture à prix réduit, avec un mécanicien. " * 5,
    "publics": ["demandeurs-emploi"],
    "frais": "gratuit",
    "mobilisable_par": ["usagers"],
    "modes_mobilisation": ["telephoner", "envoyer-un-courriel", "se-presenter"],
    "adresse": "1 rue du Port",
    "courriel": "accueil@garage.example.org",
    "telephone": "03 22 00 00 00",
}


def fiche(**champs):
    hier = timezone.localdate() - timedelta(days=1)
    defaut = PARFAITE | {"commune": f.make_commune(), "confirme_le": hier}
    return f.make_dispositif(f.make_acteur(nom="Roues libres"), **defaut | champs)


def test_une_fiche_complete_a_la_note_entiere(db):
    assert qualite(fiche()) == (100, [], [], True)


@pytest.mark.parametrize(
    ("champs", "critere"),
    [
        ({"adresse": ""}, "adresse_bien_definie"),
        ({"mobilisable_par": []}, "modes_mobilisation_bien_definis"),
        ({"publics": ["mobilite-reduite"]}, "au_moins_un_public"),
        ({"type": "bus-itinerant"}, "au_moins_une_thematique"),
        ({"courriel": "garage@gmail.com"}, "courriel_bien_defini"),
        ({"telephone": "06 12 34 56 78"}, "telephone_bien_defini"),
        ({"confirme_le": timezone.localdate() - timedelta(days=400)}, "date_maj_recente"),
        ({"frais": ""}, "frais_bien_definis"),
        ({"description": "Trop court pour être utile."}, "description_bien_definie"),
    ],
)
def test_ce_qui_manque_baisse_la_note_et_se_dit(db, champs, critere):
    note, conseils, _, publiable = qualite(fiche(**champs))

    assert note < 100
    assert publiable
    assert conseils == [CONSEILS[critere]]


def test_chaque_critere_officiel_a_son_conseil():
    assert {critere.__name__ for critere in score_qualite.CRITERES} == set(CONSEILS)


@pytest.mark.parametrize(
    ("champs", "publiable", "phrase"),
    [
        ({"description": "x"}, False, "Description : non publié. Il faut de 5"),
        ({"type": "comite"}, False, "Un comité, un observatoire"),
        ({"publics": ["tous-publics", "jeunes"]}, True, "Publics : non publié."),
        ({"courriel": "accueil@asso.localhost"}, True, "ne peut pas recevoir de courriel"),
    ],
)
def test_ce_que_le_schema_refuse_se_dit(db, champs, publiable, phrase):
    trouvee = qualite(fiche(**champs))

    assert trouvee.est_publiable is publiable
    assert phrase in trouvee.refus[0]


def test_seul_qui_tient_la_fiche_lit_sa_note(client, personnes, association):
    dispositif = f.make_dispositif(association.acteur, frais="")

    def page():
        return " ".join(client.get(dispositif.get_absolute_url()).content.decode().split())

    assert "Dans data·inclusion" not in page()
    client.force_login(personnes["region"])
    assert "Dans data·inclusion" not in page()
    client.force_login(personnes["associee"])
    assert "Dans data·inclusion" in page()
    assert "<li>Dites si c’est gratuit ou payant, et à quel prix.</li>" in page()
