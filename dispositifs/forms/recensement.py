"""Les formulaires de l'inventaire ; qui tient la fiche et son état ne s'y changent pas."""

from django import forms

from bassins.models import Bassin
from dispositifs.models import Dispositif
from dispositifs.recensement.champs import ActeursField, CommuneField, ZoneField
from dispositifs.recensement.regles import incoherences
from dispositifs.territoires import Echelle, noms_des_territoires, zone_en_mots
from pams_portal.champs import date_iso
from pams_portal.edition import FormulaireVersionne

BASSINS_PROPOSES = 4


def zones_proposees(bassins):
    """[(titre, [(clé, nom)])] : les EPCI de ces bassins, puis ce qui est plus large."""
    groupes, vues, departements, regions = [], set(), {}, set()
    for bassin in bassins:
        if perimetre := bassin.perimetre:
            epci = [(f"{Echelle.EPCI}-{un.pk}", un.nom) for un in perimetre.epci.all()]
            groupes.append((f"Bassin {bassin}", [paire for paire in epci if paire[0] not in vues]))
            vues |= dict(epci).keys()
            for un in perimetre.departements_precharges():
                departements[f"{Echelle.DEPARTEMENT}-{un.pk}"] = f"{un} (département)"
                regions.add(f"{Echelle.REGION}-{un.region_id}")
    noms = noms_des_territoires(regions)
    larges = [
        *sorted(departements.items()),
        *((cle, f"{noms[cle]} (région)") for cle in sorted(regions)),
        (Echelle.FRANCE.value, Echelle.FRANCE.label),
    ]
    return [*groupes, ("Plus large", larges)]


def bassins_de(acteurs):
    """Les bassins des plans où ces acteurs ont une place, avec leur composition."""
    bassins = Bassin.objects.filter(plans__parties__acteur__in=acteurs).distinct()
    return bassins.with_perimetre()[:BASSINS_PROPOSES]


class DispositifForm(FormulaireVersionne):
    GROUPES = [
        ("Ce que c’est", ["nom", "type", "description"]),
        ("Pour qui", ["publics", "motifs", "conditions"]),
        ("Où", ["zone_eligibilite", "commune", "adresse", "horaires"]),
        ("Comment l’obtenir", ["mobilisable_par", "modes_mobilisation", "lien_mobilisation"]),
        ("Contacts du service", ["courriel", "telephone"]),
        ("Ce que cela coûte à la personne", ["frais", "frais_precisions"]),
        ("Moyens et activité", ["capacite", "beneficiaires", "delai", "etp", "cout_annuel"]),
        ("Financement", ["financeurs", "debut_financement", "fin_financement"]),
        ("D’où vient l’information", ["source", "lien_source", "date_source"]),
    ]

    zone_eligibilite = ZoneField(
        label="Zone d’éligibilité",
        help_text="Les territoires dont les habitants peuvent s’en servir.",
        error_messages={"required": "Dites au moins un territoire."},
    )
    commune = CommuneField(
        label="Commune d’accueil",
        required=False,
        help_text="Un nom ou un code INSEE : «\u00a0Roye\u00a0» ou «\u00a080685\u00a0».",
    )
    financeurs = ActeursField(
        label="Financeurs",
        required=False,
        help_text="Un organisme par ligne : son nom, son sigle ou son SIREN.",
    )
    lien_mobilisation = forms.URLField(
        label="Lien de mobilisation", required=False, assume_scheme="https"
    )
    lien_source = forms.URLField(
        label="Adresse de la source", required=False, assume_scheme="https", max_length=500
    )

    class Meta:
        model = Dispositif
        fields = [
            *("nom", "type", "description", "publics", "motifs", "conditions", "zone_eligibilite"),
            *("commune", "adresse", "horaires", "mobilisable_par", "modes_mobilisation"),
            *("lien_mobilisation", "courriel", "telephone", "frais", "frais_precisions"),
            *("capacite", "beneficiaires", "delai", "etp", "cout_annuel", "financeurs"),
            *("debut_financement", "fin_financement", "source", "lien_source", "date_source"),
        ]
        localized_fields = ["capacite", "beneficiaires", "etp", "cout_annuel"]
        widgets = {
            "conditions": forms.Textarea(attrs={"rows": 4}),
            "debut_financement": date_iso(),
            "fin_financement": date_iso(),
            "date_source": date_iso(),
        }

    def __init__(self, *args, bassins=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = [("", "Choisir un type"), *self.fields["type"].choices[1:]]
        self.fields["zone_eligibilite"].proposer(zones_proposees(bassins))
        # Un dispositif importé se retrouve par sa source : elle ne se corrige pas à la main.
        if "source" in self.fields:
            self.fields["source"].disabled = bool(self.instance.source_id)

    def en_clair(self, nom, valeur):
        if nom == "zone_eligibilite" and valeur:
            return zone_en_mots(valeur, noms_des_territoires(valeur))
        return super().en_clair(nom, valeur)

    # --- Vérifier ------------------------------------------------------------------------------

    def clean(self):
        donnees = super().clean()
        for nom, phrase in incoherences(donnees):
            self.add_error(nom, phrase)
        return donnees


class StatutForm(forms.Form):
    """Suspendre, fermer ou rouvrir : un état permis, et pourquoi."""

    VERBES = {
        Dispositif.Statut.SUSPENDU: "Suspendre : le service s’arrête pour un temps",
        Dispositif.Statut.FERME: "Fermer : le service n’existe plus",
        Dispositif.Statut.SIGNALE: "Rouvrir : le service reprend, il reste à vérifier",
        Dispositif.Statut.A_CONFIRMER: "Rouvrir : le service reprend, il reste à confirmer",
    }

    statut = forms.ChoiceField(label="Ce qui change", widget=forms.RadioSelect)
    raison = forms.CharField(
        label="Pourquoi",
        max_length=300,
        help_text="Lisible de tous ceux qui lisent la fiche : « fin de la subvention au 30 juin ».",
    )

    def __init__(self, *args, dispositif, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["statut"].choices = [
            (statut, self.VERBES[statut]) for statut in dispositif.statuts_suivants
        ]
