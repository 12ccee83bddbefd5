"""Joindre la pièce qui établit une ligne écrite pour un organisme hors du portail."""

from django import forms
from django.core.files.base import ContentFile
from django.db import transaction

from pams_portal.edition import FormulaireVersionne
from plans.pieces import POIDS_AU_PLUS, effacer, extension_de, nom_sain

REFUSEE = (
    "Ce fichier n’est ni un PDF, ni une image PNG ou JPEG, ni un document DOCX ou ODT sans macro. "
    "C’est son contenu qui compte, pas son nom."
)
TROP_LOURDE = f"La pièce dépasse {POIDS_AU_PLUS // 1024**2}\u00a0Mio."
A_CHOISIR_DE_NOUVEAU = "Choisissez de nouveau la pièce : le navigateur ne la garde pas."
POUR_UN_ABSENT = "Une pièce ne se joint qu’à la ligne d’un organisme absent du plan."


class PieceField(forms.FileField):
    """Un fichier reconnu à son contenu ; rend un ContentFile au nom assaini."""

    default_error_messages = {"empty": "Le fichier est vide."}

    def clean(self, data, initial=None):
        """Sans fichier nouveau, None : la pièce déjà jointe n'a pas à être relue."""
        return super().clean(data)

    def to_python(self, data):
        fichier = super().to_python(data)
        if fichier is None:
            return None
        if fichier.size > POIDS_AU_PLUS:
            raise forms.ValidationError(TROP_LOURDE)
        contenu = fichier.read()
        extension = extension_de(contenu)
        if extension is None:
            raise forms.ValidationError(REFUSEE)
        return ContentFile(contenu, nom_sain(fichier.name, extension))


class FormulaireAvecPiece(FormulaireVersionne):
    """Le fichier s'écrit avec la ligne, ou pas du tout : rien ne reste d'un envoi défait."""

    piece = PieceField(
        label="Pièce jointe",
        required=False,
        widget=forms.FileInput,
        help_text="Le document qui l’établit : PDF, PNG, JPEG, DOCX ou ODT, 10\u00a0Mio au plus. "
        "Les parties du plan peuvent le télécharger.",
    )
    retirer_la_piece = forms.BooleanField(label="Retirer la pièce jointe", required=False)
    HORS_BROUILLON = ("piece", "retirer_la_piece")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.ancienne = self.ecrite = ""
        if self.instance.piece:
            nom = self.instance.piece_nom
            self.fields["piece"].help_text += f" Un nouveau fichier remplace «\u00a0{nom}\u00a0»."
        else:
            del self.fields["retirer_la_piece"]
        self.editables = [nom for nom in self.editables if nom not in self.HORS_BROUILLON]

    def sans_piece(self):
        """Cette ligne est à une partie du plan : elle n'a personne à croire sur pièce."""
        for nom in self.HORS_BROUILLON:
            self.fields.pop(nom, None)

    def enregistrer(self, *args, **kwargs):
        try:
            return super().enregistrer(*args, **kwargs)
        except Exception:
            effacer(self.ecrite)
            raise

    def clean(self):
        donnees = super().clean()
        self.ancienne = self.instance.piece.name
        if donnees.get("retirer_la_piece") and not donnees.get("piece"):
            donnees["piece"] = False
        return donnees

    def full_clean(self):
        super().full_clean()
        if self.errors and self.cleaned_data.get("piece"):
            self.add_error("piece", A_CHOISIR_DE_NOUVEAU)

    def save(self, commit=True):
        ligne, apportee = self.instance, self.cleaned_data.get("piece")
        if apportee is None:
            return super().save(commit)
        if apportee:
            ligne.joindre(apportee)
        else:
            ligne.sans_piece()
        objet = super().save(commit)
        self.ecrite = ligne.piece.name
        transaction.on_commit(lambda ancienne=self.ancienne: effacer(ancienne))
        return objet
