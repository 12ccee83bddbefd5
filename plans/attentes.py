"""Ce qui attend une personne, et ce qui manque à un plan."""

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte
from dispositifs.fraicheur import attentes
from dispositifs.models import Dispositif
from pams_portal.droits import Droit, Qualite, Role, peut
from pams_portal.elision import de
from plans.models import (
    AvisSurFiche,
    AvisSurPlan,
    Concertation,
    Contribution,
    Etape,
    FicheAction,
    Financement,
    Message,
    Observation,
    OrganismeConsulte,
    Partenariat,
    PartiePrenante,
    Proposition,
    SuiteADonner,
    Version,
    Visa,
)
from plans.models.validation import substances

# Notre repère, pas un délai de la loi : au-delà, ce qu'un autre attend est dit en retard.
PATIENCE = timedelta(days=15)
AVIS_DONNE = ("fiche", "porteur", "comite", "substance")


class Attente(NamedTuple):
    """Une ligne de « Ma part » : un verbe, ce qu'il vise, où le faire, et une date.

    `depuis` : quand on l'a demandé, ou quand la part est échue à la structure ; `echeance` : une
    date du plan. `manque` : personne n'attend, mais la part est incomplète. `cible` : l'identifiant
    dont le journal dit depuis quand.
    """

    verbe: str
    objet: str
    url: str
    plan: object = None
    manque: bool = False
    cible: object = None
    depuis: object = None
    echeance: object = None

    @property
    def en_retard(self):
        if self.echeance:
            return self.echeance < timezone.localdate()
        demandee = self.depuis and not self.manque
        return bool(demandee) and self.depuis < timezone.now() - PATIENCE


def attentes_de(utilisateur, plans):
    """Ce que les structures de la personne ont à faire dans ces plans, dans l'ordre de l'urgence.

    Un nombre constant de requêtes, quel que soit le nombre de plans.
    """
    if not utilisateur.is_authenticated:
        return []
    places = [
        place
        for places in utilisateur.places_par_plan.values()
        for place in places
        if place.tient_le_role(Role.REDACTEUR)
    ]
    parties = [place.partie_id for place in places]
    pilotes = [place.partie_id for place in places if place.qualite == Qualite.CO_PILOTE]
    attentes = [
        *_visas_attendus(utilisateur, plans, parties),
        *_reponses_attendues(utilisateur, plans, parties),
        *_propositions_a_decider(utilisateur, plans),
        *_montants_attendus(utilisateur, plans, parties),
        *_roles_attendus(utilisateur, plans, parties),
        *_avis_attendus(utilisateur, plans, parties, pilotes),
        *_avis_de_concertation(utilisateur, plans, parties),
        *_avis_a_traiter(utilisateur, plans, pilotes),
        *_avis_sollicites(utilisateur, plans, pilotes),
        *_mentions(utilisateur, plans, parties),
        *_suites_a_faire(utilisateur, plans, parties),
        *_etapes_echues(utilisateur, plans, parties),
        *_textes_attendus(utilisateur, plans, parties),
        *_fiches_a_tenir(utilisateur, plans, parties),
        *_ecarts_a_decider(utilisateur),
    ]
    return sorted(dater(attentes), key=urgence)


def urgence(attente):
    """Ce qui est en retard d'abord, puis ce que d'autres attendent, puis ce qui manque."""
    return not attente.en_retard, attente.manque


def dater(attentes):
    """Dit depuis quand chaque part est là, d'après le journal ; en une requête pour toutes.

    Ce que l'ouverture du plan a posé n'a pas d'acte à soi : sa date est celle du plan.
    """
    cibles = [attente.cible for attente in attentes if attente.cible]
    debuts = Acte.objects.filter(cible__in=cibles, verbe__in=[*Acte.DEBUTS, Acte.Verbe.ATTRIBUER])
    depuis = dict(debuts.order_by().values_list("cible").annotate(Max("quand")))
    return [
        attente._replace(depuis=depuis.get(attente.cible, attente.plan.cree_le))
        if attente.cible
        else attente
        for attente in attentes
    ]


def attentes_de_l_inventaire(utilisateur):
    """Ce que la personne a à faire sur les fiches de dispositif que ses structures tiennent."""
    return [Attente(*ligne) for ligne in attentes.attentes_de(utilisateur)]


