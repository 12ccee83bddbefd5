"""Aucune ligne perdue : la fusion de tout ce qui s'édite à plusieurs, par champ, par paragraphe.

Chaque formulaire porte la version d'où il est parti. Si quelqu'un a enregistré entre-temps, trois
valeurs se comparent pour chaque champ : celle de départ (déduite du journal), celle de la personne,
celle de la base. Ce qu'un seul a changé se fusionne de soi-même, et dans un texte riche paragraphe
par paragraphe (`pams_portal.fusion`) ; ce que les deux ont changé est montré et la personne
choisit. Rien n'est remplacé sans avoir été montré ; ce qu'elle abandonne est gardé au journal.
"""

from uuid import uuid4

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.functional import cached_property

from pams_portal.champs import TexteRicheField
from pams_portal.conflit import Conflit
from pams_portal.droits import place_qui_permet
from pams_portal.fusion import LEUR, MIEN, fusionner
from pams_portal.requete import numero_lu, uuid_lu
from pams_portal.texte import en_html, normaliser
from pams_portal.typographie import jour
from pams_portal.valeurs import valeur_simple

PLUS_LA = (
    "Pendant que vous écriviez, quelqu’un a supprimé ce que vous modifiiez : rien n’est "
    "enregistré. Votre saisie est gardée ci-dessous, copiez-la avant de quitter la page."
)
DEJA_LA = (
    "Quelqu’un vient d’enregistrer la même chose : rien n’est ajouté. Votre saisie est gardée "
    "ci-dessous ; rouvrez la page pour voir ce qui est enregistré."
)
PLUS_LE_DROIT = (
    "Pendant que vous écriviez, cette part a changé de main ou le plan a été arrêté : rien n’est "
    "enregistré. Votre saisie est gardée ci-dessous, copiez-la avant de quitter la page."
)


