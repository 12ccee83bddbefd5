"""Déposer un fichier, puis dire ce que sont ses colonnes."""

from django import forms

from bassins.models import Bassin
from dispositifs.importation.classeurs import POIDS_AU_PLUS, apercu, lire_les_objets
from dispositifs.importation.colonnes import COLONNES, trouver_entetes
from dispositifs.importation.objets import FichierRefuse
from dispositifs.models import Importation

EXEMPLES = 3
TROP_LOURD = f"Le fichier dépasse {POIDS_AU_PLUS // 1024**2} Mio : divisez-le."
AUCUNE_LIGNE = "Le fichier n’a aucune ligne à lire."
UNE_COLONNE = (
    "Ce fichier n’a qu’une colonne : un recensement en a au moins deux, le nom et le type de "
    "chaque dispositif. Enregistrez la feuille utile en .xlsx, .ods ou .csv."
)
PAS_UNE_PAIRE = (
    "Un fichier de structures n’accompagne qu’un fichier de services data·inclusion ; l’un des "
    "deux est un tableur."
)
DEUX_FOIS = "Les deux fichiers sont faits de {} : il en faut un de services et un de structures."
PAS_CELUI_LA = "Ce fichier n’est pas fait de {} data·inclusion."


class DepotForm(forms.Form):
    acteur = forms.ModelChoiceField(
        label="Au nom de",
        queryset=None,
        empty_label=None,
        help_text="Cette structure tiendra les fiches dont la structure porteuse est absente.",
    )
    fichier = forms.FileField(
        label="Fichier",
        help_text="Un tableur (.xlsx, .ods), un CSV, ou des services data·inclusion (.json, "
        ".csv) : 10\u00a0Mio et 20\u00a0000 lignes au plus.",
        error_messages={"empty": "Le fichier est vide.", "required": "Choisissez un fichier."},
    )
    structures = forms.FileField(
        label="Structures data·inclusion",
        required=False,
        help_text="À côté d’un fichier de services : celui des structures qui les portent. Il peut "
        "aussi venir à l’étape suivante.",
        error_messages={"empty": "Le fichier est vide."},
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
        self.nature, self.apercu = reconnaitre(fichier)
        if self.apercu:
            garnies = (sum(bool(t.strip()) for t in textes) for _, textes in self.apercu.suite)
            largeur = max(garnies, default=0)
            if largeur < 2:
                raise forms.ValidationError(UNE_COLONNE if largeur else AUCUNE_LIGNE)
        return fichier

    def clean_structures(self):
        structures = self.cleaned_data["structures"]
        if structures:
            self.nature_des_structures, _ = reconnaitre(structures)
        return structures

    def clean(self):
        """Deux fichiers data·inclusion font une paire, dans un ordre ou dans l'autre."""
        donnees = super().clean()
        if not donnees.get("structures") or not donnees.get("fichier"):
            return donnees
        natures = {self.nature, self.nature_des_structures}
        if "tableur" in natures:
            self.add_error("structures", PAS_UNE_PAIRE)
        elif len(natures) == 1:
            self.add_error("structures", DEUX_FOIS.format(self.nature))
        elif self.nature == "structures":
            paire = {"fichier": donnees["structures"], "structures": donnees["fichier"]}
            self.nature, donnees = "services", donnees | paire
        return donnees

    def deposer(self, utilisateur):
        donnees = self.cleaned_data
        fichiers = {"fichier": donnees["fichier"], "structures": donnees["structures"] or ""}
        if self.nature == "structures":
            fichiers = {"fichier": "", "structures": donnees["fichier"]}
        Format = Importation.Format
        return Importation.objects.create(
            acteur=donnees["acteur"],
            utilisateur=utilisateur,
            bassin=donnees["bassin"],
            **fichiers,
            format=Format.TABLEUR if self.nature == "tableur" else Format.DATA_INCLUSION,
            nom_du_fichier=donnees["fichier"].name[-200:],
            feuille=self.apercu.feuille[:200] if self.apercu else "",
        )


def reconnaitre(fichier):
    """(« services » ou « structures », None), ou (« tableur », ses premiers rangs).

    Lève ValidationError, la raison à montrer à côté du champ, si rien ne s'en lit.
    """
    if fichier.size > POIDS_AU_PLUS:
        raise forms.ValidationError(TROP_LOURD)
    try:
        nature = lire_les_objets(fichier).nature
        return nature, apercu(fichier) if nature == "tableur" else None
    except FichierRefuse as refus:
        raise forms.ValidationError(str(refus)) from None


class PaireForm(forms.Form):
    """Les deux fichiers data·inclusion d'un import : on ajoute celui qui manque, ou en remplace."""

    services = forms.FileField(
        label="Fichier des services",
        required=False,
        error_messages={"empty": "Le fichier est vide."},
    )
    structures = forms.FileField(
        label="Fichier des structures",
        required=False,
        help_text="Sans lui, les services d’une structure inconnue du portail sont refusés.",
        error_messages={"empty": "Le fichier est vide."},
    )

    def __init__(self, *args, importation, **kwargs):
        super().__init__(*args, **kwargs)
        self.importation = importation
        for nom, deja in (
            ("services", importation.fichier),
            ("structures", importation.structures),
        ):
            if deja:
                self.fields[nom].label += " (déjà déposé : le remplacer)"

    def _attendre(self, nom):
        fichier = self.cleaned_data[nom]
        if fichier and reconnaitre(fichier)[0] != nom:
            raise forms.ValidationError(PAS_CELUI_LA.format(nom))
        return fichier

    def clean_services(self):
        return self._attendre("services")

    def clean_structures(self):
        return self._attendre("structures")

    def clean(self):
        donnees = super().clean()
        absent = not self.importation.fichier and not donnees.get("services")
        if absent and "services" not in self.errors:
            self.add_error("services", "Choisissez le fichier des services.")
        return donnees

    def enregistrer(self):
        """Garde ce qui est ajouté, et demande l'essai."""
        importation = self.importation
        if services := self.cleaned_data["services"]:
            importation.remplacer("fichier", services)
            importation.nom_du_fichier = services.name[-200:]
        if structures := self.cleaned_data["structures"]:
            importation.remplacer("structures", structures)
        importation.save(update_fields=["fichier", "structures", "nom_du_fichier"])
        importation.demander(Importation.Etat.EXAMEN)


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
