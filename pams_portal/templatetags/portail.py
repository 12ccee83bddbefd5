"""Balises et filtres du portail, disponibles dans tous les gabarits."""

from django import template
from django.utils.formats import date_format, number_format

from pams_portal import droits, elision
from pams_portal.texte import en_html

register = template.Library()
INSECABLE = "\u00a0"
FINE_INSECABLE = "\u202f"


@register.simple_tag(takes_context=True)
def peut(context, droit, objet):
    """{% peut "modifier_fiche" fiche as modifiable %}"""
    return droits.peut(context["request"].user, droits.Droit(droit), objet)


@register.filter
def texte_riche(texte, niveau=3):
    """{{ contribution.texte|texte_riche:3 }} : le Markdown fermé, rendu et nettoyé."""
    return en_html(texte, niveau)


@register.filter
def de(nom):
    """La part {{ acteur|de }} : « d’Amiens Métropole », « de la Somme », « du Mans »."""
    return elision.de(nom)


@register.filter
def montant(valeur):
    """{{ ligne.montant|montant }} : « 12 500 € », avec les centimes s'il y en a."""
    if valeur is None:
        return ""
    decimales = 0 if valeur == int(valeur) else 2
    return number_format(valeur, decimales, force_grouping=True) + INSECABLE + "€"


@register.filter
def jour(date):
    """{{ fiche.debut|jour }} : « 1er janvier 2027 », « 7 novembre 2026 »."""
    if not date:
        return ""
    ecrite = date_format(date, "j F Y")
    return ecrite.replace("1 ", "1er ", 1) if ecrite.startswith("1 ") else ecrite


@register.filter
def typo(texte):
    """Pose les espaces insécables devant « : ; ? ! » et dans les guillemets."""
    texte = str(texte)
    for signe in ";?!":
        texte = texte.replace(f" {signe}", FINE_INSECABLE + signe)
    texte = texte.replace(" :", INSECABLE + ":")
    return texte.replace("« ", "«" + INSECABLE).replace(" »", INSECABLE + "»")
