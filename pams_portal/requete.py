"""Lire ce qu'annonce une requête : tapé à la main, tout y est possible."""

from uuid import UUID


def numero_lu(texte):
    """Le nombre entier qu'annonce ce texte d'une requête, de neuf chiffres au plus ; sinon None."""
    return int(texte) if texte.isdecimal() and len(texte) <= 9 else None


def uuid_lu(texte):
    """L'identifiant que porte ce texte, ou None."""
    try:
        return UUID(texte)
    except ValueError:
        return None


def texte_lu(donnees, nom):
    """Ce que porte ce champ d'un envoi, sans octet nul ; vide s'il manque."""
    return donnees.get(nom, "").replace("\0", "")
