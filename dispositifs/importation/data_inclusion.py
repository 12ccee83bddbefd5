"""Le lecteur de data·inclusion : ses fichiers services et structures, aux `LigneLue` du moteur.

Rien n'est deviné ni perdu en silence : une valeur inconnue, un champ que le portail ne garde pas,
un type déduit se disent en remarque. Une fiche que le portail connaît déjà et dont le fichier dit
la même chose ne change pas.
"""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q

from acteurs.models import Acteur
from acteurs.validators import valider_siret
from dispositifs.importation.champs_lus import CHAMPS, ChampsLus
from dispositifs.importation.lignes import LigneLue, OrganismeLu
from dispositifs.importation.listes import est_vide, lire_liste
from dispositifs.models import Dispositif
from dispositifs.ouverture.data_inclusion import departements_par_region, service
from dispositifs.ouverture.vocabulaire import (
    COLONNES_ANCIENNES,
    NATURE_PAR_RESEAU,
    SOURCE,
    SOURCE_DEMONSTRATION,
    THEMATIQUES_ANCIENNES,
)
from dispositifs.typologie import Thematique

LISTES = ("thematiques", "publics", "modes_accueil", "zone_eligibilite")
LISTES += ("modes_mobilisation", "mobilisable_par")
NOUS = (SOURCE, SOURCE_DEMONSTRATION)
SANS_STRUCTURE = (
    "La structure « {} » n’est pas dans le fichier des structures : donnez-le avec celui des "
    "services, ou inscrivez d’abord cette structure."
)


class LecteurDataInclusion:
    """Itérable de `LigneLue`. `services` et `structures` : [(numéro, {champ: valeur})].

    `hors_sujet` compte, la lecture finie, les services sans thématique de mobilité, laissés là.
    """

    def __init__(self, services, structures=()):
        self.services, self.hors_sujet = services, 0
        self.structures = {_texte(objet.get("id")): objet for _, objet in structures}
        self.departements = departements_par_region()
        self.regions = {frozenset(d): r for r, d in self.departements.items() if len(d) > 1}

    def __iter__(self):
        self.hors_sujet = 0
        dits = [(numero, _normaliser(objet)) for numero, objet in self.services]
        self.acteurs = self._acteurs_a_nous(dits)
        self.fiches = _fiches_connues(dits)
        for numero, dit in dits:
            if est_de_mobilite(dit):
                yield self._ligne(numero, dit)
            else:
                self.hors_sujet += 1

    def _ligne(self, numero, dit):
        lus = ChampsLus(dit, self.regions)
        valeurs, erreurs = lus.valeurs(), []
        porteur = self._porteur(dit["structure_id"], lus.remarques, erreurs)
        if porteur:
            valeurs["porteur"] = porteur
        source, id_ = dit["source"], dit["id"]
        if not source or not id_:
            erreurs.append("La source et l’identifiant du service manquent.")
        fiche = self.fiches.get(id_)
        if fiche:
            valeurs = self._ce_qui_differe(valeurs, dit, fiche)
        return LigneLue(
            numero,
            valeurs,
            # Partie d'ici, une fiche connue n'a pas d'autre identifiant que le nôtre.
            source="" if fiche else source,
            source_id="" if fiche else id_,
            identifiant=str(fiche.identifiant) if fiche else "",
            erreurs=tuple(erreurs),
            remarques=tuple(lus.remarques),
        )

    def _ce_qui_differe(self, valeurs, dit, fiche):
        """Les valeurs dont le fichier dit autre chose que ce que nous publierions nous-mêmes."""
        publie = service(fiche, self.departements)
        memes = {
            nom
            for nom, champs in CHAMPS.items()
            if all((dit.get(champ) or None) == publie[champ] for champ in champs)
        }
        return {nom: valeur for nom, valeur in valeurs.items() if nom not in memes}

    # --- La structure porteuse -------------------------------------------------------------------

    def _porteur(self, id_, remarques, erreurs):
        if id_ in self.acteurs:
            acteur = self.acteurs[id_]
            return OrganismeLu(acteur.nom, acteur.siren or "", acteur.nature, acteur.pk)
        structure = self.structures.get(id_)
        if structure is None:
            erreurs.append(SANS_STRUCTURE.format(id_))
            return None
        siret = _texte(structure.get("siret")).removesuffix(".0")
        try:
            valider_siret(siret or "0" * 14)
        except ValidationError as erreur:
            remarques.append(f"SIRET de la structure : {erreur.messages[0]}")
            siret = ""
        reseaux = lire_liste(structure.get("reseaux_porteurs"))
        natures = [NATURE_PAR_RESEAU[r] for r in reseaux if r in NATURE_PAR_RESEAU]
        nature = natures[0] if len(natures) == 1 else Acteur.Nature.AUTRE
        return OrganismeLu(_texte(structure.get("nom")), siret[:9], nature)

    def _acteurs_a_nous(self, dits):
        """{id de structure: acteur} des structures que ce portail a lui-même publiées."""
        cles = {d["structure_id"]: uuid for _, d in dits if (uuid := _a_nous(d["structure_id"]))}
        acteurs = Acteur.objects.filter(identifiant__in=cles.values())
        par_uuid = {acteur.identifiant: acteur for acteur in acteurs}
        return {id_: par_uuid[uuid] for id_, uuid in cles.items() if uuid in par_uuid}


