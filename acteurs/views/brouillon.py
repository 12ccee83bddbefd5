"""Les brouillons d'une personne : tout relire, reprendre ou abandonner. Elle seule les voit."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

PAR_PAGE = 10


@require_safe
def brouillon_list(request):
    page = Paginator(request.user.brouillons.all(), PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "acteurs/brouillon_list.html", {"page": page})


@require_POST
def brouillon_delete(request, pk):
    get_object_or_404(request.user.brouillons, pk=pk).delete()
    messages.success(request, "Le brouillon est abandonné.")
    return redirect("brouillon_list")
