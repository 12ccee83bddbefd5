from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import path

from pams_portal.urls import handler403, handler404
from pams_portal.urls import urlpatterns as du_portail

__all__ = ["handler403", "handler404", "urlpatterns"]


@login_not_required
def nue(request):
    return HttpResponse("en service\n", content_type="text/plain")


urlpatterns = [path("nue/", nue), *du_portail]
