"""Ce que tous les gabarits savent du portail."""

from django.conf import settings


def portail(request):
    return {
        "portail": {
            "nom": settings.PORTAIL_NOM,
            "site_url": settings.SITE_URL,
            "demonstration": settings.DEMO,
            "couleur_accent": settings.PORTAIL_ACCENT,
            "cookie_csrf": settings.CSRF_COOKIE_NAME,
        }
    }
