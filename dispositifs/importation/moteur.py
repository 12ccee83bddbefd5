"""Le moteur d'import : ce que deviendrait chaque ligne, puis, en une fois, ce qui est écrit.

`examiner` lit et compare, sans rien écrire ; `appliquer` écrit tout ce qui a été annoncé, ou rien.
Un import n'efface rien, ne change ni la structure porteuse ni l'état d'une fiche, et n'écrase
jamais ce qu'une personne a écrit : il propose alors un `Ecart`.
"""

from dataclasses import dataclass, field
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst

from acteurs.models import Acteur
from acteurs.models.journal import ADMINISTRATION
from bassins.models import Bassin
from dispositifs.importation.lignes import LigneLue
from dispositifs.importation.retrouver import Annuaire, Inventaire, cle_naturelle
from dispositifs.lots import par_lots
from dispositifs.models import Dispositif
from dispositifs.recensement.avertissements import transport_du_mauvais_porteur
from dispositifs.recensement.regles import incoherences
from dispositifs.territoires import cles_touchant
from pams_portal.droits import Droit, Place, place_qui_permet
from pams_portal.elision import le
from pams_portal.valeurs import valeur_simple

LIGNES_PAR_LOT = 500
RELATIONS = ("porteur", "financeurs", "commune")
CHAMPS = (
    *("nom", "type", "description", "publics", "motifs", "conditions", "zone_eligibilite"),
    *("commune", "adresse", "horaires", "mobilisable_par", "modes_mobilisation"),
    *("lien_mobilisation", "courriel", "telephone", "frais", "frais_precisions", "capacite"),
    *("beneficiaires", "delai", "etp", "cout_annuel", "financeurs", "debut_financement"),
    *("fin_financement", "source", "lien_source", "date_source"),
)
INDISPENSABLES = ("nom", "type", "description", "zone_eligibilite")


class Sort(models.TextChoices):
    """Ce que devient une ligne."""

    CREER = "creer", "À créer"
    CHANGER = "changer", "À mettre à jour"
    PROPOSER = "proposer", "À faire décider"
    INCHANGEE = "inchangee", "Déjà à jour"
    IGNOREE = "ignoree", "Ignorée"
    REFUSEE = "refusee", "Refusée"


@dataclass
class Contexte:
    """Qui importe, au nom de qui, d'où. Sans `place` : l'administration technique."""

    fichier: str
    utilisateur: models.Model = None
    place: Place | None = None
    bassin: Bassin | None = None

    @property
    def acteur(self):
        return self.place.acteur if self.place else None

    @property
    def signature(self):
        return "" if self.utilisateur else ADMINISTRATION

    @cached_property
    def dedans(self):
        """Les clés des territoires qui touchent le bassin ; vide sans bassin."""
        perimetre = self.bassin and self.bassin.perimetre
        return set(cles_touchant(perimetre.communes_couvertes())) if perimetre else set()

    def origine(self, numero):
        return f"{self.fichier[:260]}, ligne {numero}"


@dataclass
class Examen:
    """Une ligne et son sort ; `avant` et `apres` sont des valeurs simples, comme au journal."""

    ligne: LigneLue
    sort: str = Sort.INCHANGEE
    dispositif: Dispositif | None = None
    porteur: Acteur | None = None
    place: Place | None = None
    avant: dict = field(default_factory=dict)
    apres: dict = field(default_factory=dict)
    ecarts: dict = field(default_factory=dict)
    raisons: list = field(default_factory=list)

    @property
    def changes(self):
        """Les champs que l'import écrirait."""
        return [nom for nom in self.apres if self.apres[nom] != self.avant.get(nom)]

    def refuser(self, *raisons):
        self.sort = Sort.REFUSEE
        self.raisons.extend(raisons)


def examiner(lignes, contexte):
    """Suite d'`Examen`, dans l'ordre ; des lectures seules, en un nombre constant par lot."""
    vues = {}
    annuaire = Annuaire()
    for lot in par_lots(lignes, LIGNES_PAR_LOT):
        annuaire.charger(lot)
        inventaire = Inventaire(lot, annuaire, contexte.acteur)
        for ligne in lot:
            yield _examiner(ligne, contexte, annuaire, inventaire, vues)


def _examiner(ligne, contexte, annuaire, inventaire, vues):
    examen = Examen(ligne, raisons=list(ligne.remarques))
    erreurs = [*ligne.erreurs]
    porteur, refus = annuaire.porteur(ligne, contexte.acteur)
    trouve, ambigu = inventaire.trouver(ligne, porteur)
    examen.porteur, examen.dispositif = trouve.porteur if trouve else porteur, trouve
    # Une fiche retrouvée a déjà sa structure porteuse : un nom mal écrit n'y change rien.
    erreurs += ambigu or ([] if trouve else refus)
    valeurs, phrases = _verifier(ligne, annuaire)
    erreurs += phrases
    if not erreurs:
        erreurs += _deja_vue(examen, valeurs, vues)
    if erreurs:
        examen.refuser(*erreurs)
    elif contexte.bassin and not _touche(examen, valeurs, contexte.dedans):
        examen.sort = Sort.IGNOREE
        examen.raisons.append(f"La zone ne touche pas le bassin {contexte.bassin}.")
    elif trouve:
        _comparer(examen, valeurs, contexte, inventaire, porteur)
    else:
        _creer(examen, valeurs, contexte)
    return examen


