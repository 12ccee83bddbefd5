"""Le portail tel qu'il est servi, avec la vue nue en plus, sur la base que l'on mesure."""

import os

from pams_portal.settings import *  # noqa: F403
from pams_portal.settings import DATABASES, STORAGES

ROOT_URLCONF = "benchmarks.adresses"
DATABASES["default"]["NAME"] = os.environ["MESURES_BASE"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