def est_de_mobilite(dit):
    """Vrai pour un service de mobilité, et pour tout ce que ce portail a publié."""
    return dit["source"] in NOUS or bool(set(dit["thematiques"]) & set(Thematique.values))


def _fiches_connues(dits):
    """{id de service: dispositif} : les nôtres, et celles qui en sont déjà venues."""
    uuids = {d["id"]: uuid for _, d in dits if (uuid := _a_nous(d["id"]))}
    cherchees = Q(identifiant__in=uuids.values(), source_id="")
    cherchees |= Q(source_id__in=[d["id"] for _, d in dits])
    # La démonstration a une source, sans venir de data·inclusion.
    cherchees |= Q(identifiant__in=uuids.values(), demonstration=True)
    # Une fiche fusionnée mène à celle qui la remplace.
    fiches = Dispositif.tous.filter(cherchees).with_acteurs().retrouver()
    par_uuid = {trouvee.identifiant: fiche for trouvee, fiche in fiches}
    par_source = {trouvee.source_id: fiche for trouvee, fiche in fiches if trouvee.source_id}
    trouvees = {
        d["id"]: par_source.get(d["id"]) or par_uuid.get(uuids.get(d["id"])) for _, d in dits
    }
    return {id_: fiche for id_, fiche in trouvees.items() if fiche}


def _a_nous(id_):
    """L'identifiant que porte un id publié par un portail PAMS, ou None."""
    source, _, reste = id_.partition("--")
    try:
        return UUID(reste) if source in NOUS else None
    except ValueError:
        return None


def _texte(valeur):
    return "" if est_vide(valeur) else str(valeur).strip()


def _normaliser(objet):
    """Le service avec ses noms d'aujourd'hui, ses listes lues et triées, ses thématiques v1."""
    objet = {COLONNES_ANCIENNES.get(champ, champ): v for champ, v in objet.items()} | {
        champ: v for champ, v in objet.items() if champ not in COLONNES_ANCIENNES
    }
    dit = {champ: valeur for champ, valeur in objet.items() if not est_vide(valeur)}
    dit = {champ: v.strip() if isinstance(v, str) else v for champ, v in dit.items()}
    for champ in LISTES:
        dit[champ] = sorted(lire_liste(dit.get(champ)))
    dit["thematiques"] = sorted(
        {neuf for t in dit["thematiques"] for neuf in THEMATIQUES_ANCIENNES.get(t, [t])}
    )
    for champ in ("source", "id", "structure_id"):
        dit[champ] = _texte(dit.get(champ))
    return dit
