"""La conformité d'un plan à L. 1215-3 ou L. 1215-4, lue dans ses registres.

Trois portées, jamais mêlées : le texte de loi, dont on ne cite que de courts fragments ; notre
lecture, qui le rend vérifiable ; la recommandation, qui n'oblige à rien. Un constat dit ce que les
registres montrent et ce qui manque ; il ne remplace pas le contrôle de légalité.
"""

from dataclasses import replace

from plans.conformite.coherence import c1_financements
from plans.conformite.constats import LEGIFRANCE, Constat, Portee, Resultat
from plans.conformite.lecture import Lecture
from plans.conformite.loi import REGLES, REGLES_ILE_DE_FRANCE
from plans.conformite.recommandations import RECOMMANDATIONS
from plans.models import Plan

__all__ = ["LEGIFRANCE", "Constat", "Portee", "Resultat", "conformite"]


def conformite(plan, le):
    """Les constats d'un plan à une date, dans l'ordre des règles ; nombre constant de requêtes.

    Entrées : le plan ; la date à laquelle le périmètre du bassin est lu. Sortie : des `Constat`.
    """
    lecture = Lecture(plan, le)
    motifs = dict(plan.levees.values_list("regle", "motif"))
    francilien = plan.regime == Plan.Regime.ILE_DE_FRANCE
    regles = REGLES_ILE_DE_FRANCE if francilien else REGLES
    constats = [regle(lecture) for regle in [*regles, c1_financements, *RECOMMANDATIONS]]
    return [replace(constat, motif=motifs.get(constat.cle, "")) for constat in constats]
