"""Les colonnes d'un tableur de dispositifs : les mêmes à l'aller et au retour.

L'export écrit le titre français, puis la clé stable ; l'import reconnaît l'une, l'autre, et les
mots que les partenaires emploient.
"""

import re
from typing import NamedTuple

from pams_portal.recherche import normaliser

LIGNES_D_ENTETE = 15
CLES_POUR_RECONNAITRE = 3


class Colonne(NamedTuple):
    """Une colonne : sa clé stable, son titre, et les autres mots qui la désignent."""

    cle: str
    titre: str
    mots: tuple = ()


# fmt: off
COLONNES = [
    Colonne("identifiant", "Identifiant", ()),
    Colonne("nom", "Nom", ("nom du dispositif", "nom du service", "intitulé", "titre", "dispositif", "libellé", "dispositif nom", "nom commercial")),
    Colonne("type", "Type", ("type de dispositif", "catégorie", "type de service", "dispositif type", "nature du dispositif")),
    Colonne("porteur", "Structure porteuse", ("porteur", "structure", "organisme", "opérateur", "exploitant", "gestionnaire", "nom de la structure", "structure nom", "organisme porteur", "association")),
    Colonne("porteur_siren", "SIREN de la structure porteuse", ("siren", "siret", "n° siren", "n° siret", "numéro siret", "structure siren", "structure siret", "siret de la structure", "siren porteur", "siret porteur")),
    Colonne("description", "Description", ("descriptif", "présentation", "objet", "résumé", "détail", "dispositif description")),
    Colonne("publics", "Publics", ("public", "public cible", "publics cibles", "publics visés", "public visé", "pour qui")),
    Colonne("conditions", "Conditions et justificatifs", ("conditions", "conditions d’accès", "critères", "justificatifs", "éligibilité", "autres conditions")),
    Colonne("motifs", "Motifs de déplacement", ("motif", "motifs", "motif de déplacement")),
    Colonne("zone_eligibilite", "Zone d’éligibilité", ("zone", "territoire", "territoires", "territoires concernés", "périmètre", "zone géographique", "zone d’intervention", "epci", "secteur", "couverture", "zone couverte")),
    Colonne("commune", "Commune d’accueil", ("commune", "ville", "code insee", "insee", "code commune", "commune d’implantation")),
    Colonne("adresse", "Adresse", ("rue", "adresse postale")),
    Colonne("horaires", "Horaires", ("horaire", "horaires d’ouverture", "horaires d’accueil")),
    Colonne("frais", "Frais", ("gratuit ou payant", "gratuité")),
    Colonne("frais_precisions", "Précision sur les frais", ("tarif", "tarifs", "prix", "coût pour l’usager", "frais précisions", "reste à charge")),
    Colonne("mobilisable_par", "Mobilisable par", ("prescripteurs", "orientation")),
    Colonne("modes_mobilisation", "Comment le mobiliser", ("modes de mobilisation", "démarche", "démarches")),
    Colonne("lien_mobilisation", "Lien de mobilisation", ("site", "site web", "site internet", "url", "lien", "page web")),
    Colonne("courriel", "Courriel du service", ("courriel", "email", "e-mail", "mail", "adresse mail", "adresse électronique", "courriel institutionnel", "contact mail")),
    Colonne("telephone", "Téléphone du service", ("téléphone", "tel", "tél.", "n° de téléphone", "contact téléphone")),
    Colonne("capacite", "Capacité par an", ("capacité", "capacité annuelle", "places")),
    Colonne("beneficiaires", "Bénéficiaires l’an dernier", ("bénéficiaires", "nombre de bénéficiaires", "nb bénéficiaires", "usagers")),
    Colonne("delai", "File d’attente ou délai", ("délai", "attente", "liste d’attente", "délai d’attente")),
    Colonne("etp", "Équivalents temps plein", ("etp", "nombre d’etp", "effectif")),
    Colonne("cout_annuel", "Coût annuel (€)", ("coût", "coût annuel", "budget", "budget annuel", "montant")),
    Colonne("financeurs", "Financeurs", ("financeur", "organisme financeur", "cofinanceurs")),
    Colonne("debut_financement", "Début du financement", ("début", "date de début", "date d’ouverture")),
    Colonne("fin_financement", "Fin du financement", ("fin", "date de fin", "échéance", "expiration", "date de clôture")),
    Colonne("source", "Source", ("origine", "nom de la source")),
    Colonne("source_id", "Identifiant à la source", ("id", "identifiant source", "référence", "réf", "id source")),
    Colonne("lien_source", "Adresse de la source", ("url source", "lien source")),
    Colonne("date_source", "Date de la source", ("date", "mise à jour", "date de mise à jour", "date maj", "modifiée le")),
]
# Écrites à l'export pour être lues ; l'import les reconnaît et n'y touche pas.
POUR_INFORMATION = [
    Colonne("mention", "Mention"),
    Colonne("statut", "État"),
    Colonne("confirme_le", "Confirmé le"),
    Colonne("confirme_par", "Confirmé par"),
    Colonne("tenu_par", "Fiche tenue par"),
    Colonne("adresse_fiche", "Adresse de la fiche"),
]
# fmt: on
# ruff: noqa: E501
TITRES = {colonne.cle: colonne.titre for colonne in COLONNES}
CLES = {*TITRES, *(colonne.cle for colonne in POUR_INFORMATION)}
IGNOREE = ""


