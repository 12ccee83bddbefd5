"""Aucune ligne perdue : la fusion champ par champ de tout ce qui s'édite à plusieurs.

Chaque formulaire porte la version d'où il est parti. Si quelqu'un a enregistré entre-temps, trois
valeurs se comparent pour chaque champ : celle de départ (déduite du journal), celle de la personne,
celle de la base. Ce qu'un seul a changé se fusionne de soi-même ; ce que les deux ont changé est
montré côte à côte et la personne choisit. Rien n'est jamais remplacé sans avoir été montré.
"""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, models, transaction
from django.utils.formats import date_format

from pams_portal.champs import TexteRicheField
from pams_portal.droits import place_qui_permet
from pams_portal.texte import en_html, normaliser

MIEN, LEUR = "mien", "leur"
PLUS_LA = (
    "Pendant que vous écriviez, quelqu’un a supprimé ce que vous modifiiez : rien n’est "
    "enregistré. Votre saisie est gardée ci-dessous, copiez-la avant de quitter la page."
)
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
    leur: str
    base: str = ""
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
        self.conflits, self.fusionnes = [], []
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
        try:
            return self._tenter(utilisateur, droit, verbe)
        except IntegrityError:
            # Une autre personne vient d'écrire la même chose : la vérification la voit désormais.
            self._errors, self.conflits, self.fusionnes = None, [], []
            return self._tenter(utilisateur, droit, verbe)

    @transaction.atomic
    def _tenter(self, utilisateur, droit, verbe):
        if not self._relire_sous_verrou():
            return self._refuser(PLUS_LA)
        place = place_qui_permet(utilisateur, droit, self.instance)
        if place is None:
            return self._refuser(PLUS_LE_DROIT)
        avant = self.instance.valeurs() if self.instance.pk else None
        if not self.is_valid():
            return False
        self.save()
        self.instance.consigner(utilisateur, place, "creer" if avant is None else verbe, avant)
        return True

    def _relire_sous_verrou(self):
        """Remplace l'instance par celle de la base ; False si quelqu'un l'a supprimée."""
        if not self.instance.pk:
            self.instance.verrouiller_dossier()
            return True
        try:
            self.instance = self.instance.verrouiller()
        except ObjectDoesNotExist:
            return False
        return True

    def _refuser(self, phrase):
        self.full_clean()
        self.add_error(None, phrase)
        return False

    def bilan(self, phrase):
        """La phrase de réussite, suivie de ce qui a été fusionné avec le travail des autres."""
        if not self.fusionnes:
            return phrase
        libelles = ", ".join(f"« {self.fields[nom].label} »" for nom in self.fusionnes)
        return f"{phrase} Ce que d’autres ont changé entre-temps est gardé : {libelles}."

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
        a_choisir, en_conflit = self._noms_a_choisir(), []
        for nom in suivis:
            mien, choix = self._valeur_saisie(nom, donnees), donnees.get(f"choix_{nom}")
            if mien == leur[nom]:
                continue
            if choix == LEUR:
                self._prendre_la_leur(nom, donnees)
            elif nom in a_choisir and choix != MIEN:
                en_conflit.append(nom)
            elif mien == depart.get(nom):
                self._prendre_la_leur(nom, donnees)
                self.fusionnes.append(nom)
            elif not lisible or leur[nom] != depart.get(nom):
                en_conflit.append(nom)
        if en_conflit:
            self._montrer(en_conflit, depart, lisible)

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

    # --- Montrer -------------------------------------------------------------------------------

    def _montrer(self, noms, depart, lisible):
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
                    leur=self.en_clair(nom, self._initial_de(nom)),
                    base=self.en_clair(nom, depart[nom]) if nom in depart else "",
                    auteur=f"{acte.nom_utilisateur}, {acte.nom_acteur}" if acte else "",
                    quand=acte.quand if acte else None,
                )
            )
            self.add_error(
                nom, "Quelqu’un a modifié ce champ pendant que vous écriviez : choisissez."
            )

    def get_context(self):
        """Un champ en conflit s'affiche dans le cadre du conflit, et là seulement."""
        contexte = super().get_context()
        caches = {conflit.champ.name for conflit in self.conflits}
        contexte["conflits"] = self.conflits
        contexte["fields"] = [
            (champ, erreurs)
            for champ, erreurs in contexte["fields"]
            if champ.name not in caches and not champ.name.startswith("choix_")
        ]
        return contexte

    def en_clair(self, nom, valeur):
        """Une valeur de champ telle qu'une personne la lit."""
        if valeur in (None, "", []):
            return "(vide)"
        if valeur is True or valeur is False:
            return "oui" if valeur else "non"
        if hasattr(valeur, "strftime"):
            return date_format(valeur, "j F Y")
        champ_modele = self.instance._meta.get_field(nom)
        if isinstance(champ_modele, TexteRicheField):
            return en_html(valeur)
        if champ_modele.is_relation:
            trouves = champ_modele.related_model._default_manager.filter(
                pk__in=valeur
                if isinstance(valeur, (list, tuple))
                else [getattr(valeur, "pk", valeur)]
            )
            return ", ".join(str(objet) for objet in trouves)
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
                (MIEN, "Votre texte"),
                (LEUR, "Le texte enregistré entre-temps"),
            ],
        )

    def _reecrire(self, nom, valeur):
        """Change ce que le formulaire réaffiche, sans toucher à ce que la personne a tapé."""
        self.data = self.data.copy()
        if isinstance(valeur, (list, tuple)):
            self.data.setlist(self.add_prefix(nom), [str(v) for v in valeur])
        else:
            self.data[self.add_prefix(nom)] = "" if valeur is None else str(valeur)
