"""Écrire ce qui a été annoncé : tout, en une transaction, ou rien."""

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from acteurs.models import Acte, Acteur
from dispositifs.effets import toucher_les_plans
from dispositifs.importation.moteur import Sort
from dispositifs.importation.retrouver import cle_naturelle
from dispositifs.lots import par_lots
from dispositifs.models import Dispositif, Ecart, Mot, Zone, tenant
from dispositifs.models.ecart import en_valeur, nom_d_ecriture
from pams_portal.recherche import normaliser

PAR_ECRITURE = 500


class InventaireChange(Exception):
    """L'inventaire a bougé depuis l'examen : il faut examiner de nouveau."""


@transaction.atomic
def appliquer(examens, contexte):
    """Écrit les fiches à créer et à changer, les écarts, le journal ; touche les plans une fois.

    Les droits ont été exigés à l'examen, fiche par fiche. Lève InventaireChange, sans rien avoir
    écrit, si une fiche visée a changé ou si quelqu'un a créé la même entre-temps.
    """
    a_creer = [e for e in examens if e.sort == Sort.CREER]
    touches = [e for e in examens if e.sort in (Sort.CHANGER, Sort.PROPOSER)]
    _verrouiller(a_creer, touches, contexte)
    _inscrire_les_structures(a_creer, contexte)
    _creer(a_creer, contexte)
    _changer([e for e in touches if e.apres], contexte)
    _proposer(touches, contexte)
    ecrites = [e.dispositif for e in (*a_creer, *touches) if e.apres]
    quittees = {cle for e in touches if e.apres for cle in e.avant["zone_eligibilite"]}
    cles = {cle for fiche in ecrites for cle in fiche.zone_eligibilite}
    toucher_les_plans(cles | quittees, [fiche.pk for fiche in ecrites])


# --- Rien n'a bougé ------------------------------------------------------------------------------


def _verrouiller(a_creer, touches, contexte):
    if contexte.acteur:  # deux imports d'une même structure passent l'un après l'autre
        Acteur.objects.select_for_update().get(pk=contexte.acteur.pk)
    for lot in par_lots(touches):
        connues = {e.dispositif.pk: e.dispositif.version for e in lot}
        verrouillees = Dispositif.objects.filter(pk__in=connues).order_by("pk")
        lues = verrouillees.select_for_update().values_list("pk", "version")
        if dict(lues) != connues:
            raise InventaireChange
    for lot in par_lots(a_creer):
        neuves = {cle_naturelle(e.porteur, e.dispositif.type, e.dispositif.nom) for e in lot}
        memes = Q(nom_normalise__in={normaliser(e.dispositif.nom)[:150] for e in lot}, source_id="")
        sources = {(e.dispositif.source, e.dispositif.source_id) for e in lot if e.ligne.source_id}
        memes |= Q(source_id__in={source_id for _, source_id in sources})
        for fiche in Dispositif.tous.filter(memes).select_related("porteur"):
            nee = cle_naturelle(fiche.porteur, fiche.type, fiche.nom) in neuves
            if (fiche.source, fiche.source_id) in sources or nee and not fiche.source_id:
                raise InventaireChange


# --- Créer ---------------------------------------------------------------------------------------


def _inscrire_les_structures(a_creer, contexte):
    """Inscrit les structures absentes, une par une : elles sont rares, et chacune a son acte."""
    for examen in a_creer:
        siren = examen.porteur.siren
        if examen.porteur.pk is not None:
            continue
        if Acteur.objects.filter(siren=siren).exists():
            raise InventaireChange
        examen.porteur.save()
        origine = contexte.origine(examen.ligne.numero)
        verbe = Acte.Verbe.CREER
        qui = (contexte.utilisateur, contexte.place)
        examen.porteur.consigner(*qui, verbe, signature=contexte.signature, origine=origine)