class FormulaireVersionne(forms.ModelForm):
    """Le formulaire d'un objet versionné (`acteurs.models.Versionne`)."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    a_choisir = forms.CharField(widget=forms.HiddenInput, required=False)
    # La version d'où est parti un conflit encore ouvert ; `version` suit, elle, celle du moment.
    version_comparee = forms.CharField(widget=forms.HiddenInput, required=False)
    TECHNIQUES = ("version", "a_choisir", "version_comparee")
    # Ce qu'on lit quand il faut choisir.
    NOMS = {MIEN: "Votre texte", LEUR: "Le texte enregistré entre-temps"}
    RECIT = ""
    # Ce qui désigne l'objet quand il n'y en a qu'un : la ligne d'une partie, le motif d'une règle.
    UN_SEUL_PAR = ()
    # [(légende, [noms])] d'un long formulaire, que le gabarit déroule par `groupes`.
    GROUPES = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.conflits, self.fusionnes, self.reunis, self.ecartes = [], [], [], {}
        self._vierge = None
        self.editables = [nom for nom in self.fields if nom not in self.TECHNIQUES]
        if self.instance.pk:
            self.initial["version"] = self.instance.version
        for nom in self._noms_a_choisir():
            self._ajouter_choix(nom)

    # --- Enregistrer ---------------------------------------------------------------------------

    def enregistrer(self, utilisateur, droit, verbe="modifier", signature=""):
        """Enregistre et consigne, ou rend False en laissant erreurs et conflits à l'écran.

        Le droit est exigé de nouveau sous verrou : le plan a pu être arrêté entre-temps.
        """
        try:
            return self._tenter(utilisateur, droit, verbe, signature)
        except IntegrityError:
            # Une autre personne vient d'écrire la même chose : la vérification la voit désormais.
            self._errors = None
            self.conflits, self.fusionnes, self.reunis, self.ecartes = [], [], [], {}
        try:
            return self._tenter(utilisateur, droit, verbe, signature)
        except IntegrityError:
            return self._refuser(DEJA_LA)

    @transaction.atomic
    def _tenter(self, utilisateur, droit, verbe, signature):
        if not self._relire_sous_verrou():
            return self._refuser(PLUS_LA)
        place = place_qui_permet(utilisateur, droit, self.instance)
        if place is None:
            return self._refuser(PLUS_LE_DROIT)
        avant = self.instance.valeurs() if self.instance.pk else None
        if not self.is_valid():
            return False
        self.save()
        verbe = "creer" if avant is None else verbe
        self.instance.consigner(utilisateur, place, verbe, avant, signature)
        if self.ecartes:
            self.instance.consigner_ecarte(utilisateur, place, self.ecartes)
        if identifiant := uuid_lu(self._annoncee("brouillon")):
            self.instance.oublier_brouillon(utilisateur, identifiant)
        return True

    def _relire_sous_verrou(self):
        """Remplace l'instance par celle de la base ; False si quelqu'un l'a supprimée."""
        if not self.instance.pk:
            self.instance.verrouiller_dossier()
            self._rejoindre_l_objet_deja_la()
            return True
        try:
            self.instance = self.instance.verrouiller()
        except ObjectDoesNotExist:
            return False
        return True

    def _rejoindre_l_objet_deja_la(self):
        """Ce que quelqu'un a créé à cette place depuis que la page est ouverte ne s'écrase pas :
        la saisie s'y fusionne, partie d'un objet vierge."""
        cle = {nom: getattr(self.instance, nom) for nom in self.UN_SEUL_PAR}
        if not cle or None in cle.values():
            return
        if deja := type(self.instance)._default_manager.filter(**cle).first():
            self._vierge, self.instance = self.instance.valeurs(), deja

    def add_error(self, field, error):
        """Une règle de l'objet entier peut viser un champ que ce formulaire n'a pas."""
        for nom, erreurs in getattr(error, "error_dict", {field: error}).items():
            super().add_error(nom if nom in self.fields else None, erreurs)

    def _refuser(self, phrase):
        self.full_clean()
        self.add_error(None, phrase)
        return False

    def bilan(self, phrase):
        """La phrase de réussite, suivie de ce qui a été fusionné avec le travail des autres."""
        for noms, fait in (
            (self.fusionnes, "Ce que d’autres ont changé entre-temps est gardé"),
            (self.reunis, "Les paragraphes écrits entre-temps par d’autres sont réunis aux vôtres"),
            (self.ecartes, "Ce que vous n’avez pas gardé reste lisible dans le journal"),
        ):
            if noms:
                libelles = ", ".join(f"« {self.fields[nom].label} »" for nom in noms)
                phrase = f"{phrase} {fait} : {libelles}."
        return phrase

    # --- Garder un brouillon -------------------------------------------------------------------

    @cached_property
    def brouillon(self):
        """Le nom de cette saisie, d'un envoi à l'autre : sous lui se garde ce qui se tape."""
        return uuid_lu(self._annoncee("brouillon")) or uuid4()

    @property
    def est_en_brouillon(self):
        """Vrai si l'envoi dit le nom de la saisie à garder."""
        return uuid_lu(self._annoncee("brouillon")) is not None

    def saisie(self):
        """({champ: valeurs}, version de départ) : ce qui est envoyé, tel que tapé."""
        champs = {
            nom: [
                v.replace("\r\n", "\n").replace("\0", "")
                for v in self.data.getlist(self.add_prefix(nom))
            ]
            for nom in self.editables
        }
        # Un conflit ouvert part de « version_comparee » : la reprise le montrera de nouveau.
        depart = self._annoncee("version_comparee" if self._annoncee("a_choisir") else "version")
        return champs, numero_lu(depart) or 0

    def apporte(self, champs):
        """Vrai si une saisie gardée dit autre chose que ce qui est enregistré."""
        return any(
            self.fields[nom].has_changed(self.get_initial_for_field(self.fields[nom], nom), valeur)
            for nom, valeur in self._lire(champs)
        )

    def reprendre(self, champs, version, identifiant):
        """Remet dans le formulaire une saisie gardée, avec la version d'où elle était partie."""
        self.initial |= dict(self._lire(champs)) | {"version": version}
        self.brouillon = identifiant

    def _lire(self, champs):
        """[(champ, valeur)] d'une saisie gardée, comme les champs les lisent d'un envoi."""
        donnees = QueryDict(mutable=True)
        for nom in champs:
            donnees.setlist(self.add_prefix(nom), champs[nom])
        for nom in champs:
            if nom in self.editables:
                lire = self.fields[nom].widget.value_from_datadict
                yield nom, lire(donnees, {}, self.add_prefix(nom))

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
        depart = self._valeurs_a(self._annoncee("version"), leur)
        # Un champ que le journal ne suit pas n'appartient qu'au formulaire : il n'a pas de rival.
        suivis = [nom for nom in self.editables if nom in leur]
        a_choisir, en_conflit = self._noms_a_choisir(), []
        for nom in suivis:
            mien, choix = self._valeur_saisie(nom, donnees), donnees.get(f"choix_{nom}")
            if mien == leur[nom]:
                continue
            if choix == LEUR:
                self._ecarter(nom, donnees, mien, leur)
            elif nom in a_choisir and choix != MIEN:
                en_conflit.append(nom)
            elif depart is not None and mien == depart[nom]:
                self._prendre_la_leur(nom, donnees)
                self.fusionnes.append(nom)
            elif depart is None or leur[nom] != depart[nom]:
                fusion = self._fusion_de(nom, depart, mien, leur)
                if fusion and fusion.texte is not None:
                    self._prendre(nom, donnees, fusion.texte)
                    self.reunis.append(nom)
                else:
                    en_conflit.append(nom)
        if en_conflit:
            self._montrer(en_conflit, depart, donnees)

    def _annoncee(self, nom):
        return self.data.get(self.add_prefix(nom), "")

    def _valeurs_a(self, annoncee, leur):
        """Les valeurs de la version annoncée ; None si cette version est impossible."""
        if self._vierge is not None and not annoncee:
            return self._vierge
        version = numero_lu(annoncee)
        if version == self.instance.version:
            return leur
        if version and version < self.instance.version:
            return self.instance.valeurs_a_la_version(version)
        return None

    def _fusion_de(self, nom, depart, mien, leur):
        """La fusion par paragraphe d’un texte riche ; None pour un autre champ, ou sans départ."""
        riche = isinstance(self.instance._meta.get_field(nom), TexteRicheField)
        if riche and depart is not None and isinstance(mien, str):
            return fusionner(depart[nom], mien, leur[nom])
        return None

    def _ecarter(self, nom, donnees, mien, leur):
        """Prend la leur là où les deux se contredisent ; ce qui était saisi ira au journal."""
        self.ecartes[nom] = mien
        depart = self._valeurs_a(self._annoncee("version_comparee"), leur)
        if fusion := self._fusion_de(nom, depart, mien, leur):
            self._prendre(nom, donnees, fusion.avec(LEUR))
        else:
            self._prendre_la_leur(nom, donnees)

    def _valeur_saisie(self, nom, donnees):
        if nom in donnees:
            return valeur_simple(donnees[nom])
        return self[nom].data  # une saisie refusée : elle compte comme un changement

    def _prendre_la_leur(self, nom, donnees):
        champ_modele = self.instance._meta.get_field(nom)
        valeur = getattr(self.instance, nom)
        donnees[nom] = valeur.all() if champ_modele.many_to_many else valeur
        self._reecrire(nom, self.fields[nom].prepare_value(self._initial_de(nom)))

    def _prendre(self, nom, donnees, texte):
        donnees[nom] = texte
        self._reecrire(nom, texte)

    # --- Montrer -------------------------------------------------------------------------------

    def _montrer(self, noms, depart, donnees):
        if depart is None:
            self.add_error(
                None,
                "La version de départ de ce formulaire est illisible. Rien n’est enregistré et "
                "votre saisie est gardée : comparez-la à ce qui est enregistré.",
            )
        actuelles, deja_montres = self.instance.valeurs(), self._noms_a_choisir()
        origine = self._annoncee("version_comparee") or self._annoncee("version")
        # Un conflit montré une fois encore se compare toujours à ce d'où la personne était partie.
        premier_depart = self._valeurs_a(origine, actuelles)
        self._reecrire("version_comparee", "" if premier_depart is None else origine)
        self._reecrire("version", self.instance.version)
        self._reecrire("a_choisir", " ".join(noms))
        for nom in noms:
            self._ajouter_choix(nom)
            d_ou = premier_depart if nom in deja_montres else depart
            self.conflits.append(self._conflit(nom, d_ou, actuelles, donnees))
            self.add_error(
                nom, "Quelqu’un a modifié ce champ pendant que vous écriviez : choisissez."
            )

    def _conflit(self, nom, depart, actuelles, donnees):
        """Le désaccord à montrer ; dans un texte riche, le champ réaffiché réunit déjà le reste."""
        fusion = self._fusion_de(nom, depart, self._valeur_saisie(nom, donnees), actuelles)
        if fusion:
            self._reecrire(nom, fusion.avec(MIEN))
        acte = self.instance.dernier_acte_sur(nom)
        return Conflit(
            champ=self[nom],
            choix=self[f"choix_{nom}"],
            leur=self.en_clair(nom, fusion.avec(LEUR) if fusion else self._initial_de(nom)),
            base="" if depart is None else self.en_clair(nom, depart[nom]),
            auteur=f"{acte.nom_utilisateur}, {acte.nom_acteur}" if acte else "",
            quand=acte.quand if acte else None,
            desaccords=fusion.desaccords if fusion else [],
            reuni=bool(fusion) and fusion.reunit_le_reste,
            recit=self.RECIT,
        )

    def hors_conflit(self, noms):
        """Les champs de ces noms, sans ceux en conflit : ceux-là n'ont de place que leur cadre."""
        en_conflit = {conflit.champ.name for conflit in self.conflits}
        return [self[nom] for nom in noms if nom not in en_conflit]

    def groupes(self):
        """[(légende, [champs])], hors conflit."""
        return [(legende, self.hors_conflit(noms)) for legende, noms in self.GROUPES]

    def get_context(self):
        contexte = super().get_context()
        libres = {champ.name for champ in self.hors_conflit(self.fields)}
        contexte["conflits"] = self.conflits
        contexte["fields"] = [
            (champ, erreurs)
            for champ, erreurs in contexte["fields"]
            if champ.name in libres and not champ.name.startswith("choix_")
        ]
        return contexte

    def en_clair(self, nom, valeur):
        """Une valeur de champ telle qu'une personne la lit."""
        if valeur in (None, "", []):
            return "(vide)"
        if valeur is True or valeur is False:
            return "oui" if valeur else "non"
        if hasattr(valeur, "strftime"):
            return jour(valeur)
        champ_modele = self.instance._meta.get_field(nom)
        if isinstance(champ_modele, TexteRicheField):
            return en_html(valeur)
        if champ_modele.is_relation:
            cites = valeur if isinstance(valeur, (list, tuple)) else [valeur]
            cles = [getattr(cite, "pk", cite) for cite in cites]
            trouves = champ_modele.related_model._default_manager.filter(pk__in=cles)
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
            choices=list(self.NOMS.items()),
        )

    def _reecrire(self, nom, valeur):
        """Change ce que le formulaire réaffiche, sans toucher à ce que la personne a tapé."""
        self.data = self.data.copy()
        if isinstance(valeur, (list, tuple)):
            self.data.setlist(self.add_prefix(nom), [str(v) for v in valeur])
        else:
            self.data[self.add_prefix(nom)] = "" if valeur is None else str(valeur)
