"""Ce que le document imprime, lu en un nombre constant de requêtes et jamais modifié ensuite."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db.models import Prefetch
from django.utils.safestring import mark_safe

from bassins.contours import ATTRIBUTION, carte_svg, numeroter
from bassins.models import Bassin, Perimetre
from dispositifs.models import Dispositif, Zone
from dispositifs.territoires import (
    cles_touchant,
    communes_d_ile_de_france,
    noms_des_territoires,
)
from dispositifs.typologie import FAMILLES
from pams_portal.droits import Qualite
from plans.concertation import registres_de
from plans.conformite import Portee, conformite
from plans.impression.frise import POLICE, Frise, frises
from plans.impression.moyens import TableauAnnuel, budgets_par_fiche, financements_par_statut
from plans.lecture import QUALITE_PAR_CHAPITRE
from plans.models import (
    Contribution,
    FicheAction,
    Financement,
    Indicateur,
    Partenariat,
    PartiePrenante,
    Plan,
    Version,
    Visa,
)
from plans.versions import contenu_canonique, empreinte

# Ce que chaque chapitre montre des registres, en plus de ce que les parties y écrivent.
GABARITS = {
    "bassin": "plans/document/chapitres/bassin.html",
    "co_pilotes": "plans/document/chapitres/parties.html",
    "coordonnees": "plans/document/chapitres/parties.html",
    "associees": "plans/document/chapitres/parties.html",
    "dispositifs_recenses": "plans/document/chapitres/dispositifs.html",
    "orientations": "plans/document/chapitres/orientations.html",
    "recapitulatif": "plans/document/chapitres/recapitulatif.html",
    "calendrier": "plans/document/chapitres/calendrier.html",
    "fiches": "plans/document/chapitres/fiches.html",
    "moyens": "plans/document/chapitres/moyens.html",
    "engagements": "plans/document/chapitres/engagements.html",
}


@dataclass
class ChapitreImprime:
    """Un chapitre, ses contributions écrites, et les parties qu'il énumère."""

    cle: str
    numero: str
    titre: str
    niveau: int
    ancre: str
    est_redige: bool
    contributions: list
    parties: list = field(default_factory=list)

    @property
    def gabarit(self):
        return GABARITS.get(self.cle)

    @property
    def niveau_du_texte(self):
        return self.niveau + 1


@dataclass(frozen=True)
class Annexe:
    lettre: str
    titre: str
    gabarit: str

    @property
    def ancre(self):
        return f"annexe-{self.lettre.lower()}"


@dataclass(frozen=True)
class BilanDeFamille:
    """Combien de dispositifs dans une famille, confirmés, liés à une action du plan."""

    famille: str
    dispositifs: list
    codes_lies: frozenset

    @property
    def nombre(self):
        return len(self.dispositifs)

    @property
    def confirmes(self):
        return sum(d.confirme_le is not None for d in self.dispositifs)

    @property
    def lies(self):
        return sum(d.pk in self.codes_lies for d in self.dispositifs)


