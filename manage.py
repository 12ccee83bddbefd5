#!/usr/bin/env python
"""Point d'entrée des commandes du portail."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pams_portal.settings")
    execute_from_command_line(sys.argv)
