"""Un contact public est celui d'un service : reconnaître l'adresse ou le numéro d'une personne.

Certain (un prénom connu et un nom) : refusé à la saisie. Douteux (une messagerie du grand public,
deux mots qui peuvent être un prénom et un nom, un téléphone mobile) : permis, dit à qui tient la
fiche, et tenu hors des données ouvertes.
"""

import re
from enum import StrEnum
from pathlib import Path

from django.core.exceptions import ValidationError

from pams_portal.recherche import normaliser

# Les messageries du grand public : une adresse de service n'y a pas de raison d'être.
MESSAGERIES_PERSONNELLES = {
    *("gmail.com", "googlemail.com", "hotmail.com", "hotmail.fr", "outlook.com", "outlook.fr"),
    *("live.fr", "live.com", "msn.com", "yahoo.fr", "yahoo.com", "icloud.com", "me.com"),
    *("orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "neuf.fr", "bbox.fr", "laposte.net"),
    *("numericable.fr", "aol.com", "aol.fr", "protonmail.com", "proton.me", "gmx.fr", "gmx.com"),
    *("club-internet.fr", "cegetel.net", "aliceadsl.fr", "mailo.com", "ymail.com", "mac.com"),
}
DOSSIER = Path(__file__).parent / "donnees"
# Les prénoms les plus portés en France, sans accents.
PRENOMS = set((DOSSIER / "prenoms.txt").read_text(encoding="utf-8").split())
# Un de ces mots dans l'adresse en fait celle d'un service.
MOTS_DE_SERVICE = set((DOSSIER / "mots_de_service.txt").read_text(encoding="utf-8").split())
# Bornée de partout : un texte hostile d'un million de signes se lit en temps linéaire.
ADRESSE = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@"
    r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,63}"
)
MOBILE = re.compile(r"(?<![\d+])(?:(?:\+|00)33[ .]?(?:\(0\))?|0)[ .-]?[67](?:[ .-]?\d{2}){4}(?!\d)")
REFUS = (
    "« %(adresse)s » est l’adresse d’une personne, et cette fiche est publique : donnez une "
    "adresse de service (accueil, contact, mobilité…), ou laissez vide."
)


class Contact(StrEnum):
    """Ce que l'on peut dire d'une adresse, rien qu'à la lire."""

    DE_SERVICE = "de_service"
    DOUTEUX = "douteux"
    PERSONNEL = "personnel"


def contact_de(courriel):
    """À qui paraît être une adresse de courriel : un service, peut-être une personne, une personne.

    Une adresse vide est de service : il n'y a rien à cacher.
    """
    local, _, domaine = courriel.lower().rpartition("@")
    mots = re.findall(r"[a-z]+", normaliser(local.partition("+")[0]))
    if not set(mots) & MOTS_DE_SERVICE:
        if len(mots) >= 2 and {mots[0], mots[-1]} & PRENOMS:
            return Contact.PERSONNEL
        if (len(mots) == 2 and not set(mots) & {"n", "x"}) or set(mots) & PRENOMS:
            return Contact.DOUTEUX
    return Contact.DOUTEUX if domaine in MESSAGERIES_PERSONNELLES else Contact.DE_SERVICE


def est_un_mobile(telephone):
    """Vrai pour un numéro de téléphone mobile français : il peut être celui d'une personne."""
    return bool(MOBILE.search(telephone))


def contacts_douteux(texte):
    """Les adresses et les numéros mobiles d'un texte qui peuvent être ceux d'une personne."""
    adresses = [a for a in ADRESSE.findall(texte) if contact_de(a) != Contact.DE_SERVICE]
    return [*adresses, *(trouve[0] for trouve in MOBILE.finditer(texte))]


def sans_contact_douteux(texte):
    """Le même texte, où un contact douteux a laissé place à une mention."""
    texte = ADRESSE.sub(
        lambda trouve: (
            trouve[0] if contact_de(trouve[0]) == Contact.DE_SERVICE else "[courriel retiré]"
        ),
        texte,
    )
    return MOBILE.sub("[numéro retiré]", texte)


def refuser_les_adresses_de_personnes(texte):
    """Le validateur des champs publics : lève `ValidationError` sur l'adresse d'une personne."""
    for adresse in ADRESSE.findall(texte):
        if contact_de(adresse) == Contact.PERSONNEL:
            raise ValidationError(REFUS, code="contact_personnel", params={"adresse": adresse})