def _visas_attendus(utilisateur, plans, parties):
    """Un autre co-pilote a visé ce contenu : le visa de la structure est attendu."""
    versions = Version.objects.en_attente().filter(plan__in=plans, plan__parties__in=parties)
    versions = versions.select_related("plan").distinct()
    versions = list(versions.prefetch_related(Prefetch("visas", Visa.objects.vivants())))
    if not versions:
        return
    pilotes = PartiePrenante.objects.co_pilotes().filter(pk__in=parties, plan__in=plans)
    par_plan = {partie.plan_id: partie for partie in pilotes.select_related("acteur", "plan")}
    for version in versions:
        partie = par_plan.get(version.plan_id)
        if partie is None or partie.pk in {visa.partie_id for visa in version.visas.all()}:
            continue
        if peut(utilisateur, Droit.VISER, partie):
            url = f"{reverse('plans:plan_etapes', args=[version.plan.slug])}#passage-{version.vers}"
            etape = version.get_vers_display()
            yield Attente("Viser", etape, url, version.plan, depuis=version.scellee_le)


def _reponses_attendues(utilisateur, plans, parties):
    sans_reponse = PartiePrenante.objects.filter(
        pk__in=parties, plan__in=plans, reponse=PartiePrenante.Reponse.SOLLICITEE
    )
    for partie in sans_reponse.select_related("plan", "acteur"):
        if peut(utilisateur, Droit.REPONDRE_COMME_PARTIE, partie):
            url = reverse("plans:partie_list", args=[partie.plan.slug])
            nom, cible = partie.acteur.nom, partie.identifiant
            yield Attente("Dire si vous contribuez", nom, url, partie.plan, cible=cible)


def _propositions_a_decider(utilisateur, plans):
    for proposition in Proposition.objects.ouvertes().filter(plan__in=plans).with_part():
        if peut(utilisateur, proposition.droit_de_decider, proposition.part):
            verbe = f"Décider de la proposition {de(proposition.porteur.acteur)}"
            objet, url = str(proposition), proposition.get_absolute_url()
            yield Attente(verbe, objet, url, proposition.plan, depuis=proposition.deposee_le)


def _montants_attendus(utilisateur, plans, parties):
    sollicites = Financement.objects.filter(
        financeur__in=parties, fiche__plan__in=plans, statut=Financement.Statut.SOLLICITE
    )
    for financement in sollicites.select_related("fiche__plan", "financeur"):
        if peut(utilisateur, Droit.MODIFIER_FINANCEMENT, financement):
            fiche = financement.fiche
            adresse = [fiche.plan.slug, fiche.code, "financements", financement.pk]
            url = reverse("plans:ligne_update", args=adresse)
            cible = financement.identifiant
            yield Attente("Saisir votre financement", str(fiche), url, fiche.plan, cible=cible)


def _roles_attendus(utilisateur, plans, parties):
    sollicites = Partenariat.objects.filter(
        partie__in=parties, fiche__plan__in=plans, reponse=Partenariat.Reponse.SOLLICITE
    )
    for partenariat in sollicites.select_related("fiche__plan", "partie"):
        if peut(utilisateur, Droit.REPONDRE_PARTENARIAT, partenariat):
            fiche = partenariat.fiche
            role = partenariat.get_role_display().lower()
            url = f"{fiche.get_absolute_url()}#partenaires"
            cible = partenariat.identifiant
            yield Attente(f"Répondre : {role}", str(fiche), url, fiche.plan, cible=cible)


def _textes_attendus(utilisateur, plans, parties):
    vides = Contribution.objects.filter(
        porteur__in=parties, chapitre__plan__in=plans, texte=""
    ).select_related("chapitre__plan", "porteur__acteur")
    for contribution in vides.order_by("chapitre__plan", "chapitre__ordre"):
        chapitre, plan = contribution.chapitre, contribution.plan
        if peut(utilisateur, chapitre.droit_de_contribuer, contribution):
            url = reverse("plans:contribution_update", args=[plan.slug, contribution.pk])
            cible = contribution.identifiant
            yield Attente("Écrire", str(chapitre), url, plan, manque=True, cible=cible)