@dataclass
class Contenu:
    """Un plan prêt à imprimer, à une date : listes ordonnées, plus aucune requête à faire."""

    plan: Plan
    le: date
    bassin: Bassin | None
    perimetre: Perimetre | None
    parties: list[PartiePrenante]
    chapitres: list[ChapitreImprime]
    axes: list
    fiches: list[FicheAction]
    dispositifs: list[Dispositif]
    territoires: dict[str, str]
    constats: list
    registres: list
    figee: Version | None
    empreinte: str

    @property
    def projet(self):
        return not self.plan.est_public

    @property
    def version(self):
        """« Projet », « Projet arrêté, version 2 », « Version adoptée, version 3 »."""
        nom = "Version adoptée"
        if self.projet:
            nom = "Projet arrêté" if self.plan.etat == Plan.Etat.ARRETE else "Projet"
        return f"{nom}, version {self.figee.numero}" if self.figee else nom

    @property
    def visas(self):
        """[(co-pilote, son visa vivant sur la version figée ou None)]"""
        donnes = {v.partie_id: v for v in self.figee.visas.all()} if self.figee else {}
        return [(partie, donnes.get(partie.pk)) for partie in self.co_pilotes]

    @property
    def s_ecarte_de_la_version(self):
        """Un acteur ou un dispositif cité a changé depuis : le contenu figé fait foi."""
        return self.figee is not None and self.figee.empreinte != self.empreinte

    @property
    def lieu(self):
        return f"Bassin de mobilité {self.plan.territoire}" if self.bassin else "Île-de-France"

    @property
    def co_pilotes(self):
        return [partie for partie in self.parties if partie.est_co_pilote]

    @property
    def signataires(self):
        """Les parties à qui la loi fait piloter ou coordonner l'action."""
        places = (Qualite.CO_PILOTE, Qualite.COORDONNEE)
        return [partie for partie in self.parties if partie.qualite in places]

    @cached_property
    def familles(self):
        """Les dispositifs par famille, dans l'ordre de la typologie ; sans famille vide."""
        par_famille = defaultdict(list)
        for dispositif in self.dispositifs:
            par_famille[dispositif.famille].append(dispositif)
        return [(famille, par_famille[famille]) for famille in FAMILLES if par_famille[famille]]

    @property
    def bilan_des_familles(self):
        return [BilanDeFamille(nom, d, self.dispositifs_lies) for nom, d in self.familles]

    @property
    def bilan_total(self):
        return BilanDeFamille("Total", self.dispositifs, self.dispositifs_lies)

    @cached_property
    def dispositifs_lies(self):
        return frozenset(d.pk for fiche in self.fiches for d in fiche.dispositifs.all())

    @cached_property
    def jamais_confirmes(self):
        return [d for d in self.dispositifs if d.confirme_le is None]

    @cached_property
    def fiches_par_axe(self):
        """[(axe, [(objectif, [fiches])])], les objectifs sans fiche compris."""
        par_objectif = defaultdict(list)
        for fiche in self.fiches:
            par_objectif[fiche.objectif_id].append(fiche)
        return [
            (axe, [(objectif, par_objectif[objectif.pk]) for objectif in axe.objectifs.all()])
            for axe in self.axes
        ]

    @cached_property
    def frises(self) -> list[Frise]:
        return frises(self.fiches, self.plan)

    @cached_property
    def budgets(self) -> TableauAnnuel:
        return budgets_par_fiche(self.fiches)

    @cached_property
    def financements(self) -> TableauAnnuel:
        return financements_par_statut(self.fiches)

    @cached_property
    def budget_par_fiche(self):
        """{code: somme des années}, None pour une fiche sans budget."""
        connus = {ligne.libelles[0]: ligne.total for ligne in self.budgets.lignes}
        return {fiche.code: connus.get(fiche.code) for fiche in self.fiches}

    @cached_property
    def financements_non_confirmes(self):
        return [
            (fiche, f)
            for fiche in self.fiches
            for f in fiche.financements.all()
            if not f.est_confirme
        ]

    @property
    def constats_par_portee(self):
        return [(p, [c for c in self.constats if c.portee == p]) for p in Portee]

    @property
    def annexes(self):
        return ANNEXES

    @property
    def sources_des_territoires(self):
        return sorted({epci.source for _, epci in self.epci_numerotes})

    @property
    def carte(self):
        titre = f"Carte du bassin {self.plan.territoire} : ses EPCI, numérotés comme le tableau."
        carte = carte_svg(self.perimetre, titre=titre) if self.perimetre else ""
        # L'impression n'applique pas la feuille de style au texte des dessins.
        return mark_safe(carte.replace("<svg", f'<svg font-family="{POLICE}"', 1))  # noqa: S308

    @property
    def epci_numerotes(self):
        return numeroter(self.perimetre) if self.perimetre else []

    @property
    def attribution_des_contours(self):
        return ATTRIBUTION


ANNEXES = [
    Annexe("A", "Inventaire détaillé", "plans/document/annexes/inventaire.html"),
    Annexe("B", "Composition du bassin", "plans/document/annexes/bassin.html"),
    Annexe("C", "Registre de concertation", "plans/document/annexes/concertation.html"),
    Annexe("D", "Méthode et sources", "plans/document/annexes/sources.html"),
    Annexe("E", "Conformité à la loi", "plans/document/annexes/conformite.html"),
    Annexe("F", "Délibérations", "plans/document/annexes/deliberations.html"),
]


