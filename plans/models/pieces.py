"""Ce qui peut porter la pièce établissant ce qu'on écrit pour un autre ; ses fichiers."""

from datetime import timedelta
from hashlib import sha256

from django.apps import apps
from django.db import models, transaction

from plans import pieces

UN_JOUR = timedelta(days=1)


class AvecPiece(models.Model):
    """Un objet qui peut porter une pièce jointe ; attend `url_de_la_piece`."""

    piece = models.FileField("pièce jointe", upload_to=pieces.lieu, blank=True)
    piece_nom = models.CharField(
        "nom de la pièce jointe", max_length=100, blank=True, editable=False
    )
    piece_empreinte = models.CharField(
        "empreinte de la pièce jointe", max_length=64, blank=True, editable=False
    )
    piece_poids = models.PositiveIntegerField(default=0, editable=False)

    # Le fichier n'est pas au journal ; son nom et son empreinte disent lequel c'était.
    CONSIGNES_DE_LA_PIECE = ("piece_nom", "piece_empreinte")
    champs_muets = ("piece_empreinte",)

    class Meta:
        abstract = True

    @property
    def piece_extension(self):
        return self.piece_nom.rpartition(".")[2]

    def joindre(self, fichier):
        """Porte ce fichier, déjà jugé ; il se range quand l'objet s'enregistre."""
        self.piece, self.piece_nom, self.piece_poids = fichier, fichier.name, fichier.size
        self.piece_empreinte = sha256(fichier.read()).hexdigest()
        fichier.seek(0)

    def retirer_la_piece(self):
        """L'objet n'en porte plus ; le fichier s'efface quand l'écriture est acquise."""
        oublier_les_fichiers([self])
        self.sans_piece()

    def sans_piece(self):
        self.piece = self.piece_nom = self.piece_empreinte = ""
        self.piece_poids = 0

    def delete(self, *args, **kwargs):
        oublier_les_fichiers([self])
        return super().delete(*args, **kwargs)


def oublier_les_fichiers(objets):
    """Efface les pièces de ces objets quand leur suppression est acquise."""
    for nom in [objet.piece.name for objet in objets if objet.piece]:
        transaction.on_commit(lambda nom=nom: pieces.effacer(nom))


def elaguer_les_pieces(delai=UN_JOUR):
    """Efface les fichiers que plus rien ne cite."""
    porteurs = [m for m in apps.get_models() if issubclass(m, AvecPiece) and not m._meta.proxy]
    citees = [m.objects.exclude(piece="").values_list("piece", flat=True) for m in porteurs]
    pieces.elaguer({nom for noms in citees for nom in noms}, delai)
