"""Les dispositifs réels livrés : signalés, sourcés, datés, et chargés une seule fois."""

from acteurs.models import Acteur
from dispositifs.models import Dispositif
from dispositifs.recensement.releves import charger_dispositifs_releves
from pams_portal.droits import Role
from tests import factories as f


def test_ils_entrent_signales_avec_leur_source_et_leur_date(db):
    crees = charger_dispositifs_releves()

    assert len(crees) == 4
    for dispositif in Dispositif.objects.all():
        dispositif.full_clean()
        assert dispositif.statut == "signale"
        assert dispositif.source == "Article public, à vérifier auprès du porteur"
        assert dispositif.lien_source.startswith("https://")
        assert dispositif.date_source is not None
        assert (dispositif.confirme_le, dispositif.demonstration) == (None, False)
        assert "à vérifier auprès de la structure porteuse" in dispositif.reserve
    assert not Dispositif.objects.publies().exists()


def test_les_charger_deux_fois_ne_change_rien_et_ne_retouche_pas_une_fiche_corrigee(db):
    charger_dispositifs_releves()
    Dispositif.objects.filter(source_id="garage-eppeville").update(nom="Corrigé")

    assert charger_dispositifs_releves() == []
    assert Dispositif.objects.count() == 4
    assert Acteur.objects.count() == 4
    assert Dispositif.objects.filter(nom="Corrigé").exists()


def test_une_structure_deja_inscrite_est_reprise_par_son_siren(db):
    region = f.make_acteur(nom="Hauts-de-France (Région)", siren="200053742", nature="region")

    charger_dispositifs_releves()

    assert Dispositif.objects.get(source_id="en-route-pour-l-emploi").porteur == region
    assert Acteur.objects.count() == 4


def test_la_fiche_est_tenue_par_qui_on_designe_sauf_si_la_structure_est_la(db, region):
    porteur = f.make_acteur(nom="Département du Pas-de-Calais", siren="226200012")
    f.make_utilisateur(porteur, Role.REDACTEUR)

    charger_dispositifs_releves(tenus_par=region.acteur)

    tenus = dict(Dispositif.objects.values_list("source_id", "tenu_par"))
    assert tenus["mamobilite62-plateformes"] == porteur.pk
    assert tenus["garage-eppeville"] == region.acteur.pk


def test_une_commune_du_referentiel_est_reliee(db):
    doullens = f.make_commune(None, f.make_departement("80"), code="80253", nom="Doullens")

    charger_dispositifs_releves()

    assert Dispositif.objects.get(source_id="atelier-velo-doullens").commune == doullens
    assert Dispositif.objects.get(source_id="garage-eppeville").commune is None
