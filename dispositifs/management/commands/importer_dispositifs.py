"""Importer un fichier de dispositifs depuis le serveur, au nom de l'administration technique."""

import sys
from collections import Counter
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand, CommandError

from bassins.models import Bassin
from dispositifs.importation.classeurs import apercu, lire
from dispositifs.importation.colonnes import trouver_entetes
from dispositifs.importation.data_inclusion import LecteurDataInclusion
from dispositifs.importation.ecriture import InventaireChange, appliquer
from dispositifs.importation.moteur import Contexte, Sort, examiner
from dispositifs.importation.objets import FichierRefuse, lire_objets, reconnaitre
from dispositifs.importation.tableur import lire_tableur

RIEN_RECONNU = (
    "Aucune colonne de ce fichier n’est reconnue : donnez à sa première ligne les titres de "
    "l’export de l’inventaire (« Nom », « Type », « Structure porteuse »…)."
)
SEULEMENT_DES_SERVICES = (
    "« --structures » accompagne un fichier de services data·inclusion ; celui-ci est un tableur."
)
DES_STRUCTURES = (
    "Ce fichier est fait de structures data·inclusion : donnez celui des services, et celui-ci par "
    "« --structures »."
)
DES_REFUS, CHANGE = 2, 3


class Command(BaseCommand):
    help = (
        "Importe des dispositifs : un tableur (CSV, XLSX, ODS) ou des services data·inclusion "
        "(JSON ou CSV, v0 ou v1), reconnus d'eux-mêmes. Codes de sortie : 0 tout est passé ; 1 "
        "fichier illisible, rien n'est écrit ; 2 des lignes sont refusées, les autres sont "
        "écrites ; 3 l'inventaire a changé pendant l'import, rien n'est écrit."
    )

    def add_arguments(self, parser):
        parser.add_argument("fichier", type=Path)
        parser.add_argument(
            "--structures", type=Path, help="le fichier des structures data·inclusion"
        )
        parser.add_argument("--bassin", help="n'importer que ce qui touche ce bassin (son slug)")
        parser.add_argument("--simuler", action="store_true", help="dire, et ne rien écrire")

    def handle(self, fichier, structures, bassin, simuler, **options):
        contexte = Contexte(fichier.name, bassin=self.bassin(bassin))
        try:
            lignes = self.lignes(fichier, structures, contexte.dedans)
            examens = list(examiner(lignes, contexte))
        except OSError as erreur:
            chemin = erreur.filename or fichier
            raise CommandError(f"Le fichier {chemin} ne s’ouvre pas : {erreur.strerror}.") from None
        except FichierRefuse as refus:
            raise CommandError(str(refus)) from None
        self.raconter(examens)
        if hors_sujet := getattr(lignes, "hors_sujet", 0):
            self.stdout.write(f"Services sans thématique de mobilité, laissés : {hors_sujet}.")
        if not simuler:
            self.ecrire(examens, contexte)
        if any(examen.sort == Sort.REFUSEE for examen in examens):
            sys.exit(DES_REFUS)

    def bassin(self, slug):
        if not slug:
            return None
        try:
            return Bassin.objects.get(slug=slug)
        except Bassin.DoesNotExist:
            raise CommandError(f"Aucun bassin n’a pour adresse « {slug} ».") from None

    def lignes(self, chemin, structures, dans):
        octets = chemin.read_bytes()
        nature, services = reconnaitre(octets)
        if nature == "structures":
            raise FichierRefuse(DES_STRUCTURES)
        if nature == "services":
            connues = lire_objets(structures.read_bytes()) if structures else ()
            return LecteurDataInclusion(services, connues)
        if structures:
            raise FichierRefuse(SEULEMENT_DES_SERVICES)
        return self.rangs(ContentFile(octets, chemin.name), dans)

    def rangs(self, fichier, dans):
        entetes = trouver_entetes(apercu(fichier).suite)
        if not any(entetes.cles):
            raise FichierRefuse(RIEN_RECONNU)
        rangs = (rang for rang in lire(fichier).suite if rang[0] > entetes.rang)
        return lire_tableur(rangs, entetes.cles, dans=dans)

    def raconter(self, examens):
        for examen in examens:
            suite = " ".join(examen.raisons)
            nom = examen.ligne.valeurs.get("nom", "")
            phrase = f"Ligne {examen.ligne.numero} : {Sort(examen.sort).label.lower()}"
            self.stdout.write(f"{phrase}, {nom}. {suite}".rstrip())
        comptes = Counter(examen.sort for examen in examens)
        bilan = ", ".join(f"{s.label.lower()} : {comptes[s]}" for s in Sort if comptes[s])
        self.stdout.write(f"{len(examens)} lignes. {bilan or 'Rien à lire'}.")

    def ecrire(self, examens, contexte):
        try:
            appliquer(examens, contexte)
        except InventaireChange:
            self.stderr.write(
                "L’inventaire a changé pendant l’import : rien n’est écrit, relancez."
            )
            sys.exit(CHANGE)
        self.stdout.write("C’est écrit.")