def _mots_connus():
    connus = {}
    for colonne in COLONNES:
        for mot in (colonne.cle, colonne.titre, *colonne.mots):
            connus.setdefault(normaliser_titre(mot), colonne.cle)
    return connus | {
        normaliser_titre(mot): IGNOREE
        for colonne in POUR_INFORMATION
        for mot in (colonne.cle, colonne.titre)
    }


def normaliser_titre(titre):
    titre = titre.replace("_", " ").replace("*", " ").replace("(s)", "s").replace("(S)", "s")
    return normaliser(titre).strip(" .:()")


def _sans_parenthese(titre):
    """« Description (200 signes au moins) » est la colonne « Description »."""
    return re.sub(r"\([^)]*\)", " ", titre)


class Entetes(NamedTuple):
    """Où commencent les données, le titre de chaque colonne, et la clé reconnue ou ''."""

    rang: int
    titres: list
    cles: list


def trouver_entetes(rangs, retenues=None):
    """Cherche la ligne de titres dans les premiers rangs : [(numéro, [textes])].

    `retenues` : {titre normalisé: clé}, ce que la structure a déjà dit de ses colonnes.
    """
    rangs = rangs[:LIGNES_D_ENTETE]
    for place, (numero, textes) in enumerate(rangs):
        propres = [texte.strip() for texte in textes]
        if sum(texte in CLES for texte in propres) >= CLES_POUR_RECONNAITRE:
            titres = rangs[place - 1][1] if place else textes
            titres = [*titres, *[""] * len(textes)][: len(textes)]
            return Entetes(numero, titres, [t if t in TITRES else "" for t in propres])
    candidates = [_lire_entetes(rang, [rang[1]], retenues) for rang in rangs if any(rang[1])]
    candidates += [
        _lire_entetes(bas, [haut[1], bas[1]], retenues)
        for haut, bas in zip(rangs, rangs[1:], strict=False)
        if any(haut[1]) and any(bas[1])
    ]
    if not candidates:
        return Entetes(0, [], [])
    return max(candidates, key=lambda entetes: len({cle for cle in entetes.cles if cle}))


def _lire_entetes(rang, niveaux, retenues):
    """Les titres d'une ligne, ou de deux dont la première couvre plusieurs colonnes."""
    largeur = max(map(len, niveaux))
    niveaux = [[*niveau, *[""] * (largeur - len(niveau))] for niveau in niveaux]
    bas = niveaux[-1]
    haut = _etendre(niveaux[0]) if len(niveaux) > 1 else [""] * largeur
    titres = [" ".join(f"{h} {b}".split()) for h, b in zip(haut, bas, strict=True)]
    connus = _mots_connus() | (retenues or {})
    cles, prises = [], set()
    for titre, seul in zip(titres, bas, strict=True):
        formes = (titre, seul, _sans_parenthese(titre), _sans_parenthese(seul))
        essais = (connus.get(normaliser_titre(essai), "") for essai in formes if essai)
        cle = next((cle for cle in essais if cle and cle not in prises), "")
        prises.add(cle)
        cles.append(cle)
    return Entetes(rang[0], titres, cles)


def _etendre(textes):
    """Une cellule fusionnée ne garde son texte qu'à gauche : il vaut pour les suivantes."""
    dernier, etendus = "", []
    for texte in textes:
        dernier = texte.strip() or dernier
        etendus.append(dernier)
    return etendus
