"""Ce qui attend une personne, et ce qui manque à un plan."""

from typing import NamedTuple

from django.db.models import Prefetch
from django.urls import reverse

from dispositifs import attentes
from dispositifs.models import Dispositif
from pams_portal.droits import Droit, Role, peut
from plans.models import (
    Contribution,
    FicheAction,
    Financement,
    Partenariat,
    PartiePrenante,
    Proposition,
    Version,
    Visa,
)


class Attente(NamedTuple):
    """Une ligne de « Ma part » : un verbe, ce qu'il vise, où le faire."""

    verbe: str
    objet: str
    url: str
    plan: object = None


def attentes_de(utilisateur, plans):
    """Ce que les structures de la personne ont à faire dans ces plans, dans l'ordre de l'urgence.

    Un nombre constant de requêtes, quel que soit le nombre de plans.
    """
    if not utilisateur.is_authenticated:
        return []
    parties = [
        place.partie_id
        for places in utilisateur.places_par_plan.values()
        for place in places
        if place.tient_le_role(Role.REDACTEUR)
    ]
    return [
        *_visas_attendus(utilisateur, plans, parties),
        *_reponses_attendues(utilisateur, plans, parties),
        *_propositions_a_decider(utilisateur, plans),
        *_montants_attendus(utilisateur, plans, parties),
        *_roles_attendus(utilisateur, plans, parties),
        *_textes_attendus(utilisateur, plans, parties),
        *_fiches_incompletes(plans, parties),
        *_ecarts_a_decider(utilisateur),
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
            yield Attente("Viser", version.get_vers_display(), url, version.plan)


def _reponses_attendues(utilisateur, plans, parties):
    sans_reponse = PartiePrenante.objects.filter(
        pk__in=parties, plan__in=plans, reponse=PartiePrenante.Reponse.SOLLICITEE
    )
    for partie in sans_reponse.select_related("plan", "acteur"):
        if peut(utilisateur, Droit.REPONDRE_COMME_PARTIE, partie):
            url = reverse("plans:partie_list", args=[partie.plan.slug])
            yield Attente("Dire si vous contribuez", partie.acteur.nom, url, partie.plan)


def _propositions_a_decider(utilisateur, plans):
    for proposition in Proposition.objects.ouvertes().filter(plan__in=plans).with_part():
        if peut(utilisateur, proposition.droit_de_decider, proposition.part):
            verbe = f"Décider de la proposition de {proposition.porteur.acteur}"
            yield Attente(verbe, str(proposition), proposition.get_absolute_url(), proposition.plan)


def _montants_attendus(utilisateur, plans, parties):
    sollicites = Financement.objects.filter(
        financeur__in=parties, fiche__plan__in=plans, statut=Financement.Statut.SOLLICITE
    )
    for financement in sollicites.select_related("fiche__plan", "financeur"):
        if peut(utilisateur, Droit.MODIFIER_FINANCEMENT, financement):
            fiche = financement.fiche
            adresse = [fiche.plan.slug, fiche.code, "financements", financement.pk]
            url = reverse("plans:ligne_update", args=adresse)
            yield Attente("Saisir votre financement", str(fiche), url, fiche.plan)


def _roles_attendus(utilisateur, plans, parties):
    sollicites = Partenariat.objects.filter(
        partie__in=parties, fiche__plan__in=plans, reponse=Partenariat.Reponse.SOLLICITE
    )
    for partenariat in sollicites.select_related("fiche__plan", "partie"):
        if peut(utilisateur, Droit.REPONDRE_PARTENARIAT, partenariat):
            fiche = partenariat.fiche
            role = partenariat.get_role_display().lower()
            url = f"{fiche.get_absolute_url()}#partenaires"
            yield Attente(f"Répondre : {role}", str(fiche), url, fiche.plan)


def _textes_attendus(utilisateur, plans, parties):
    vides = Contribution.objects.filter(
        porteur__in=parties, chapitre__plan__in=plans, texte=""
    ).select_related("chapitre__plan", "porteur__acteur")
    for contribution in vides.order_by("chapitre__plan", "chapitre__ordre"):
        if peut(utilisateur, droit_de_contribuer(contribution.chapitre), contribution):
            url = contribution_url(contribution)
            yield Attente("Écrire", str(contribution.chapitre), url, contribution.plan)


def _fiches_incompletes(plans, parties):
    fiches = FicheAction.objects.filter(porteur__in=parties, plan__in=plans)
    for fiche in fiches.with_lignes().select_related("plan"):
        manques = fiche.manques()
        if manques and fiche.est_en_redaction:
            objet = f"{fiche} ({', '.join(manques)})"
            yield Attente("Compléter", objet, fiche.get_absolute_url(), fiche.plan)


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


def droit_de_contribuer(chapitre):
    return Droit.CONTRIBUER_SPE if chapitre.est_du_spe else Droit.CONTRIBUER


def contribution_url(contribution):
    return reverse("plans:contribution_update", args=[contribution.plan.slug, contribution.pk])


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
