"""Balises et filtres du portail, disponibles dans tous les gabarits."""

from django import template
from django.template.defaultfilters import pluralize

from pams_portal import droits, elision
from pams_portal.texte import en_html
from pams_portal.typographie import espacer, instant, jour, lien_de_telephone, montant

register = template.Library()


@register.simple_tag(takes_context=True)
def peut(context, droit, objet):
    """{% peut "modifier_fiche" fiche as modifiable %}"""
    return droits.peut(context["request"].user, droits.Droit(droit), objet)


@register.filter
def texte_riche(texte, niveau=3):
    """{{ contribution.texte|texte_riche:3 }} : le Markdown fermé, rendu et nettoyé."""
    return en_html(texte, niveau)


# La part {{ acteur|de }}, confiée {{ acteur|a }}, portée par {{ acteur|le }}.
register.filter(elision.de)
register.filter(elision.a)
register.filter(elision.le)
register.filter(montant)
register.filter(jour)
register.filter(instant)
register.filter(lien_de_telephone)


@register.filter(name="pluralize")
def accorder(nombre, suffixes="s"):
    """`pluralize`, et comme en français zéro reste au singulier : « 0 dispositif »."""
    return pluralize(nombre or 1, suffixes)


@register.filter(is_safe=True)
def typo(texte):
    """Pose les espaces insécables d'un texte venu d'ailleurs que d'un gabarit."""
    return espacer(str(texte))
