"""La validation d'une fiche : l'avis de chaque partie, et l'état qui s'en déduit.

L'état d'une fiche ne s'écrit pas, il se mérite : proposée par son porteur, elle avance quand les
parties confirment leurs engagements, puis quand tous les co-pilotes y sont favorables. Un avis
porte sur un contenu précis : si la fiche change, il ne compte plus.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from pams_portal.droits import Qualite
from pams_portal.elision import de
from plans.models.fiche import FicheAction
from plans.models.lignes import PieceDeFiche
from plans.models.parties import PartiePrenante
from plans.versions.canonique import (
    avec_leur_contenu,
    contenu_de_la_fiche,
    empreinte,
    en_octets,
)

# Ce qui peut changer sans que l'on revienne devant les comités : qui suit la fiche, son rang, qui
# la lit. Un engagement qui avance ne change rien non plus ; un engagement repris se voit à part.
SANS_PORTEE = {"referent_technique", "elu_referent", "ordre", "confidentielle", "priorite"}
SUIVI_DES_ENGAGEMENTS = {
    "financements": {"statut", "reference"},
    "partenariats": {"reponse", "reference", "saisi_par"},
}


def substance(fiche):
    """L'empreinte de ce que les comités valident ; nombre constant de requêtes."""
    return substances([fiche.pk])[fiche.pk]


def substances(fiches):
    """{fiche: l'empreinte de ce que les comités valident}, pour ces clés ; requêtes constantes."""
    lues = avec_leur_contenu(FicheAction.objects.filter(pk__in=fiches))
    return {fiche.pk: _substance(contenu_de_la_fiche(fiche)) for fiche in lues}


def _substance(contenu):
    gardes = {cle: valeur for cle, valeur in contenu.items() if cle not in SANS_PORTEE}
    for lot, suivis in SUIVI_DES_ENGAGEMENTS.items():
        gardes[lot] = [{c: v for c, v in ligne.items() if c not in suivis} for ligne in gardes[lot]]
    return empreinte(en_octets(gardes))


class AvisSurFiche(PieceDeFiche):
    """L'avis d'une partie sur une fiche, devant un comité ; celui d'un co-pilote décide."""

    class Comite(models.TextChoices):
        COTECH = "cotech", "COTECH"
        COPIL = "copil", "COPIL"

    class Sens(models.TextChoices):
        FAVORABLE = "favorable", "Favorable"
        RESERVE = "reserve", "Favorable avec réserve"
        DEFAVORABLE = "defavorable", "Défavorable"

    fiche = models.ForeignKey(FicheAction, models.CASCADE, related_name="avis")
    porteur = models.ForeignKey(PartiePrenante, models.PROTECT, related_name="avis")
    comite = models.CharField("comité", max_length=10, choices=Comite, editable=False)
    sens = models.CharField("avis", max_length=12, choices=Sens)
    texte = models.TextField("précision", blank=True)
    substance = models.CharField(max_length=64, editable=False)
    donne_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    donne_le = models.DateTimeField("donné le", auto_now=True)

    champs_consignes = ("sens", "texte", "substance")
    champs_muets = ("substance",)

    class Meta:
        ordering = ["comite", "pk"]
        verbose_name = "avis"
        verbose_name_plural = "avis"
        constraints = [
            models.UniqueConstraint(
                fields=["fiche", "porteur", "comite"], name="avis_unique_par_comite"
            )
        ]

    def __str__(self):
        return f"{self.fiche} – avis {de(self.porteur.acteur)} ({self.get_comite_display()})"

    @property
    def est_recevable(self):
        """Une fiche se soumet aux comités quand ses engagements sont confirmés."""
        devant = bool(self.comite) and self.fiche.comite_saisi == self.comite
        return self.est_en_redaction and devant


def etat_merite(fiche):
    """L'état que ses faits donnent à une fiche proposée : engagements, puis avis des co-pilotes."""
    Etat = FicheAction.Etat
    if engagements_attendus(fiche):
        return Etat.PROPOSEE
    presente = substance(fiche)
    if not est_validee(fiche, AvisSurFiche.Comite.COTECH, presente):
        return Etat.ENGAGEE
    return Etat.COPIL if est_validee(fiche, AvisSurFiche.Comite.COPIL, presente) else Etat.COTECH


def engagements_attendus(fiche):
    """Les rôles et les financements que les parties du plan n'ont pas confirmés.

    Un organisme absent du portail ne peut pas confirmer : il n'est pas attendu, ni compté.
    """
    partenariats = fiche.partenariats.filter(partie__isnull=False)
    financements = fiche.financements.filter(financeur__isnull=False)
    return [
        *partenariats.exclude(reponse="confirme").select_related("partie__acteur", "fiche"),
        *financements.exclude(statut__in=["confirme", "delibere"]).select_related(
            "financeur__acteur", "fiche"
        ),
    ]


def est_validee(fiche, comite, presente):
    """Tous les co-pilotes, et au moins un, sont favorables à ce contenu précis."""
    pilotes = set(fiche.plan.parties.co_pilotes().values_list("pk", flat=True))
    favorables = fiche.avis.filter(
        Q(sens=AvisSurFiche.Sens.FAVORABLE) | Q(sens=AvisSurFiche.Sens.RESERVE),
        comite=comite,
        substance=presente,
        porteur__qualite=Qualite.CO_PILOTE,
    )
    return bool(pilotes) and pilotes <= set(favorables.values_list("porteur_id", flat=True))
