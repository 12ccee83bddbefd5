"""La sélection d’un prescripteur : quelques fiches, dans l’adresse de la page, nulle part ailleurs.

Rien n'est gardé : ni compte, ni session, ni cookie, ni base. Le lien que l'on envoie ne porte que
des numéros de fiches ; rien n'y dit pour qui elles ont été choisies.
"""

import re
from typing import NamedTuple
from urllib.parse import quote, urlencode

from django.conf import settings
from django.urls import reverse

from dispositifs.models import Dispositif

AU_PLUS = 30
NUMERO = re.compile(r"[0-9]{1,15}")
SIGNES_DU_COURRIEL = 1500


class Selection(NamedTuple):
    """Les fiches choisies, dans l'ordre ; `perdues` : combien ne se lisent pas ou plus."""

    dispositifs: list
    perdues: int
    en_trop: int

    @property
    def cles(self):
        return [dispositif.pk for dispositif in self.dispositifs]

    @property
    def adresse(self):
        """L'adresse publique à envoyer ; elle vient des réglages, pas de la requête."""
        return f"{settings.SITE_URL}{reverse('dispositifs:selection')}?{parametres(self.cles)}"

    def en_texte(self):
        """Le message à envoyer : ce qu'il faut pour appeler, puis le lien vers le détail."""
        morceaux = ["Des solutions de mobilité :", ""]
        for dispositif in self.dispositifs:
            contacts = [dispositif.telephone, dispositif.courriel, dispositif.lien_mobilisation]
            details = " – ".join([str(dispositif.porteur), *filter(None, contacts)])
            morceaux += [f"• {dispositif.nom}", f"  {details}"]
        return "\n".join([*morceaux, "", f"Le détail, à jour : {self.adresse}"])

    @property
    def courriel(self):
        """Un lien `mailto:` ; trop longue, la liste laisse la place au seul lien."""
        texte = self.en_texte()
        if len(texte) > SIGNES_DU_COURRIEL:
            texte = f"Des solutions de mobilité : {self.adresse}"
        return f"mailto:?subject={quote('Des solutions de mobilité')}&body={quote(texte)}"


def parametres(cles):
    return urlencode([("d", cle) for cle in cles])


def cles_choisies(request):
    """Les numéros de l'adresse (`?d=12&d=34`), sans doublon, dans l'ordre."""
    lus = [cle for cle in request.GET.getlist("d") if NUMERO.fullmatch(cle)]
    return list(dict.fromkeys(map(int, lus)))


class Choisis(NamedTuple):
    """Les numéros déjà choisis quand on parcourt la liste, et ceux que cette page ne montre pas."""

    toutes: list
    ailleurs: list


def choisis(request, montrees):
    toutes = cles_choisies(request)[:AU_PLUS]
    return Choisis(toutes, [cle for cle in toutes if cle not in montrees])


def lire_selection(request):
    """La sélection de l'adresse ; une fiche fusionnée y est remplacée par celle qui lui survit."""
    demandees = cles_choisies(request)
    visibles = Dispositif.tous.visibles_par(request.user).with_acteurs()
    trouvees = {}
    for fiche, survivante in visibles.filter(pk__in=demandees[:AU_PLUS]).retrouver():
        if request.user.is_authenticated or survivante.statut in Dispositif.STATUTS_PUBLICS:
            trouvees[fiche.pk] = survivante
    retenues = demandees[:AU_PLUS]
    choisies = {trouvees[cle].pk: trouvees[cle] for cle in retenues if cle in trouvees}
    return Selection(
        dispositifs=list(choisies.values()),
        perdues=len(retenues) - len(trouvees),
        en_trop=len(demandees) - len(retenues),
    )
