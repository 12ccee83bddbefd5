"""Refuser l'octet nul dans un chemin : aucun nom n'en porte, et PostgreSQL n'en veut pas."""

from django.http import Http404


class OctetNulRefuse:
    """Une page dont le chemin en contient un n'existe pas."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path_info:
            raise Http404("Ce chemin porte un octet nul.")
        return self.get_response(request)