def _deja_vue(examen, valeurs, vues):
    """Deux lignes pour une même fiche : la seconde est refusée, avec le numéro de la première."""
    ligne = examen.ligne
    if examen.dispositif:
        cle = examen.dispositif.pk
    elif ligne.source_id:
        cle = (ligne.source, ligne.source_id)
    else:
        cle = cle_naturelle(examen.porteur, valeurs.get("type", ""), valeurs.get("nom", ""))
    premiere = vues.setdefault(cle, ligne.numero)
    return [] if premiere == ligne.numero else [f"La ligne {premiere} décrit déjà cette fiche."]


def _touche(examen, valeurs, dedans):
    fiche = examen.dispositif
    cles = valeurs.get("zone_eligibilite") or (fiche.zone_eligibilite if fiche else [])
    return bool(dedans.intersection(cles))


# --- Vérifier ------------------------------------------------------------------------------------


def _verifier(ligne, annuaire):
    """({champ: valeur à poser}, [raisons de refuser]) ; ce qui est vide n'est pas rendu."""
    valeurs, erreurs = {}, []
    chercher = {
        "financeurs": annuaire.financeurs,
        "commune": annuaire.commune,
        "zone_eligibilite": annuaire.zone,
    }
    for nom in CHAMPS:
        valeur = ligne.valeurs.get(nom)
        if valeur in (None, "", []):
            continue
        if nom in chercher:
            valeurs[nom], refus = chercher[nom](valeur)
            erreurs += refus
        else:
            _verifier_champ(nom, valeur, valeurs, erreurs)
    return valeurs, erreurs


def _verifier_champ(nom, valeur, valeurs, erreurs):
    champ = Dispositif._meta.get_field(nom)
    if isinstance(valeur, str):
        valeur = valeur_simple(valeur)
    try:
        valeurs[nom] = champ.clean(valeur, None)
    except ValidationError as erreur:
        libelle = capfirst(champ.verbose_name)
        erreurs += [f"{libelle} : {message}" for message in erreur.messages]


# --- Décider du sort -----------------------------------------------------------------------------


def _creer(examen, valeurs, contexte):
    ligne = examen.ligne
    problemes = [phrase for _, phrase in incoherences(valeurs)]
    if manquants := [nom for nom in INDISPENSABLES if not valeurs.get(nom)]:
        libelles = [Dispositif._meta.get_field(nom).verbose_name for nom in manquants]
        problemes.insert(0, f"Pour créer une fiche, il manque : {', '.join(libelles)}.")
    if problemes:
        examen.refuser(*problemes)
        return
    if ligne.source_id:
        valeurs["source"] = ligne.source
    dispositif = Dispositif(
        source_id=ligne.source_id,
        saisi_par=contexte.acteur,
        demonstration=examen.porteur.demonstration,
        **{nom: valeur for nom, valeur in valeurs.items() if nom != "financeurs"},
    )
    examen.dispositif, examen.sort = dispositif, Sort.CREER
    if examen.porteur.pk is None:
        examen.raisons.append(f"La structure « {examen.porteur} » sera inscrite.")
    examen.apres = {n: valeur_simple(v) for n, v in valeurs.items()}
    _avertir(examen, valeurs["type"])


def _comparer(examen, valeurs, contexte, inventaire, porteur):
    fiche = examen.dispositif
    examen.avant = fiche.valeurs()
    examen.place = contexte.place and place_qui_permet(
        contexte.utilisateur, Droit.MODIFIER_DISPOSITIF, fiche
    )
    permis = contexte.place is None or examen.place is not None
    if fiche.source_id:
        valeurs.pop("source", None)  # elle identifie la fiche
    if "porteur" in examen.ligne.valeurs and porteur and porteur.pk != fiche.porteur_id:
        examen.raisons.append("La structure porteuse ne se change pas par un import.")
    for nom, valeur in valeurs.items():
        neuf = valeur_simple(valeur)
        if neuf == examen.avant[nom]:
            continue
        if permis and not inventaire.est_d_une_personne(fiche, nom, examen.avant[nom]):
            examen.apres[nom] = neuf
        elif decide := inventaire.ecart_connu(fiche, nom, neuf):
            examen.raisons.append(decide)
        else:
            examen.ecarts[nom] = neuf
    _conclure(examen, valeurs, permis)


def _conclure(examen, valeurs, permis):
    fiche = examen.dispositif
    resultat = {nom: getattr(fiche, nom) for nom in CHAMPS if nom not in RELATIONS}
    resultat |= {nom: valeurs[nom] for nom in examen.apres if nom not in RELATIONS}
    if problemes := [phrase for _, phrase in incoherences(resultat)]:
        examen.refuser(*problemes)
        return
    if examen.ecarts and not permis:
        examen.raisons.append(f"La fiche est tenue par {le(fiche.tenu_par)} : à elle de décider.")
    elif examen.ecarts:
        examen.raisons.append("Une personne a corrigé cette fiche : rien n’est écrasé.")
    if examen.apres:
        examen.sort = Sort.CHANGER
        if "type" in examen.apres:
            _avertir(examen, examen.apres["type"])
    elif examen.ecarts:
        examen.sort = Sort.PROPOSER


def _avertir(examen, type_):
    """Ce qui étonne se dit, sans refuser."""
    if phrase := transport_du_mauvais_porteur(type_, examen.porteur):
        examen.raisons.append(phrase)
