"""Qui est prévenu : les co-pilotes dont le visa manque, et ceux dont il vient de tomber."""

from acteurs.models.notification import Notification
from pams_portal.droits import Droit, Role
from plans.models import Contribution
from tests import factories as f


def recues(personne):
    """Dans l'ordre où on les lit : la plus récente d'abord."""
    return list(Notification.objects.filter(destinataire=personne).values_list("phrase", "motif"))


DEMANDE = ("a visé ce contenu : votre visa est attendu", "decision")
SUIVI = ("a modifié le texte commun", "suivi")
TOMBE = ("a fait tomber votre visa", "decision")


def test_le_premier_visa_demande_celui_des_autres_valideurs_et_d_eux_seuls(
    viser, personnes, departement
):
    autre = f.make_utilisateur(departement.acteur, Role.VALIDEUR)
    redacteur = f.make_utilisateur(departement.acteur, Role.REDACTEUR)
    viser("region")
    assert recues(personnes["departement"]) == recues(autre) == [DEMANDE]
    for qui in ("region", "lectrice", "aom", "assemblees"):
        assert recues(personnes[qui]) == [], qui
    assert recues(redacteur) == []
    lien = Notification.objects.filter(destinataire=autre).get().url
    assert lien == "/plans/grand-amienois/etapes/#passage-arrete"


def test_un_visa_qui_tombe_previent_qui_l_avait_donne(pret, viser, personnes):
    viser("departement")
    part = Contribution.objects.get(chapitre__cle="roles")
    part.agir(personnes["region"], Droit.CONTRIBUER, "modifier", texte="Autre chose.")
    assert recues(personnes["departement"]) == [SUIVI, TOMBE]


def test_nul_n_est_prevenu_de_son_propre_acte(pret, viser, personnes):
    viser("region")
    part = Contribution.objects.get(chapitre__cle="roles")
    part.agir(personnes["region"], Droit.CONTRIBUER, "modifier", texte="Autre chose.")
    assert recues(personnes["region"]) == []


def test_revenir_en_redaction_previent_ceux_qui_avaient_vise(arrete, personnes):
    arrete.passer(personnes["region"], "redaction", "À revoir.")
    assert recues(personnes["departement"]) == [TOMBE, DEMANDE]
    assert recues(personnes["region"]) == []
