"""Ce qu'une fiche de dispositif a d'étonnant : à dire, jamais à refuser."""

from django.utils import timezone

from acteurs.contacts import Contact, contact_de, contacts_douteux, est_un_mobile
from acteurs.models import Acteur, Fonction
from dispositifs.etats import FIN_ANNONCEE
from pams_portal.typographie import jour

DESCRIPTION_CONSEILLEE = 200
AUTORITES_ORGANISATRICES = {
    Fonction.Nature.AOM,
    Fonction.Nature.AO_LYON,
    Fonction.Nature.IDFM,
    Fonction.Nature.SYNDICAT_SRU,
    Fonction.Nature.REGION,
}


def avertissements(dispositif):
    """Les phrases à montrer à qui tient la fiche ; aucune n'empêche d'enregistrer."""
    return [phrase for regle in REGLES if (phrase := regle(dispositif))]


def _description_courte(dispositif):
    longueur = len(dispositif.description)
    if longueur < DESCRIPTION_CONSEILLEE:
        return (
            f"La description fait {longueur} caractères : il en faut au moins "
            f"{DESCRIPTION_CONSEILLEE} pour que l’on comprenne à qui et comment le dispositif sert."
        )
    return ""


def _sans_public(dispositif):
    if not dispositif.publics:
        return (
            "Aucun public n’est coché : un dispositif ouvert à chacun se déclare « Tous publics »."
        )
    return ""


def _courriel_personnel(dispositif):
    if contact_de(dispositif.courriel) != Contact.DE_SERVICE:
        return (
            f"« {dispositif.courriel} » ressemble à une adresse personnelle. La fiche est "
            "publique : donnez une adresse de service. D’ici là, les données ouvertes l’omettent."
        )
    return ""


def _telephone_personnel(dispositif):
    if est_un_mobile(dispositif.telephone):
        return (
            f"« {dispositif.telephone} » est un mobile, qui peut être celui d’une personne : les "
            "données ouvertes l’omettent. Donnez le numéro fixe du service, s’il en a un."
        )
    return ""


def _contact_dans_un_texte(dispositif):
    textes = (dispositif.description, dispositif.conditions, dispositif.frais_precisions)
    trouves = [contact for texte in textes for contact in contacts_douteux(texte)]
    if trouves:
        return (
            f"Un texte de la fiche donne un contact qui peut être celui d’une personne "
            f"({', '.join(trouves)}) : les données ouvertes le remplacent par une mention."
        )
    return ""


def _transport_du_mauvais_porteur(dispositif):
    return transport_du_mauvais_porteur(dispositif.type, dispositif.porteur)


def transport_du_mauvais_porteur(type_, porteur):
    """Cerema, 2022 : le TUS est réservé aux associations, le TAD aux autorités organisatrices."""
    est_associatif = porteur.nature == Acteur.Nature.ASSOCIATION
    if type_ == "tus" and not est_associatif:
        return (
            f"Un transport d’utilité sociale (TUS) ne peut être porté que par une association "
            f"(Cerema, 2022) ; {porteur} n’est pas enregistré comme association."
        )
    if type_ == "tad" and not _est_autorite_organisatrice(porteur):
        qualite = "est une association" if est_associatif else "n’est pas connu comme tel"
        return (
            "Un transport à la demande (TAD) ne peut être porté que par une autorité organisatrice "
            f"de la mobilité (Cerema, 2022) ; {porteur} {qualite}."
        )
    return ""


def _est_autorite_organisatrice(acteur):
    fonctions = acteur.fonctions.all() if acteur.pk else ()  # un import peut l'inscrire
    return any(fonction.nature in AUTORITES_ORGANISATRICES for fonction in fonctions)


def _frais_sans_precision(dispositif):
    if dispositif.frais == dispositif.Frais.PAYANT and not dispositif.frais_precisions:
        return "Le dispositif est payant, mais le prix n’est pas dit."
    return ""


def _financement_finissant(dispositif):
    fin = dispositif.fin_financement
    if fin is None or not dispositif.est_en_service:
        return ""
    reste = fin - timezone.localdate()
    if reste.days < 0:
        return f"Le financement a fini le {jour(fin)} : le dispositif continue-t-il\u202f?"
    if reste <= FIN_ANNONCEE:
        quand = {0: "aujourd’hui", 1: "demain"}.get(reste.days, f"dans {reste.days} jours")
        return f"Le financement finit le {jour(fin)}, {quand}."
    return ""


REGLES = [
    _description_courte,
    _sans_public,
    _frais_sans_precision,
    _financement_finissant,
    _courriel_personnel,
    _telephone_personnel,
    _contact_dans_un_texte,
    _transport_du_mauvais_porteur,
]
