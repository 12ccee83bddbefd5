"""Les filtres du document imprimé."""

from django import template
from django.utils.formats import number_format
from django.utils.safestring import mark_safe

from dispositifs import etats
from pams_portal.texte import en_html
from pams_portal.typographie import INSECABLE
from pams_portal.typographie import jour as en_jour
from plans.impression.html import pour_l_impression

register = template.Library()


@register.filter
def jour(date):
    """{{ etape.echeance|jour }} : « 7 novembre 2026 », « 1er mai 2027 », insécable."""
    return en_jour(date).replace(" ", INSECABLE)


@register.filter
def imprime(texte, niveau):
    """{{ contribution.texte|imprime:3 }} : le texte riche, ses titres à partir du niveau donné."""
    return mark_safe(pour_l_impression(en_html(texte, niveau)))  # noqa: S308 (nettoyé par en_html)


@register.filter
def valeur(dictionnaire, cle):
    """{{ territoires|valeur:cle }}"""
    return dictionnaire.get(cle, cle)


@register.filter
def statut_au(dispositif, jour):
    """{{ d|statut_au:contenu.le }} : l'état d'un dispositif à la date que porte le document."""
    return etats.statut_au(jour, dispositif.statut, dispositif.confirme_le).label


@register.filter
def liste(texte):
    """{{ "Code,Action"|liste }}"""
    return texte.split(",")


@register.filter
def nombre(quantite):
    """Une quantité, ses décimales utiles seulement : « 1 250 », « 0,5 »."""
    if quantite is None:
        return ""
    return number_format(f"{quantite:f}".rstrip("0").rstrip("."), force_grouping=True)


@register.filter
def entier(quantite):
    """Un entier, les milliers séparés."""
    return number_format(quantite, 0, force_grouping=True)


@register.filter
def annee(numero, absente="–"):
    """Une année, sans séparateur de milliers ; un mot si elle n'est pas fixée."""
    return absente if numero is None else str(numero)
