"""Ce qu'un lecteur de fichier rend au moteur d'import, quel que soit le format."""

from typing import NamedTuple


class OrganismeLu(NamedTuple):
    """Un organisme tel que le fichier le nomme ; un porteur qui manque s'inscrit par son SIREN."""

    nom: str = ""
    siren: str = ""
    nature: str = "autre"
    pk: int | None = None

    def __str__(self):
        return self.nom or self.siren


class LigneLue(NamedTuple):
    """Une fiche lue dans un fichier, ses valeurs déjà dans leur type.

    `valeurs` : {champ de `Dispositif`: valeur}, où une valeur vide ou absente ne dit rien (un
    import n'efface jamais). Un texte, un nombre, une date, une liste de codes ; des clés de
    territoire pour `zone_eligibilite` ; un code INSEE pour `commune` ; un `OrganismeLu` pour
    `porteur` (absent : la structure qui importe), une liste pour `financeurs`.
    La fiche se retrouve par `identifiant` (le nôtre), sinon par `source` et `source_id` (le leur),
    sinon par sa structure porteuse, son type et son nom.
    `erreurs` : les phrases qui font refuser la ligne ; `remarques` : ce qui est dit sans refuser.
    """

    numero: int
    valeurs: dict
    source: str = ""
    source_id: str = ""
    erreurs: tuple = ()
    remarques: tuple = ()
    identifiant: str = ""
