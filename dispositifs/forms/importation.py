"""Déposer un fichier, puis dire ce que sont ses colonnes."""

from django import forms

from bassins.models import Bassin
from dispositifs.importation.classeurs import POIDS_AU_PLUS, FichierRefuse, apercu
from dispositifs.importation.colonnes import COLONNES, trouver_entetes
from dispositifs.models import Importation

EXEMPLES = 3
TROP_LOURD = f"Le fichier dépasse {POIDS_AU_PLUS // 1024**2} Mio : divisez-le."


class DepotForm(forms.Form):
    acteur = forms.ModelChoiceField(
        label="Au nom de",
        queryset=None,
        empty_label=None,
        help_text="Cette structure tiendra les fiches dont la structure porteuse est absente.",
    )
    fichier = forms.FileField(
        label="Fichier",
        help_text="Un tableur (.xlsx, .ods) ou un CSV, 10\u00a0Mio et 20\u00a0000 lignes au plus.",
        error_messages={"empty": "Le fichier est vide.", "required": "Choisissez un fichier."},
    )
    bassin = forms.ModelChoiceField(
        label="Seulement ce qui touche le bassin",
        queryset=Bassin.objects.all(),
        required=False,
        empty_label="Tout le fichier",
    )

    def __init__(self, *args, acteurs, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["acteur"].queryset = acteurs

    def clean_fichier(self):
        """Le fichier s'ouvre et a des lignes : sinon, sa raison s'affiche à côté de lui."""
        fichier = self.cleaned_data["fichier"]
        if fichier.size > POIDS_AU_PLUS:
            raise forms.ValidationError(TROP_LOURD)
        try:
            self.apercu = apercu(fichier)
        except FichierRefuse as refus:
            raise forms.ValidationError(str(refus)) from None
        if not any(any(textes) for _, textes in self.apercu.suite):
            raise forms.ValidationError("Le fichier n’a aucune ligne à lire.")
        return fichier

    def deposer(self, utilisateur):
        donnees = self.cleaned_data
        return Importation.objects.create(
            acteur=donnees["acteur"],
            utilisateur=utilisateur,
            bassin=donnees["bassin"],
            fichier=donnees["fichier"],
            nom_du_fichier=donnees["fichier"].name[-200:],
            feuille=self.apercu.feuille[:200],
        )


class ColonnesForm(forms.Form):
    """Une liste par colonne du fichier, déjà choisie quand elle est reconnue."""

    source = forms.CharField(
        label="Nom de la source",
        max_length=300,
        required=False,
        help_text="Avec l’identifiant du fichier, il retrouve chaque fiche au prochain import.",
    )

    def __init__(self, *args, importation, rangs, **kwargs):
        super().__init__(*args, **kwargs)
        self.importation = importation
        self.entetes = trouver_entetes(rangs, importation.colonnes_retenues())
        self.fields["source"].initial = importation.source or str(importation.acteur)
        donnees = [textes for numero, textes in rangs if numero > self.entetes.rang]
        choix = [("", "Ne pas importer"), *((c.cle, c.titre) for c in COLONNES)]
        for n, (titre, cle) in enumerate(zip(self.entetes.titres, self.entetes.cles, strict=True)):
            exemples = [ligne[n].strip()[:60] for ligne in donnees if len(ligne) > n]
            exemples = list(dict.fromkeys(filter(None, exemples)))[:EXEMPLES]
            self.fields[f"colonne_{n}"] = forms.ChoiceField(
                label=titre.strip() or f"Colonne {n + 1}, sans titre",
                choices=choix,
                required=False,
                initial=cle,
                help_text=f"Par exemple : {' ; '.join(exemples)}" if exemples else "Vide",
            )

    def colonnes(self):
        return [champ for champ in self if champ.name.startswith("colonne_")]

    @property
    def reconnues(self):
        return sum(bool(cle) for cle in self.entetes.cles)

    def cles(self):
        return [self.cleaned_data.get(f"colonne_{n}", "") for n in range(len(self.entetes.titres))]

    def clean(self):
        donnees = super().clean()
        cles = self.cles()
        for n, cle in enumerate(cles):
            if cle and cle in cles[:n]:
                titre = dict(self.fields[f"colonne_{n}"].choices)[cle]
                self.add_error(f"colonne_{n}", f"Une autre colonne donne déjà « {titre} ».")
        if "identifiant" not in cles:
            absents = [c.titre for c in COLONNES if c.cle in ("nom", "type") and c.cle not in cles]
            if absents:
                mots = " » et « ".join(absents)
                self.add_error(None, f"Dites quelle colonne donne « {mots} ».")
        if "source_id" in cles and "source" not in cles and not donnees.get("source"):
            self.add_error("source", "Un identifiant ne vaut qu’avec le nom de sa source.")
        return donnees

    def enregistrer(self, feuille):
        """Garde ce qui a été dit des colonnes, et demande l'essai."""
        importation = self.importation
        importation.feuille = feuille
        importation.source = self.cleaned_data["source"]
        importation.rang_des_titres = self.entetes.rang
        titres = [titre[:200] for titre in self.entetes.titres]
        importation.colonnes = [list(paire) for paire in zip(titres, self.cles(), strict=True)]
        importation.save(update_fields=["feuille", "source", "rang_des_titres", "colonnes"])
        importation.demander(Importation.Etat.EXAMEN)