def _creer(a_creer, contexte):
    tenants = {}
    for examen in a_creer:
        fiche, porteur = examen.dispositif, examen.porteur
        if porteur.pk not in tenants:
            tenants[porteur.pk] = tenant(porteur, contexte.acteur or porteur)
        fiche.porteur, fiche.tenu_par = porteur, tenants[porteur.pk]
        fiche.calculer()
    for lot in par_lots(a_creer, PAR_ECRITURE):
        Dispositif.objects.bulk_create([e.dispositif for e in lot])
        _poser_les_lignes_liees(lot)
        actes = [_acte(examen, Acte.Verbe.CREER, contexte) for examen in lot]
        Acte.objects.bulk_create(actes)


def _poser_les_lignes_liees(examens):
    """Les zones et les financeurs d'un lot de fiches qui n'en ont plus."""
    zones = [
        Zone(dispositif=e.dispositif, cle=cle)
        for e in examens
        for cle in e.dispositif.zone_eligibilite
    ]
    Zone.objects.bulk_create(zones, batch_size=PAR_ECRITURE)
    lien = Dispositif.financeurs.through
    liens = [
        lien(dispositif_id=e.dispositif.pk, acteur_id=cle)
        for e in examens
        for cle in e.apres.get("financeurs", e.avant.get("financeurs", ()))
    ]
    lien.objects.bulk_create(liens, batch_size=PAR_ECRITURE)
    Mot.objects.indexer([e.dispositif for e in examens])


def _acte(examen, verbe, contexte):
    fiche = examen.dispositif
    apres = examen.avant | examen.apres
    if verbe == Acte.Verbe.CREER:
        # Ce que le fichier ne dit pas n'a pas d'origine : il n'est pas consigné.
        apres |= {"porteur": fiche.porteur_id, "tenu_par": fiche.tenu_par_id}
        apres |= {"statut": fiche.statut}
        if fiche.source_id:
            apres["source_id"] = fiche.source_id
    place = examen.place or contexte.place
    origine = contexte.origine(examen.ligne.numero)
    qui = (contexte.utilisateur, place, verbe)
    return fiche.acte(*qui, examen.avant, apres, contexte.signature, origine)


# --- Changer -------------------------------------------------------------------------------------


def _changer(examens, contexte):
    for lot in par_lots(examens, PAR_ECRITURE):
        for examen in lot:
            _poser(examen)
        cles = [e.dispositif.pk for e in lot]
        Zone.objects.filter(dispositif__in=cles).delete()
        Dispositif.financeurs.through.objects.filter(dispositif__in=cles).delete()
        _poser_les_lignes_liees(lot)
        Acte.objects.bulk_create([_acte(e, Acte.Verbe.IMPORTER, contexte) for e in lot])
        Dispositif.objects.filter(pk__in=cles).update(version=F("version") + 1)


def _poser(examen):
    fiche = examen.dispositif
    colonnes = [nom_d_ecriture(nom) for nom in examen.apres if nom != "financeurs"]
    for nom in examen.apres:
        if nom != "financeurs":
            setattr(fiche, nom_d_ecriture(nom), en_valeur(nom, examen.apres[nom]))
    fiche.calculer()
    valeurs = {nom: getattr(fiche, nom) for nom in (*colonnes, *Dispositif.CALCULES)}
    Dispositif.objects.filter(pk=fiche.pk).update(**valeurs, modifie_le=timezone.now())


# --- Proposer ------------------------------------------------------------------------------------


def _proposer(examens, contexte):
    """Un fichier plus récent remplace ce que la même structure proposait et qui attend encore."""
    proposes = [(e, champ) for e in examens for champ in e.ecarts]
    for lot in par_lots(proposes, PAR_ECRITURE):
        attendent = Ecart.objects.a_decider().filter(propose_par=contexte.acteur)
        anciens = attendent.filter(dispositif__in={e.dispositif.pk for e, _ in lot})
        champs = {(e.dispositif.pk, champ) for e, champ in lot}
        remplaces = [a.pk for a in anciens if (a.dispositif_id, a.champ) in champs]
        Ecart.objects.filter(pk__in=remplaces).delete()
        Ecart.objects.bulk_create(
            Ecart(
                dispositif=examen.dispositif,
                champ=champ,
                valeur=examen.ecarts[champ],
                origine=contexte.origine(examen.ligne.numero),
                propose_par=contexte.acteur,
            )
            for examen, champ in lot
        )
