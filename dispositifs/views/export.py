"""Emporter dans un tableur ce que la liste montre, exactement."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dispositifs.emporter.export import en_csv, en_xlsx
from dispositifs.recherche.filters import filtrer

FORMATS = {
    "csv": (en_csv, "text/csv; charset=utf-8"),
    "xlsx": (en_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@require_safe
@login_not_required
def dispositif_export(request, format_):
    """Les dispositifs de l'adresse de la liste, mêmes filtres et même tri, sans ses pages."""
    if format_ not in FORMATS:
        raise Http404("Ce format n’existe pas.")
    ecrire, type_ = FORMATS[format_]
    reponse = StreamingHttpResponse(ecrire(filtrer(request).qs), content_type=type_)
    nom = f"dispositifs-{timezone.localdate():%Y-%m-%d}.{format_}"
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    return reponse
