"""Le menu commun aux pages d'un plan."""

from django import template

from pams_portal.droits import Droit, peut

register = template.Library()

PAGES_PUBLIQUES = [("plan_detail", "Le texte"), ("plan_conformite", "Conformité")]
PAGES = [
    ("plan_detail", "Le texte"),
    ("plan_etapes", "Où en est le plan"),
    ("partie_list", "Parties"),
    ("qui_doit_quoi", "Qui doit quoi"),
    ("proposition_list", "Propositions"),
    ("observation_list", "Observations"),
    ("seance_list", "Comités"),
    ("plan_concertation", "Concertation"),
    ("plan_conformite", "Conformité"),
    ("plan_journal", "Journal"),
]


@register.inclusion_tag("plans/menu.html", takes_context=True)
def menu_du_plan(context, plan):
    """{% menu_du_plan plan %} : les pages que la personne peut ouvrir, la sienne marquée."""
    requete = context["request"]
    membre = peut(requete.user, Droit.LIRE_PLAN, plan)
    return {
        "plan": plan,
        "pages": [
            (f"plans:{nom}", libelle) for nom, libelle in (PAGES if membre else PAGES_PUBLIQUES)
        ],
        "ici": requete.resolver_match.view_name,
    }
