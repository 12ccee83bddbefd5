"""Emporter dans un tableur ce que la liste montre, exactement."""

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dispositifs.export import en_csv, en_xlsx
from dispositifs.filters import filtrer

TYPE_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@login_not_required
def dispositif_export(request, format_):
    """Les dispositifs de l'adresse de la liste, mêmes filtres et même tri, sans ses pages."""
    dispositifs = filtrer(request).qs
    nom = f"dispositifs-{timezone.localdate():%Y-%m-%d}.{format_}"
    if format_ == "xlsx":
        return FileResponse(
            en_xlsx(dispositifs), as_attachment=True, filename=nom, content_type=TYPE_XLSX
        )
    if format_ == "csv":
        reponse = StreamingHttpResponse(en_csv(dispositifs), content_type="text/csv; charset=utf-8")
        reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
        return reponse
    raise Http404("Ce format n’existe pas.")
