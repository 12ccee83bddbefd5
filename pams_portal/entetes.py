"""Les en-têtes de sécurité que Django 5.2 ne pose pas lui-même.

`SECURE_CSP` porte le nom du réglage de Django 6 : ce module disparaîtra avec lui.
"""

from django.conf import settings


class EntetesDeSecurite:
    def __init__(self, get_response):
        self.get_response = get_response
        self.csp = "; ".join(f"{cle} {valeur}" for cle, valeur in settings.SECURE_CSP.items())

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.csp)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        return response
