"""Exporte un plan dans un fichier : PDF, page HTML, ou contenu canonique en JSON."""

import os
import tempfile
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pams_portal.impression import ImpressionImpossible, imprimer_a_part
from plans.impression.html import page_autonome, plan_html
from plans.models import Plan
from plans.versions import contenu_canonique, empreinte


class Command(BaseCommand):
    help = "Exporte un plan : exporter_plan SLUG --pdf F, --html F ou --json F (ou plusieurs)."

    def add_arguments(self, parser):
        parser.add_argument("slug", help="l'identifiant du plan dans son adresse")
        parser.add_argument("--pdf", type=Path, metavar="F")
        parser.add_argument("--html", type=Path, metavar="F")
        parser.add_argument("--json", type=Path, metavar="F")
        parser.add_argument("--le", metavar="AAAA-MM-JJ", help="la date du document (aujourd'hui)")

    def handle(self, slug, pdf, html, json, le, **options):
        formats = [(pdf, self.en_pdf), (html, self.en_html), (json, self.en_json)]
        demandes = [(chemin, produire) for chemin, produire in formats if chemin]
        if not demandes:
            raise CommandError("Dites quoi écrire : --pdf F, --html F ou --json F.")
        plan, jour = lire_plan(slug), lire_jour(le)
        for chemin, produire in demandes:
            verifier(chemin)
            ecrire(chemin, produire(plan, jour))
            self.stdout.write(f"Écrit : {chemin}")

    def en_pdf(self, plan, jour):
        try:
            impression = imprimer_a_part(plan_html(plan, le=jour))
        except ImpressionImpossible as erreur:
            raise CommandError(str(erreur)) from erreur
        if not impression.accessible:
            self.stderr.write(f"Attention, ce PDF n'est pas accessible. {impression.reserve}")
        return impression.contenu

    def en_html(self, plan, jour):
        return page_autonome(plan_html(plan, le=jour)).encode()

    def en_json(self, plan, jour):
        octets = contenu_canonique(plan)
        self.stdout.write(f"Empreinte SHA-256 du contenu : {empreinte(octets)}")
        return octets


def lire_plan(slug):
    try:
        return Plan.objects.select_related("bassin").get(slug=slug)
    except Plan.DoesNotExist as erreur:
        connus = ", ".join(Plan.objects.order_by("slug").values_list("slug", flat=True)[:20])
        raise CommandError(
            f"Aucun plan « {slug} ». Plans connus : {connus or 'aucun'}."
        ) from erreur


def lire_jour(texte):
    if texte is None:
        return timezone.localdate()
    try:
        return date.fromisoformat(texte)
    except ValueError as erreur:
        raise CommandError(f"« {texte} » n'est pas une date AAAA-MM-JJ.") from erreur


def verifier(chemin):
    """Refuse avant de produire : un PDF long à faire ne doit pas échouer à l'écriture."""
    dossier = chemin.parent
    if not dossier.is_dir():
        raise CommandError(f"Le dossier {dossier} n'existe pas.")
    if chemin.is_dir():
        raise CommandError(f"{chemin} est un dossier : donnez un nom de fichier.")
    if not os.access(dossier, os.W_OK):
        raise CommandError(f"Le dossier {dossier} n'est pas accessible en écriture.")


def ecrire(chemin, contenu):
    """Écrit à côté, puis renomme : jamais de fichier à moitié écrit."""
    try:
        poignee, provisoire = tempfile.mkstemp(dir=chemin.parent, prefix=f".{chemin.name}.")
        try:
            with os.fdopen(poignee, "wb") as fichier:
                fichier.write(contenu)
            Path(provisoire).chmod(0o644)
            Path(provisoire).replace(chemin)
        finally:
            Path(provisoire).unlink(missing_ok=True)
    except OSError as erreur:
        raise CommandError(f"Impossible d'écrire {chemin} : {erreur.strerror}.") from erreur
