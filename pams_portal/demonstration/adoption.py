"""La suite de la vie d'un plan fictif : concerté, arrêté, adopté, puis suivi, en son temps."""

from datetime import datetime, time

from django.core.files.base import ContentFile
from django.utils import timezone

from acteurs.models import Acte
from pams_portal.demonstration.contenu import DOSSIER
from pams_portal.droits import Droit, exiger
from pams_portal.texte import normaliser
from plans.etapes import Etat
from plans.models import (
    Concertation,
    FicheAction,
    Levee,
    OrganismeConsulte,
    Plan,
    ValeurIndicateur,
    Visa,
)
from plans.models.concertation import version_a_envoyer
from plans.versions import contenu_canonique, empreinte


class Adoption:
    """Mène un plan rédigé jusqu'à son suivi, par les actes de ses parties."""

    def __init__(self, redaction, dates):
        self.redaction, self.plan, self.dates = redaction, redaction.plan, dates
        self.debut = self.plan.cree_le
        parties = self.plan.parties.co_pilotes().select_related("acteur")
        self.pilotes = [redaction.cle_de(partie) for partie in parties]

    def mener(self, levees, concertation, valeur):
        for regle, motif in levees.items():
            levee = Levee(plan=self.plan, regle=regle, motif=motif)
            self.redaction.creer(self.pilotes[0], levee, Droit.LEVER_REGLE)
        self.dater("ecriture")
        self.viser(Etat.CONCERTATION)
        self.concerter(**concertation)
        self.dater("concertation")
        self.viser(Etat.ARRETE)
        self.dater("arret")
        self.voter()
        self.dater("adoption")
        for mesure in valeur:
            self.mesurer(**mesure)

    def dater(self, moment):
        self._reculer(self.dates[moment])

    def _reculer(self, jour):
        """Ce qui vient d'être écrit l'a été ce jour-là : un plan ancien n'est pas une nouveauté."""
        quand = timezone.make_aware(datetime.combine(jour, time(10)))
        actes = Acte.objects.du_dossier(self.plan.identifiant)
        actes.filter(quand__gte=self.debut).update(quand=quand)
        Plan.objects.filter(pk=self.plan.pk, cree_le__gte=self.debut).update(cree_le=quand)
        versions = self.plan.versions.filter(scellee_le__gte=self.debut)
        Visa.objects.filter(version_visee__in=versions).update(donne_le=quand)
        versions.update(scellee_le=quand, figee_le=quand)

    def viser(self, vers):
        lue = empreinte(contenu_canonique(self.plan))
        for cle in self.pilotes:
            personne, partie = self.redaction.personnes[cle], self.redaction.partie(cle)
            Visa.objects.donner(personne, partie, vers, lue)
        self.plan.refresh_from_db()

    def voter(self):
        """Le vote des assemblées n'a pas encore de page : l'étape est posée, le journal le dit."""
        personne = self.redaction.personnes[self.pilotes[0]]
        for etape in (Etat.DELIBERATIONS, Etat.ADOPTE):
            place = exiger(personne, Droit.CONDUIRE_PLAN, self.plan)
            self.plan.avancer(personne, place, etape, Acte.Verbe.PASSER)
        for fiche in self.plan.fiches.all():
            fiche.passer(personne, place, FicheAction.Etat.ADOPTEE)

    def concerter(self, pilote, organisme, **champs):
        version = version_a_envoyer(self.plan)
        ouverte = Concertation(plan=self.plan, version_envoyee=version, **champs)
        self.redaction.creer(pilote, ouverte, Droit.CONSULTER)
        for consulte in organisme:
            self._consulter(pilote, ouverte, **consulte)

    def _consulter(self, pilote, concertation, partie="", avis=None, **champs):
        champs["partie"] = self.redaction.partie(partie) if partie else None
        consulte = OrganismeConsulte(concertation=concertation, **champs)
        self.redaction.creer(pilote, consulte, Droit.CONSULTER)
        if avis:
            self._rendre(consulte, partie, **avis)

    def _rendre(self, consulte, partie, texte, saisi_par="", piece="", reponse=None, **champs):
        """L'organisme rend son avis, ou un co-pilote le saisit d'après une pièce."""
        plume = saisi_par or partie
        avis = consulte.avis_attendu
        avis.texte = normaliser(texte.strip())
        avis.saisi_par = self.redaction.partie(saisi_par) if saisi_par else None
        avis.signataire = self.redaction.personnes[plume]
        avis.nom_signataire = str(avis.signataire)
        for nom, valeur in champs.items():
            setattr(avis, nom, valeur)
        if piece:
            avis.joindre(ContentFile((DOSSIER / self.plan.slug / piece).read_bytes(), piece))
        self.redaction.creer(plume, avis, Droit.SAISIR_AVIS if saisi_par else Droit.RENDRE_AVIS)
        if reponse:
            self._repondre(avis, **reponse)

    def _repondre(self, avis, par, explication, fiches=(), chapitres=(), **champs):
        reponse = avis.reponse_attendue
        reponse.explication = normaliser(explication.strip())
        reponse.ecrite_par = self.redaction.partie(par)
        reponse.version_de_l_avis = avis.version
        for nom, valeur in champs.items():
            setattr(reponse, nom, valeur)
        self.redaction.creer(
            par,
            reponse,
            Droit.REPONDRE_AVIS,
            fiches=self.plan.fiches.filter(code__in=fiches),
            chapitres=self.plan.chapitres.filter(cle__in=chapitres),
        )

    def mesurer(self, fiche, indicateur, par, date, **champs):
        """Une valeur datée, saisie par qui suit l'indicateur, le jour où elle est relevée."""
        mesure = ValeurIndicateur(
            indicateur=self.plan.fiches.get(code=fiche).indicateurs.get(libelle=indicateur),
            porteur=self.redaction.partie(par),
            date=date,
            **champs,
        )
        self.redaction.creer(par, mesure, Droit.SAISIR_VALEUR)
        self._reculer(date)
