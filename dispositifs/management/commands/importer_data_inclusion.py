"""Importer des services data·inclusion depuis le serveur, au nom de l'administration technique."""

import sys
from collections import Counter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from bassins.models import Bassin
from dispositifs.importation.data_inclusion import LecteurDataInclusion
from dispositifs.importation.ecriture import InventaireChange, appliquer
from dispositifs.importation.moteur import Contexte, Sort, examiner
from dispositifs.importation.objets import FichierIllisible, lire_objets

DES_REFUS, CHANGE = 2, 3


class Command(BaseCommand):
    help = (
        "Importe des services data·inclusion (JSON ou CSV, v0 ou v1). Codes de sortie : 0 tout est "
        "passé ; 1 fichier illisible, rien n'est écrit ; 2 des lignes sont refusées, les autres "
        "sont écrites ; 3 l'inventaire a changé pendant l'import, rien n'est écrit."
    )

    def add_arguments(self, parser):
        parser.add_argument("services", type=Path)
        parser.add_argument("--structures", type=Path, help="le fichier des structures porteuses")
        parser.add_argument("--bassin", help="n'importer que ce qui touche ce bassin (son slug)")
        parser.add_argument("--simuler", action="store_true", help="dire, et ne rien écrire")

    def handle(self, services, structures, bassin, simuler, **options):
        contexte = Contexte(services.name, bassin=self.bassin(bassin))
        lecteur = LecteurDataInclusion(
            self.objets(services), self.objets(structures) if structures else ()
        )
        examens = list(examiner(lecteur, contexte))
        self.raconter(examens, lecteur.hors_sujet)
        if not simuler:
            self.ecrire(examens, contexte)
        if any(examen.sort == Sort.REFUSEE for examen in examens):
            sys.exit(DES_REFUS)

    def bassin(self, slug):
        trouve = Bassin.objects.filter(slug=slug).first() if slug else None
        if slug and trouve is None:
            raise CommandError(f"Aucun bassin n’a pour adresse « {slug} ».")
        return trouve

    def objets(self, chemin):
        try:
            return lire_objets(chemin.read_bytes())
        except OSError as erreur:
            raise CommandError(f"Le fichier {chemin} ne s’ouvre pas : {erreur.strerror}.") from None
        except FichierIllisible as refus:
            raise CommandError(f"{chemin.name} : {refus}") from None

    def raconter(self, examens, hors_sujet):
        for examen in examens:
            nom, suite = examen.ligne.valeurs.get("nom", ""), " ".join(examen.raisons)
            phrase = f"Ligne {examen.ligne.numero} : {Sort(examen.sort).label.lower()}, {nom}."
            self.stdout.write(f"{phrase} {suite}".rstrip())
        comptes = Counter(examen.sort for examen in examens)
        bilan = ", ".join(f"{s.label.lower()} : {comptes[s]}" for s in Sort if comptes[s])
        self.stdout.write(f"{len(examens)} services de mobilité. {bilan or 'Rien à lire'}.")
        if hors_sujet:
            self.stdout.write(f"Services sans thématique de mobilité, laissés : {hors_sujet}.")

    def ecrire(self, examens, contexte):
        try:
            appliquer(examens, contexte)
        except InventaireChange:
            self.stderr.write(
                "L’inventaire a changé pendant l’import : rien n’est écrit, relancez."
            )
            sys.exit(CHANGE)
        self.stdout.write("C’est écrit.")