def rassembler(plan, le):
    """Lit tout ce qu'un plan imprime à une date.

    Entrées : le plan ; la date du document (« état au », périmètre en vigueur). Sortie : Contenu.
    """
    bassin = Bassin.objects.with_perimetre().get(pk=plan.bassin_id) if plan.bassin_id else None
    perimetre = bassin and bassin.perimetre_au(le)
    parties = list(plan.parties.select_related("acteur"))
    dispositifs = dispositifs_du_territoire(bassin, perimetre)
    return Contenu(
        plan=plan,
        le=le,
        bassin=bassin,
        perimetre=perimetre,
        parties=parties,
        chapitres=chapitres_imprimes(plan, parties),
        axes=list(plan.axes.select_related("reprise").prefetch_related("objectifs__reprise")),
        fiches=fiches_imprimees(plan),
        dispositifs=dispositifs,
        territoires=noms_des_territoires({c for d in dispositifs for c in d.zone_eligibilite}),
        constats=conformite(plan, le),
        registres=registres_de(plan, public=plan.est_public),
        figee=version_imprimee(plan),
        empreinte=empreinte(contenu_canonique(plan)),
    )


def version_imprimee(plan):
    """La version que le plan figé porte ; None tant qu'il s'écrit."""
    if plan.est_en_redaction:
        return None
    vivants = Prefetch("visas", Visa.objects.vivants())
    return plan.versions.figees().prefetch_related(vivants).order_by("-numero").first()


def chapitres_imprimes(plan, parties):
    contributions = Contribution.objects.exclude(texte="")
    contributions = contributions.select_related("porteur__acteur", "reprise")
    return [
        ChapitreImprime(
            cle=chapitre.cle,
            numero=chapitre.numero,
            titre=chapitre.titre,
            niveau=chapitre.niveau,
            ancre=chapitre.ancre,
            est_redige=chapitre.est_redige,
            contributions=[c for c in chapitre.contributions.all() if c.texte.strip()],
            parties=[p for p in parties if p.qualite == QUALITE_PAR_CHAPITRE.get(chapitre.cle)],
        )
        for chapitre in plan.chapitres.prefetch_related(Prefetch("contributions", contributions))
    ]


def fiches_imprimees(plan):
    """Les fiches du plan ; public, il ne montre plus celles que les parties gardent pour elles."""
    fiches = plan.fiches.filter(confidentielle=False) if plan.est_public else plan.fiches.all()
    financements = Financement.objects.select_related("financeur__acteur", "saisi_par__acteur")
    partenariats = Partenariat.objects.select_related("partie__acteur", "saisi_par__acteur")
    return list(
        fiches.select_related("objectif__axe", "porteur__acteur", "reprise").prefetch_related(
            *("etapes", "budgets", "dispositifs", "epci", "communes", "autres_bassins"),
            Prefetch("financements", financements),
            Prefetch("partenariats", partenariats),
            Prefetch("indicateurs", Indicateur.objects.select_related("porteur__acteur")),
            "indicateurs__mesures",
        )
    )


def dispositifs_du_territoire(bassin, perimetre):
    """L'inventaire publié qui touche le territoire du plan, dans l'ordre de la typologie."""
    if bassin and not perimetre:
        return []
    communes = perimetre.communes_couvertes() if perimetre else communes_d_ile_de_france()
    dispositifs = (
        Dispositif.objects.filter(
            pk__in=Zone.objects.filter(cle__in=cles_touchant(communes)).values("dispositif_id"),
            statut__in=Dispositif.STATUTS_PUBLICS,
        )
        .select_related("porteur", "commune", "confirme_par")
        .prefetch_related("financeurs")
    )
    rangs = {famille: rang for rang, famille in enumerate(FAMILLES)}
    return sorted(dispositifs, key=lambda d: (rangs[d.famille], d.nom_normalise, d.pk))
