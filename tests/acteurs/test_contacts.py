"""L'adresse d'une personne n'entre pas dans un champ public ; ce qui est douteux n'en sort pas."""

import pytest
from django.core.exceptions import ValidationError

from acteurs.contacts import (
    Contact,
    contact_de,
    contacts_douteux,
    est_un_mobile,
    refuser_les_adresses_de_personnes,
    sans_contact_douteux,
)
from tests import factories as f


@pytest.mark.parametrize(
    ("adresse", "attendu"),
    [
        ("", Contact.DE_SERVICE),
        ("mobilite@somme.fr", Contact.DE_SERVICE),
        ("accueil.amiens@example.org", Contact.DE_SERVICE),
        ("ccas@saint-denis.fr", Contact.DE_SERVICE),
        ("dt80@francetravail.fr", Contact.DE_SERVICE),
        ("plateforme-mobilite@pierre-et-marie.fr", Contact.DE_SERVICE),
        ("saint-pierre@departement.fr", Contact.DE_SERVICE),
        ("garage.solidaire.roye@gmail.com", Contact.DOUTEUX),
        ("asso80@orange.fr", Contact.DOUTEUX),
        ("bzh.kerloch@example.org", Contact.DOUTEUX),
        ("j.dupont@somme.fr", Contact.DOUTEUX),
        ("florence@garage.fr", Contact.DOUTEUX),
        ("jean.petit@GMAIL.com", Contact.PERSONNEL),
        ("Dupont-Marie@somme.fr", Contact.PERSONNEL),
        ("jean-luc.dupont+public@somme.fr", Contact.PERSONNEL),
        ("aurélie_martin@somme.fr", Contact.PERSONNEL),
        ("marie.durand12@orange.fr", Contact.PERSONNEL),
    ],
)
def test_une_adresse_dit_a_qui_elle_est(adresse, attendu):
    assert contact_de(adresse) == attendu


@pytest.mark.parametrize(
    ("numero", "attendu"),
    [
        *(("06 12 34 56 78", True), ("+33 7 12 34 56 78", True), ("0033612345678", True)),
        *(("+33(0)6.12.34.56.78", True), ("03 22 00 00 06", False), ("3949", False), ("", False)),
    ],
)
def test_un_mobile_se_reconnait(numero, attendu):
    assert est_un_mobile(numero) is attendu


def test_un_texte_est_rendu_sans_les_contacts_qui_peuvent_etre_d_une_personne():
    texte = "Écrire à jean.petit@somme.fr, à accueil@somme.fr ou appeler le 06 12 34 56 78."

    assert contacts_douteux(texte) == ["jean.petit@somme.fr", "06 12 34 56 78"]
    assert (
        sans_contact_douteux(texte)
        == "Écrire à [courriel retiré], à accueil@somme.fr ou appeler le [numéro retiré]."
    )


@pytest.mark.parametrize(
    "texte", ["a" * 300_000, "a." * 150_000 + "@", "@a" * 150_000, "06 " * 99_999]
)
def test_un_texte_hostile_se_lit_en_temps_lineaire(texte):
    assert contacts_douteux(texte) in ([], ["06 06 06 06 06"] * 19_999)


def test_un_texte_qui_nomme_l_adresse_d_une_personne_est_refuse():
    with pytest.raises(ValidationError) as refus:
        refuser_les_adresses_de_personnes("Appeler Jean (jean.petit@somme.fr) le matin.")

    [phrase] = refus.value.messages
    assert phrase.startswith("« jean.petit@somme.fr » est l’adresse d’une personne")
    refuser_les_adresses_de_personnes("Écrire à garage.roye@gmail.com ou à bzh.kerloch@asso.org.")


@pytest.mark.parametrize("modele", ["acteur", "dispositif"])
def test_le_courriel_d_une_personne_est_refuse_par_toutes_les_portes(db, modele):
    objet = getattr(f, f"make_{modele}")(courriel="jean.petit@somme.fr")

    with pytest.raises(ValidationError) as refus:
        objet.full_clean()

    assert set(refus.value.message_dict) == {"courriel"}


@pytest.mark.parametrize("champ", ["description", "conditions", "frais_precisions"])
def test_un_champ_de_texte_public_refuse_l_adresse_d_une_personne(db, champ):
    dispositif = f.make_dispositif(**{champ: "Demander Jean : jean.petit@somme.fr"})

    with pytest.raises(ValidationError) as refus:
        dispositif.full_clean()

    assert set(refus.value.message_dict) == {champ}