def _avis_attendus(utilisateur, plans, parties, pilotes):
    """Une fiche est devant un comité : l'avis de chaque co-pilote y décide ; celui qu'une partie a
    donné sur un texte qui a changé depuis ne compte plus, et se reprend."""
    fiches = FicheAction.objects.filter(plan__in=plans, plan__parties__in=parties)
    saisies = fiches.filter(etat__in=[FicheAction.Etat.ENGAGEE, FicheAction.Etat.COTECH])
    saisies = list(saisies.select_related("plan").distinct())
    tenues = defaultdict(list)
    if saisies:
        siennes = PartiePrenante.objects.filter(pk__in=parties).order_by()
        for partie, plan in siennes.values_list("pk", "plan"):
            tenues[plan].append(partie)
    avis = AvisSurFiche.objects.filter(fiche__in=saisies, porteur__in=parties)
    donnes = {tuple(cle): vise for *cle, vise in avis.values_list(*AVIS_DONNE)}
    presentes = substances([fiche for fiche, *_ in donnes]) if donnes else {}
    for fiche in saisies:
        for partie in tenues[fiche.plan_id]:
            donne = donnes.get((fiche.pk, partie, fiche.comite_saisi))
            attendu = AvisSurFiche(fiche=fiche, porteur_id=partie, comite=fiche.comite_saisi)
            a_jour = donne == presentes[fiche.pk] if donne else partie not in pilotes
            if not a_jour and peut(utilisateur, Droit.DONNER_AVIS, attendu):
                quoi = "Reprendre, sur la fiche changée depuis," if donne else "Donner"
                verbe = f"{quoi} l’avis de votre structure en {attendu.get_comite_display()}"
                url = reverse("plans:avis_update", args=[fiche.plan.slug, fiche.code])
                yield Attente(verbe, str(fiche), url, fiche.plan)


def _avis_de_concertation(utilisateur, plans, parties):
    """La structure est consultée sur une version envoyée, et n'a pas rendu elle-même son avis."""
    consultes = OrganismeConsulte.objects.sans_avis_a_soi().filter(
        partie__in=parties,
        concertation__in=Concertation.objects.dernieres().filter(plan__in=plans),
    )
    for consulte in consultes.with_concertation():
        concertation = consulte.concertation
        concertation.est_la_derniere = True  # la requête vient de l'établir
        if peut(utilisateur, Droit.RENDRE_AVIS, consulte.avis_attendu):
            url = reverse("plans:avis_sur_plan_update", args=[concertation.plan.slug, consulte.pk])
            limite = concertation.date_limite
            objet = str(concertation.version_envoyee)
            yield Attente("Rendre votre avis", objet, url, concertation.plan, echeance=limite)


def _avis_a_traiter(utilisateur, plans, pilotes):
    """Un avis est au registre, et les co-pilotes n'y ont pas répondu."""
    pilotes = PartiePrenante.objects.filter(pk__in=pilotes, plan__in=plans).values("plan")
    recus = AvisSurPlan.objects.a_traiter().filter(consulte__concertation__plan__in=pilotes)
    lies = ("consulte__concertation__plan", "consulte__partie__acteur", "reponse")
    for avis in recus.select_related(*lies):
        if peut(utilisateur, Droit.REPONDRE_AVIS, avis.reponse_attendue):
            url = reverse("plans:reponse_update", args=[avis.plan.slug, avis.pk])
            nom, cible = avis.consulte.nom, avis.identifiant
            yield Attente("Répondre à l’avis", nom, url, avis.plan, cible=cible)


def _avis_sollicites(utilisateur, plans, pilotes):
    """Des organismes consultés se taisent : aux co-pilotes de les relancer, ou de saisir l'avis."""
    pilotes = PartiePrenante.objects.filter(pk__in=pilotes, plan__in=plans).values("plan")
    ouvertes = Concertation.objects.ouvertes().filter(plan__in=pilotes).select_related("plan")
    muets = Count("consultes", filter=Q(consultes__avis__isnull=True))
    for concertation in ouvertes.annotate(muets=muets).filter(muets__gt=0):
        concertation.est_la_derniere = True  # la requête vient de l'établir
        neuf = OrganismeConsulte(concertation=concertation)
        if peut(utilisateur, Droit.SAISIR_AVIS, AvisSurPlan(consulte=neuf)):
            nombre = concertation.muets
            objet = f"{nombre} avis sollicité{'s' * (nombre > 1)}, sans réponse"
            url, limite = concertation.get_absolute_url(), concertation.date_limite
            yield Attente("Suivre la concertation", objet, url, concertation.plan, echeance=limite)


