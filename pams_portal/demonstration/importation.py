"""Un recensement fictif, importé par les mêmes chemins qu'un vrai, et deux recherches gardées.

Il laisse à un visiteur un import à relire ligne à ligne, deux écarts à décider et un doublon.
"""

from django.core.files.base import ContentFile

from bassins.models import Bassin
from dispositifs.forms.recherche import RechercheForm
from dispositifs.importation.classeurs import apercu
from dispositifs.importation.colonnes import trouver_entetes
from dispositifs.models import Importation, RechercheEnregistree
from dispositifs.taches import mener
from pams_portal.demonstration.contenu import DOSSIER
from pams_portal.demonstration.inventaire import SOURCE

FICHIER = "recensement-demonstration.csv"
RECHERCHES = {
    "departement": (
        "À confirmer dans la Somme (Démonstration)",
        "territoire=80&statut=a_confirmer",
    ),
    "france-travail": (
        "Ouvert aux demandeurs d’emploi (Démonstration)",
        "public=demandeurs-emploi",
    ),
}


def charger_importation(acteurs, personnes, bassin):
    """Le Département importe le fichier, s'il ne l'a pas déjà fait."""
    acteur = acteurs["departement"]
    if acteur.importations.filter(nom_du_fichier=FICHIER).exists():
        return
    fichier = ContentFile((DOSSIER / "import" / FICHIER).read_bytes(), FICHIER)
    entetes = trouver_entetes(apercu(fichier).suite)
    importation = Importation.objects.create(
        acteur=acteur,
        utilisateur=personnes["departement"],
        bassin=Bassin.objects.get(slug=bassin),
        fichier=fichier,
        nom_du_fichier=FICHIER,
        source=SOURCE,
        rang_des_titres=entetes.rang,
        colonnes=[list(paire) for paire in zip(entetes.titres, entetes.cles, strict=True)],
    )
    for etat in Importation.TRAVAUX:
        Importation.objects.filter(pk=importation.pk).update(etat=etat)
        importation.commencer()
        mener(importation)


def charger_recherches(personnes):
    """Une recherche gardée par personne, si elle n'en a aucune."""
    for cle, (nom, filtres) in RECHERCHES.items():
        recherche = RechercheEnregistree(utilisateur=personnes[cle])
        form = RechercheForm({"nom": nom, "filtres": filtres}, instance=recherche)
        if not personnes[cle].recherches.exists() and form.is_valid():
            form.save()
