"""Aucune ligne perdue : la fusion champ par champ de tout ce qui s'édite à plusieurs.

Chaque formulaire porte la version d'où il est parti. Si quelqu'un a enregistré entre-temps, trois
valeurs se comparent pour chaque champ : celle de départ (déduite du journal), celle de la personne,
celle de la base. Ce qu'un seul a changé se fusionne de soi-même ; ce que les deux ont changé est
montré côte à côte et la personne choisit. Rien n'est jamais remplacé sans avoir été montré.
"""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.db import models, transaction

from pams_portal.champs import TexteRicheField
from pams_portal.droits import place_qui_permet
from pams_portal.texte import en_html, normaliser

MIEN, LEUR = "mien", "leur"
PLUS_LE_DROIT = (
    "Pendant que vous écriviez, cette part a changé de main ou le plan a été arrêté : rien n’est "
    "enregistré. Votre saisie est gardée ci-dessous, copiez-la avant de quitter la page."
)


def valeur_simple(valeur):
    """La forme JSON d'une valeur de champ, la même pour deux saisies équivalentes."""
    match valeur:
        case None | bool() | int():
            return valeur
        case str():
            return normaliser(valeur).strip()
        case models.Model():
            return valeur.pk
        case list() | set() | models.QuerySet():
            return sorted(valeur_simple(element) for element in valeur)
    if hasattr(valeur, "isoformat"):
        return valeur.isoformat()
    return format(valeur.normalize(), "f")  # Decimal : 100 et 100.00 sont le même montant


@dataclass
class Conflit:
    """Un champ que deux personnes ont changé depuis la même version."""

    champ: forms.BoundField
    choix: forms.BoundField
    mien: str
    leur: str
    auteur: str = ""
    quand: datetime | None = None

    @property
    def libelle(self):
        return self.champ.label


