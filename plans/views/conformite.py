"""La conformité du plan à la loi, telle que les registres la montrent aujourd'hui."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from plans.conformite import LEGIFRANCE, Portee, conformite
from plans.views.plan import plan_visible


@login_not_required
@require_safe
def plan_conformite(request, slug):
    """Les constats, par portée : texte de loi, notre lecture, recommandation."""
    plan = plan_visible(request, slug)
    jour = timezone.localdate()
    constats = conformite(plan, jour)
    contexte = {
        "plan": plan,
        "jour": jour,
        "par_portee": [(p, [c for c in constats if c.portee == p]) for p in Portee],
        "legifrance": LEGIFRANCE,
    }
    return render(request, "plans/plan_conformite.html", contexte)
