"""Écrire dans un plan comme le feraient ses parties : le droit exigé, l'acte consigné."""

from acteurs.models import Acte, Utilisateur
from pams_portal.droits import exiger
from pams_portal.texte import normaliser


class Redaction:
    """Un plan, ses parties et les personnes qui écrivent pour elles, par clé d'acteur."""

    def __init__(self, plan, acteurs, personnes):
        self.plan = plan
        self.acteurs = acteurs
        # Relues : les places d'une personne sont gardées en mémoire, et le plan vient de naître.
        self.personnes = {
            cle: Utilisateur.objects.get(pk=personne.pk) for cle, personne in personnes.items()
        }
        self._cles = {acteur.pk: cle for cle, acteur in acteurs.items()}
        parties = plan.parties.select_related("acteur")
        self._parties = {self._cles[partie.acteur_id]: partie for partie in parties}

    def partie(self, cle):
        return self._parties[cle]

    def cle_de(self, partie):
        return self._cles[partie.acteur_id]

    def creer(self, plume, objet, droit, **liens):
        """Crée un objet et ses liens multiples, au nom de `plume`, et le consigne."""
        personne = self.personnes[plume]
        place = exiger(personne, droit, objet)
        objet.save()
        for nom, valeurs in liens.items():
            getattr(objet, nom).set(valeurs)
        # Les valeurs du journal sont celles de la base : 900 y devient un décimal.
        objet.full_clean()
        objet.consigner(personne, place, Acte.Verbe.CREER)
        return objet

    def agir(self, plume, objet, droit, verbe, **valeurs):
        """Un acte métier au nom de `plume` ; les textes sont mis dans leur forme enregistrée."""
        valeurs = {
            nom: normaliser(valeur) if isinstance(valeur, str) else valeur
            for nom, valeur in valeurs.items()
        }
        objet = objet.agir(self.personnes[plume], droit, verbe, **valeurs)
        objet.full_clean()
        return objet
