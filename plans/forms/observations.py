"""Écrire une observation ou y répondre, et y mentionner les personnes et organismes du plan."""

import re

from django import forms
from django.utils import timezone

from pams_portal.edition import FormulaireVersionne
from pams_portal.recherche import normaliser
from plans.models import FicheAction, Message
from plans.models.observations import champs_observables

PERSONNE, PARTIE = "personne", "partie"
# Un signe @ suivi d'une lettre, en début de mot : ni une heure, ni une adresse de courriel.
MENTION = re.compile(r"(?<!\S)@(?=[^\W\d_])")


def mentionnables(plan, sauf=None):
    """[(organisme, [(code, nom)])] : chaque partie du plan, et qui agit pour elle.

    Un nombre constant de requêtes ; un organisme qui tient deux places n'y est qu'une fois.
    """
    parties = plan.parties.select_related("acteur").prefetch_related(
        "acteur__habilitations__utilisateur"
    )
    groupes = {}
    for partie in parties:
        if partie.acteur not in groupes:
            personnes = {h.utilisateur for h in partie.acteur.habilitations.all()}
            actives = sorted(
                (p for p in personnes if p.is_active and p != sauf), key=lambda p: (p.nom, p.pk)
            )
            groupes[partie.acteur] = [(f"{PARTIE}-{partie.pk}", partie.acteur.nom)]
            groupes[partie.acteur] += [(f"{PERSONNE}-{p.pk}", str(p)) for p in actives]
    return [(acteur.nom, choix) for acteur, choix in groupes.items()]


class MessageForm(FormulaireVersionne):
    """Un message ; qui l'écrit, et pour quelle partie, n'est pas un champ."""

    mentions = forms.MultipleChoiceField(
        label="Mentionner",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "cases-en-colonnes"}),
        help_text="Un courriel les en avertit. Dans le texte, tapez @ pour choisir dans la liste.",
        error_messages={
            "invalid_choice": "On ne mentionne que les personnes et les organismes de ce plan : "
            "« %(value)s » n’en est pas. Choisissez dans la liste."
        },
    )

    class Meta:
        model = Message
        fields = ["texte"]
        widgets = {"texte": forms.Textarea(attrs={"rows": 5, "data-mentions": ""})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        message = self.instance
        self.fields["mentions"].choices = mentionnables(message.plan, sauf=message.auteur)
        if message.pk:
            self.initial["mentions"] = [
                *(f"{PERSONNE}-{pk}" for pk in message.personnes.values_list("pk", flat=True)),
                *(f"{PARTIE}-{pk}" for pk in message.parties.values_list("pk", flat=True)),
            ]

    @property
    def corps(self):
        """Les champs visibles hors mentions et conflits, que le gabarit pose lui-même."""
        return self.hors_conflit(n for n in ("champ", "passage", "texte") if n in self.fields)

    def clean(self):
        donnees = super().clean()
        nommes, inconnu = self.nommes_dans(donnees.get("texte") or "")
        if inconnu:
            self.add_error(
                "texte",
                f"« @{inconnu} » n’est ni une personne ni un organisme de ce plan : choisissez "
                "dans la liste, ou retirez le signe @.",
            )
        donnees["mentions"] = sorted({*donnees.get("mentions", []), *nommes})
        return donnees

    def nommes_dans(self, texte):
        """Les codes de ceux que le texte nomme après un @, et le premier nom inconnu."""
        noms = {
            normaliser(nom): code
            for _, groupe in self.fields["mentions"].choices
            for code, nom in groupe
        }
        codes = set()
        for signe in MENTION.finditer(texte):
            suite = normaliser(texte[signe.end() : signe.end() + 250])
            trouves = [nom for nom in noms if suite.startswith(nom)]
            if not trouves:
                return codes, texte[signe.end() :].split()[0][:60]
            codes.add(noms[max(trouves, key=len)])
        return codes, None

    def save(self, commit=True):
        message = self.instance
        if message.observation.pk is None:
            message.observation.save()
            message.observation_id = message.observation.pk
        elif message.pk:
            message.corrige_le = timezone.now()
        super().save(commit)
        codes = [code.split("-") for code in self.cleaned_data["mentions"]]
        message.personnes.set([int(pk) for nature, pk in codes if nature == PERSONNE])
        message.parties.set([int(pk) for nature, pk in codes if nature == PARTIE])
        return message


class ObservationForm(MessageForm):
    """Le premier message, et ce dont il parle : un champ de la fiche, un passage du texte."""

    champ = forms.ChoiceField(label="Champ de la fiche", required=False)
    passage = forms.CharField(
        label="Passage observé",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Copiez ici les mots dont vous parlez, tels qu’ils sont dans le texte. "
        "Laissez vide pour parler de l’ensemble.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.observation.fiche_id:
            self.fields["champ"].choices = [("", "Toute la fiche"), *libelles_des_champs()]
        else:
            del self.fields["champ"]

    def clean(self):
        donnees = super().clean()
        observation = self.instance.observation
        observation.champ = donnees.get("champ") or ""
        observation.passage = donnees.get("passage") or ""
        if observation.passage and not observation.ou_est_le_passage():
            self.add_error(
                "passage",
                "Ces mots ne se lisent pas, ou plus, dans le texte : copiez-les tels qu’ils y "
                "sont, ou videz ce champ.",
            )
        return donnees


def libelles_des_champs():
    """[(nom, libellé)] des champs d'une fiche, dans l'ordre où ils s'y lisent."""
    champs = (FicheAction._meta.get_field(nom) for nom in champs_observables())
    return [(champ.name, str(champ.verbose_name).capitalize()) for champ in champs]