def _mentions(utilisateur, plans, parties):
    """Les observations qui nomment la personne ou sa structure, et où elle n'a pas répondu."""
    les_siens = Q(auteur=utilisateur) | Q(porteur__in=parties)
    ensuite = Message.objects.filter(les_siens, observation=OuterRef("observation"))
    nomment = Message.objects.filter(Q(personnes=utilisateur) | Q(parties__in=parties))
    nomment = nomment.filter(observation__plan__in=plans).exclude(auteur=utilisateur)
    nomment = nomment.exclude(observation__etat=Observation.Etat.RESOLUE)
    nomment = nomment.exclude(Exists(ensuite.filter(pk__gt=OuterRef("pk")))).distinct()
    vues = set()
    for message in nomment.select_related("observation__plan").order_by("ecrit_le", "pk"):
        fil = message.observation
        if fil.pk not in vues and peut(utilisateur, Droit.OBSERVER, fil):
            vues.add(fil.pk)
            url = message.get_absolute_url()
            objet = f"n° {fil.numero}, {fil.cible_libelle}"
            yield Attente("Répondre à l’observation", objet, url, fil.plan, depuis=message.ecrit_le)


def _suites_a_faire(utilisateur, plans, parties):
    """Ce qu'un comité a confié à la structure, et qu'elle n'a pas dit fait."""
    suites = SuiteADonner.objects.en_attente().with_seance()
    suites = suites.filter(porteur__in=parties, point__seance__plan__in=plans)
    for suite in suites.order_by("echeance", "pk"):
        if peut(utilisateur, Droit.FAIRE_SUITE, suite):
            verbe = f"Faire, comme convenu au {suite.seance}"
            url = f"{suite.get_absolute_url()}#suite-{suite.pk}"
            dates = {"depuis": suite.notee_le, "echeance": suite.echeance}
            yield Attente(verbe, suite.quoi, url, suite.plan, **dates)


def _etapes_echues(utilisateur, plans, parties):
    etapes = Etape.objects.filter(
        fiche__porteur__in=parties,
        fiche__plan__in=plans,
        faite=False,
        echeance__lt=timezone.localdate(),
    )
    for etape in etapes.select_related("fiche__plan").order_by("echeance", "pk"):
        if peut(utilisateur, Droit.MODIFIER_FICHE, etape):
            adresse = [etape.plan.slug, etape.fiche.code, "etapes", etape.pk]
            url = reverse("plans:ligne_update", args=adresse)
            objet = str(etape)
            yield Attente("Dire où en est l’étape", objet, url, etape.plan, echeance=etape.echeance)


def _fiches_a_tenir(utilisateur, plans, parties):
    """Ce qui manque aux fiches de la structure, et celles que leur calendrier a dépassées."""
    fiches = FicheAction.objects.filter(porteur__in=parties, plan__in=plans)
    for fiche in fiches.with_lignes().select_related("plan"):
        if not peut(utilisateur, Droit.MODIFIER_FICHE, fiche):
            continue
        url = fiche.get_absolute_url()
        if depassee := fiche.date_depassee():
            yield Attente("Revoir le calendrier", str(fiche), url, fiche.plan, echeance=depassee)
        if manques := fiche.manques():
            objet = f"{fiche} ({', '.join(manques)})"
            cible = fiche.identifiant
            yield Attente("Compléter", objet, url, fiche.plan, manque=True, cible=cible)


def _ecarts_a_decider(utilisateur):
    """Les fiches de l'inventaire qu'un import contredit, et que la personne peut modifier."""
    acteurs = [p.acteur for p in utilisateur.places_sur(None) if p.tient_le_role(Role.REDACTEUR)]
    for dispositif in Dispositif.objects.a_decider_par(acteurs):
        url = reverse("dispositifs:dispositif_ecarts", args=[dispositif.pk])
        yield Attente("Décider de ce qu’un import propose", dispositif.nom, url, None)


def parties_tenues(utilisateur):
    """Les identifiants des parties que les structures de la personne tiennent dans les plans."""
    if not utilisateur.is_authenticated:
        return set()
    return {place.partie_id for places in utilisateur.places_par_plan.values() for place in places}


def manques_du_plan(lecture):
    """Ce qui manque au plan entier, toutes parties confondues : [(phrase, adresse)]."""
    manques = []
    for chapitre in lecture.chapitres:
        if chapitre.est_redige and not any(c.texte for c in chapitre.contributions.all()):
            manques.append((f"{chapitre} : rien d’écrit", f"#{chapitre.ancre}"))
    for fiche in lecture.fiches:
        absents = fiche.manques()
        if absents:
            phrase = f"{fiche.code} : {', '.join(absents)}"
            manques.append((phrase, fiche.get_absolute_url()))
    return manques
