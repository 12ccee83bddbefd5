"""Les dispositifs fictifs, de toutes les familles et de toutes les fraîcheurs."""

from datetime import timedelta

from django.utils import timezone

from acteurs.models import Acte
from dispositifs.models import Dispositif
from pams_portal.demonstration.contenu import identifiant, lire_tous
from pams_portal.droits import Droit, exiger

SOURCE = "Démonstration, contenu fictif"


def charger_dispositifs(acteurs, personnes):
    """Crée ceux qui manquent, sans retoucher les autres. Rend {clé: dispositif}."""
    fiches = [fiche for famille in lire_tous("dispositifs") for fiche in famille["dispositif"]]
    return {fiche["cle"]: _dispositif(acteurs, personnes, **fiche) for fiche in fiches}


def _dispositif(acteurs, personnes, cle, **fiche):
    connu = Dispositif.tous.filter(identifiant=identifiant("dispositif", cle)).first()
    return connu or _creer(acteurs, personnes, cle, **fiche)


def _creer(acteurs, personnes, cle, porteur, tenu_par=None, financeurs=(), age=None, **champs):
    """`age` : il y a combien de jours le dispositif a été confirmé ; jamais s'il est absent."""
    tenu_par = tenu_par or porteur
    dispositif = Dispositif(
        identifiant=identifiant("dispositif", cle),
        porteur=acteurs[porteur],
        tenu_par=acteurs[tenu_par],
        saisi_par=acteurs[tenu_par],
        source=SOURCE,
        source_id=cle,
        demonstration=True,
        **{nom: valeur for nom, valeur in champs.items() if nom != "commune"},
        commune_id=champs.get("commune"),
    )
    if age is not None:
        dispositif.confirme_le = timezone.localdate() - timedelta(days=age)
        dispositif.confirme_par = acteurs[tenu_par]
    dispositif.full_clean(exclude=["nom_normalise", "recherche"])
    place = exiger(personnes[tenu_par], Droit.CREER_DISPOSITIF, dispositif)
    dispositif.save()
    dispositif.financeurs.set(acteurs[financeur] for financeur in financeurs)
    dispositif.consigner(personnes[tenu_par], place, Acte.Verbe.CREER)
    return dispositif
