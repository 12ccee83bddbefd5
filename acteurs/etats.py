"""Les états successifs d'un objet, déduits du journal, et ce qui change de l'un à l'autre."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

from acteurs.lecture_du_journal import comparer_un_champ, liste, nommer
from acteurs.models import Acte

# Deux enregistrements plus proches, de la même personne, sont d'une même séance de travail.
UNE_SEANCE = timedelta(minutes=30)


class Seance(NamedTuple):
    """Ce qu'une personne a fait d'un trait ; `version` est l'état qu'elle a laissé, 0 si aucun."""

    version: int
    qui: str = ""
    acteur: str = ""
    verbe: str = ""
    debut: datetime | None = None
    fin: datetime | None = None
    actes: int = 0
    champs: frozenset = frozenset()
    ecarte: str = ""

    @property
    def nom(self):
        return f"État {self.version}"

    def suit(self, acte):
        """Vrai si cet acte, plus ancien, est de la même séance."""
        return (
            (self.qui, self.acteur) == (acte.nom_utilisateur, acte.nom_acteur)
            and self.verbe == acte.get_verbe_display() == Acte.Verbe.MODIFIER.label
            and self.debut - acte.quand <= UNE_SEANCE
        )


def seances(objet):
    """Les séances qui ont mené l'objet à son état présent, de la dernière à la première."""
    suite = []
    for acte in Acte.objects.sur(objet).order_by("-pk"):
        champs = {objet.libelle_de(cle) for cle in {*acte.avant, *acte.apres}}
        if suite and suite[-1].version and suite[-1].suit(acte):
            derniere = suite.pop()
            suite.append(
                derniere._replace(
                    debut=acte.quand, actes=derniere.actes + 1, champs=derniere.champs | champs
                )
            )
        else:
            suite.append(_seance(acte, champs))
    debut = suite[-1] if suite else None
    if debut is None or debut.verbe not in {verbe.label for verbe in Acte.DEBUTS}:
        suite.append(Seance(_version_de_depart(objet, suite)))
    return suite


def _seance(acte, champs):
    ecarte = acte.verbe == Acte.Verbe.ECARTER
    return Seance(
        version=0 if ecarte else acte.version,
        qui=acte.nom_utilisateur,
        acteur=acte.nom_acteur,
        verbe=acte.get_verbe_display(),
        debut=acte.quand,
        fin=acte.quand,
        actes=1,
        champs=frozenset(champs),
        ecarte="\n\n".join(str(valeur) for valeur in acte.apres.values()) if ecarte else "",
    )


def _version_de_depart(objet, suite):
    """L'état d'avant le premier acte connu : une part posée à l'ouverture n'a pas de « créer »."""
    return max(1, objet.version - sum(seance.actes for seance in suite if seance.version))


def comparer_etats(modele, avant, apres, cote=None, tous=False):
    """[(libellé du champ, Comparaison)] pour les champs dont la valeur change d'un état à l'autre.

    Entrées : le modèle ; deux dictionnaires de valeurs simples ; `cote`, comme `comparer_textes` ;
    `tous` pour garder aussi les champs inchangés. Une requête par modèle cité.
    """
    cles = [cle for cle in apres if tous or avant.get(cle) != apres.get(cle)]
    champs = {cle: modele._meta.get_field(cle) for cle in cles}
    cites = defaultdict(set)
    for cle, champ in champs.items():
        if champ.is_relation:
            cites[champ.related_model] |= {*liste(avant.get(cle)), *liste(apres.get(cle))}
    noms = nommer(cites)
    return [
        (
            modele.libelle_de(cle),
            comparer_un_champ(champs[cle], avant.get(cle), apres.get(cle), noms, cote),
        )
        for cle in cles
    ]
