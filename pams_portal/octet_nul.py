"""Refuser l'octet nul dans une adresse : aucun texte n'en porte, et PostgreSQL n'en veut pas."""

from django.http import Http404


class OctetNulRefuse:
    """Une adresse qui en contient un n'existe pas."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path_info or "%00" in request.META["QUERY_STRING"]:
            raise Http404("Cette adresse porte un octet nul.")
        return self.get_response(request)