class FormulaireVersionne(forms.ModelForm):
    """Le formulaire d'un objet versionné (`acteurs.models.Versionne`)."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    a_choisir = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.conflits = []
        self.editables = [nom for nom in self.fields if nom not in ("version", "a_choisir")]
        if self.instance.pk:
            self.initial["version"] = self.instance.version
        for nom in self._noms_a_choisir():
            self._ajouter_choix(nom)

    # --- Enregistrer ---------------------------------------------------------------------------

    def enregistrer(self, utilisateur, droit, verbe="modifier"):
        """Enregistre et consigne, ou rend False en laissant erreurs et conflits à l'écran.

        Le droit est exigé de nouveau sous verrou : le plan a pu être arrêté entre-temps.
        """
        with transaction.atomic():
            if self.instance.pk:
                # Une valeur posée par la vue sur l'instance ne doit pas masquer celle de la base.
                self.instance = self.instance.verrouiller()
            place = place_qui_permet(utilisateur, droit, self.instance)
            if place is None:
                self.add_error(None, PLUS_LE_DROIT)
                return False
            avant = self.instance.valeurs() if self.instance.pk else None
            if not self.is_valid():
                return False
            self.save()
            self.instance.consigner(utilisateur, place, "creer" if avant is None else verbe, avant)
        return True

    # --- Comparer ------------------------------------------------------------------------------

    def clean(self):
        donnees = super().clean() or self.cleaned_data
        for nom, valeur in donnees.items():
            if isinstance(valeur, str) and nom in self.editables:
                donnees[nom] = normaliser(valeur)
        if self.instance.pk:
            self._fusionner(donnees)
        return donnees

    def _fusionner(self, donnees):
        leur = self.instance.valeurs()
        depart, lisible = self._valeurs_de_depart(leur)
        # Un champ que le journal ne suit pas n'appartient qu'au formulaire : il n'a pas de rival.
        suivis = [nom for nom in self.editables if nom in leur]
        en_conflit = []
        for nom in suivis:
            mien = self._valeur_saisie(nom, donnees)
            if mien == leur[nom]:
                continue
            if mien == depart.get(nom):
                self._prendre_la_leur(nom, donnees)
            elif not lisible or leur[nom] != depart.get(nom):
                en_conflit.append(nom)
        if lisible and not en_conflit:
            en_conflit = self._choix_manquants(donnees)
        if en_conflit:
            self._montrer(en_conflit, donnees, lisible)

    def _valeurs_de_depart(self, leur):
        """Les valeurs de la version annoncée ; ({}, False) si cette version est impossible."""
        annoncee = self.data.get(self.add_prefix("version"), "")
        if annoncee.isdecimal() and 1 <= int(annoncee[:9]) <= self.instance.version:
            if int(annoncee) == self.instance.version:
                return leur, True
            return self.instance.valeurs_a_la_version(int(annoncee)), True
        return {}, False

    def _valeur_saisie(self, nom, donnees):
        if nom in donnees:
            return valeur_simple(donnees[nom])
        return self[nom].data  # une saisie refusée : elle compte comme un changement

    def _prendre_la_leur(self, nom, donnees):
        champ_modele = self.instance._meta.get_field(nom)
        valeur = getattr(self.instance, nom)
        donnees[nom] = valeur.all() if champ_modele.many_to_many else valeur
        self._reecrire(nom, self.fields[nom].prepare_value(self._initial_de(nom)))

    def _choix_manquants(self, donnees):
        """Applique les choix faits sur l'écran de conflit ; rend les champs restés sans choix."""
        manquants = []
        for nom in self._noms_a_choisir():
            choix = donnees.get(f"choix_{nom}")
            if choix == LEUR:
                self._prendre_la_leur(nom, donnees)
            elif choix != MIEN:
                manquants.append(nom)
        return manquants

    # --- Montrer -------------------------------------------------------------------------------

    def _montrer(self, noms, donnees, lisible):
        if not lisible:
            self.add_error(
                None,
                "La version de départ de ce formulaire est illisible. Rien n’est enregistré et "
                "votre saisie est gardée : comparez-la à ce qui est enregistré.",
            )
        self._reecrire("version", self.instance.version)
        self._reecrire("a_choisir", " ".join(noms))
        for nom in noms:
            self._ajouter_choix(nom)
            acte = self.instance.dernier_acte_sur(nom)
            self.conflits.append(
                Conflit(
                    champ=self[nom],
                    choix=self[f"choix_{nom}"],
                    mien=self.en_clair(nom, donnees.get(nom, self[nom].data)),
                    leur=self.en_clair(nom, self._initial_de(nom)),
                    auteur=f"{acte.nom_utilisateur}, {acte.nom_acteur}" if acte else "",
                    quand=acte.quand if acte else None,
                )
            )
            self.add_error(
                nom, "Quelqu’un a modifié ce champ pendant que vous écriviez : choisissez."
            )

    def en_clair(self, nom, valeur):
        """Une valeur de champ telle qu'une personne la lit."""
        if valeur in (None, "", []):
            return "(vide)"
        if valeur is True or valeur is False:
            return "oui" if valeur else "non"
        if isinstance(self.instance._meta.get_field(nom), TexteRicheField):
            return en_html(valeur)
        choix = dict(getattr(self.fields[nom], "choices", None) or [])
        if isinstance(valeur, (list, tuple, set)) or hasattr(valeur, "model"):
            return ", ".join(str(choix.get(v, v)) for v in valeur)
        return str(choix.get(valeur, valeur))

    def _initial_de(self, nom):
        return forms.models.model_to_dict(self.instance, [nom]).get(nom)

    def _noms_a_choisir(self):
        if not self.is_bound:
            return []
        noms = self.data.get(self.add_prefix("a_choisir"), "").split()
        return [nom for nom in noms if nom in self.editables]

    def _ajouter_choix(self, nom):
        self.fields[f"choix_{nom}"] = forms.ChoiceField(
            label="Que garder ?",
            required=False,
            widget=forms.RadioSelect,
            choices=[
                (MIEN, "Mon texte, tel qu’il est dans le champ ci-dessous"),
                (LEUR, "Ce qui est enregistré"),
            ],
        )

    def _reecrire(self, nom, valeur):
        """Change ce que le formulaire réaffiche, sans toucher à ce que la personne a tapé."""
        self.data = self.data.copy()
        if isinstance(valeur, (list, tuple)):
            self.data.setlist(self.add_prefix(nom), [str(v) for v in valeur])
        else:
            self.data[self.add_prefix(nom)] = "" if valeur is None else str(valeur)
