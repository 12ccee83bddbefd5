"""Le travail de fond d'un import : l'essai, puis l'écriture, où qu'en soit l'ouvrier."""

from collections import Counter
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from dispositifs.importation.classeurs import lire, lire_les_objets
from dispositifs.importation.data_inclusion import LecteurDataInclusion
from dispositifs.importation.ecriture import appliquer
from dispositifs.importation.moteur import Contexte, Sort, examiner
from dispositifs.importation.tableur import lire_tableur
from dispositifs.lots import par_lots
from dispositifs.models import Importation, LigneImportee
from dispositifs.recensement.doublons import doublons_du_lot
from dispositifs.recensement.mots_des_valeurs import Mots
from pams_portal.droits import Droit, exiger

LIGNES_PAR_BATTEMENT = 250
A_RELIRE = (
    "L’inventaire a changé depuis l’essai : rien n’est écrit. Relisez ce que deviendrait chaque "
    "ligne, puis importez."
)

HORS_SUJET = "{0} service{1} sans thématique de mobilité {2} pas lu{1}."


def essayer(importation):
    """Examine tout le fichier et garde le sort de chaque ligne ; n'écrit rien dans l'inventaire."""
    examens = examens_de(importation, contexte_de(importation))
    with transaction.atomic():
        if rendre(importation, Importation.Etat.EXAMINEE, examens, avis=avis_de(importation)):
            garder_les_lignes(importation, examens)


def ecrire(importation):
    """Écrit ce que l'essai avait annoncé, ou rien ; lève InventaireChange si une fiche a bougé."""
    contexte = contexte_de(importation)
    examens = examens_de(importation, contexte)
    annonces = list(importation.lignes.values_list("numero", "sort"))
    if [(e.ligne.numero, str(e.sort)) for e in examens] != annonces:
        with transaction.atomic():
            if rendre(importation, Importation.Etat.EXAMINEE, examens, avis=A_RELIRE):
                garder_les_lignes(importation, examens)
        return
    with transaction.atomic():
        # Le bail d'abord : un ouvrier en retard n'écrit pas deux fois.
        if not rendre(importation, Importation.Etat.FAITE, examens, fait_le=timezone.now()):
            return
        appliquer(examens, contexte)
        garder_les_lignes(importation, examens)
    importation.retirer_le_fichier()


def rendre(importation, etat, examens, **valeurs):
    """Pose l'état et rend le bail ; faux s'il était perdu."""
    comptes = dict(Counter(str(examen.sort) for examen in examens))
    return importation.mienne().update(
        etat=etat, comptes=comptes, progression=100, prise=False, **valeurs
    )


def contexte_de(importation):
    """Qui importe, et si c'est encore son droit ; lève PermissionDenied."""
    place = exiger(importation.utilisateur, Droit.IMPORTER_DISPOSITIFS, importation)
    nom = importation.nom_du_fichier
    return Contexte(nom, importation.utilisateur, place, importation.bassin)


def examens_de(importation, contexte):
    """Tous les examens du fichier, en battant régulièrement."""
    examens = []
    with lignes_de(importation, contexte.dedans) as (lignes, nombre):
        for examen in examiner(lignes, contexte):
            examens.append(examen)
            if len(examens) % LIGNES_PAR_BATTEMENT == 0:
                importation.battre(min(90, 90 * examen.ligne.numero // max(1, nombre)))
    importation.hors_sujet = getattr(lignes, "hors_sujet", 0)
    dire_les_doublons(examens)
    return examens


@contextmanager
def lignes_de(importation, dans):
    """(suite de `LigneLue`, nombre de lignes du fichier), tant que le fichier est ouvert.

    `dans` : voir `lire_tableur`.
    """
    with importation.fichier.open("rb") as fichier:
        if importation.est_data_inclusion:
            services = lire_les_objets(fichier).suite
            yield LecteurDataInclusion(services, structures_de(importation)), len(services)
        else:
            rangs = lire(fichier, importation.feuille)
            suite = (rang for rang in rangs.suite if rang[0] > importation.rang_des_titres)
            cles = [cle for _, cle in importation.colonnes]
            source = importation.source or str(importation.acteur)
            yield lire_tableur(suite, cles, source, dans), rangs.nombre


def structures_de(importation):
    if not importation.structures:
        return []
    with importation.structures.open("rb") as fichier:
        return lire_les_objets(fichier).suite


def avis_de(importation):
    """Ce qu'il faut savoir des lignes que l'essai ne montre pas."""
    if nombre := importation.hors_sujet:
        pluriel = "s" if nombre > 1 else ""
        return HORS_SUJET.format(nombre, pluriel, "ne sont" if nombre > 1 else "n’est")
    return ""


def dire_les_doublons(examens):
    """Une fiche à créer qui ressemble à une autre se crée quand même, et cela se dit."""
    neufs = [examen for examen in examens if examen.sort == Sort.CREER]
    for examen in neufs:
        examen.dispositif.porteur = examen.porteur
    for rang, doublons in doublons_du_lot([e.dispositif for e in neufs]).items():
        noms = " ; ".join(f"« {d.dispositif} » ({d.raison})" for d in doublons[:3])
        neufs[rang].raisons.append(f"Doublon probable : {noms}.")


def garder_les_lignes(importation, examens):
    importation.lignes.all().delete()
    for lot in par_lots(examens, 500):
        mots = Mots(_couples(lot))
        LigneImportee.objects.bulk_create(_ligne(importation, examen, mots) for examen in lot)


def _couples(examens):
    for examen in examens:
        if examen.avant:
            for champ, valeur in (examen.apres | examen.ecarts).items():
                yield from ((champ, valeur), (champ, examen.avant.get(champ)))


def _ligne(importation, examen, mots):
    changements = []
    if examen.avant:
        changements = [
            [mots.libelle(champ), mots(champ, examen.avant.get(champ)), mots(champ, valeur)]
            for champ, valeur in (examen.apres | examen.ecarts).items()
        ]
    fiche = examen.dispositif
    nom = examen.ligne.valeurs.get("nom") or (fiche.nom if fiche else "")
    return LigneImportee(
        importation=importation,
        numero=examen.ligne.numero,
        sort=examen.sort,
        nom=nom[:150],
        dispositif_id=fiche.pk if fiche else None,
        raisons=examen.raisons,
        changements=changements,
    )
