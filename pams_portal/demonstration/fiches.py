"""Les fiches-actions fictives : chaque ligne écrite par celui à qui elle appartient."""

from acteurs.models import Acte
from bassins.models import Bassin
from pams_portal.droits import Droit
from pams_portal.texte import normaliser
from plans.models import (
    DemandeDeFinancement,
    DemandeDePartenariat,
    Etape,
    FicheAction,
    Financement,
    Indicateur,
    LigneBudget,
    Objectif,
    Partenariat,
)

TEXTES = ("constat", "objectif_operationnel", "description", "reussite", "articulation")


def ecrire_fiche(
    redaction,
    inventaire,
    porteur,
    objectif,
    etapes=(),
    budget=(),
    financement=(),
    partenaire=(),
    indicateur=(),
    **champs,
):
    """Crée une fiche et ses lignes ; les clés sont celles des fichiers `fiches/*.toml`."""
    liens = {
        "epci": champs.pop("epci", []),
        "communes": champs.pop("communes", []),
        "autres_bassins": Bassin.objects.filter(slug__in=champs.pop("autres_bassins", [])),
        "dispositifs": [inventaire[cle] for cle in champs.pop("dispositifs", [])],
    }
    champs |= {nom: normaliser(champs[nom].strip()) for nom in TEXTES if nom in champs}
    fiche = FicheAction(
        plan=redaction.plan,
        porteur=redaction.partie(porteur),
        objectif=Objectif.objects.get(
            axe__plan=redaction.plan, axe__lettre=objectif[0], numero=objectif[1:]
        ),
        **champs,
    )
    redaction.creer(porteur, fiche, Droit.MODIFIER_FICHE, **liens)
    for ordre, etape in enumerate(etapes, start=1):
        ligne = Etape(fiche=fiche, ordre=ordre, **etape)
        redaction.creer(porteur, ligne, Droit.MODIFIER_FICHE)
    for annee in budget:
        redaction.creer(porteur, LigneBudget(fiche=fiche, **annee), Droit.MODIFIER_FICHE)
    for ligne in partenaire:
        _ajouter_partenaire(redaction, fiche, porteur, **ligne)
    for ligne in financement:
        _ajouter_financement(redaction, fiche, porteur, **ligne)
    for ligne in indicateur:
        _ajouter_indicateur(redaction, fiche, porteur, **ligne)


def _ajouter_partenaire(redaction, fiche, porteur, role, partie=None, reponse=None, **absent):
    """Le porteur sollicite ; la partie répond elle-même, si elle répond. Pour un organisme
    `absent` du plan, c'est lui qui dit la réponse, d'après une pièce."""
    demande = DemandeDePartenariat(
        fiche=fiche, role=role, partie=partie and redaction.partie(partie), **absent
    )
    if reponse and not partie:
        demande.reponse = reponse
    redaction.creer(porteur, demande, Droit.MODIFIER_FICHE)
    if reponse and partie:
        verbe = Acte.Verbe.CONFIRMER if reponse == "confirme" else Acte.Verbe.REPONDRE
        partenariat = Partenariat.objects.get(pk=demande.pk)
        redaction.agir(partie, partenariat, Droit.REPONDRE_PARTENARIAT, verbe, reponse=reponse)


def _ajouter_financement(redaction, fiche, porteur, financeur=None, montant=None, **champs):
    """Une partie inscrit seule son montant ; sinon le porteur sollicite, ou note une annonce."""
    partie = financeur and redaction.partie(financeur)
    if financeur and montant is not None:
        modele, plume, droit = Financement, financeur, Droit.MODIFIER_FINANCEMENT
    else:
        modele, plume, droit = DemandeDeFinancement, porteur, Droit.SOLLICITER_FINANCEMENT
    ligne = modele(fiche=fiche, financeur=partie, montant=montant, **champs)
    ligne.saisi_par = redaction.partie(plume)
    redaction.creer(plume, ligne, droit)


def _ajouter_indicateur(redaction, fiche, porteur, responsable=None, suivi_par=None, **champs):
    """Un indicateur appartient à qui le tient, porteur de la fiche ou non."""
    responsable = responsable or porteur
    indicateur = Indicateur(
        fiche=fiche,
        porteur=redaction.partie(responsable),
        suivi_par=suivi_par and redaction.partie(suivi_par),
        **champs,
    )
    redaction.creer(responsable, indicateur, Droit.MODIFIER_INDICATEUR)
