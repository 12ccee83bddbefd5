"""Retrouver, pour un lot de lignes, les fiches, les organismes et les territoires dont il parle."""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db.models import Q

from acteurs.models import Acte, Acteur
from acteurs.validators import valider_siren
from bassins.models import Commune
from dispositifs.lots import par_lots
from dispositifs.models import Dispositif, Ecart
from dispositifs.territoires import nom_abrege, noms_des_territoires
from pams_portal.recherche import normaliser
from pams_portal.valeurs import valeur_simple

# « Communauté de communes du Val » et « CC du Val » sont une même structure.
FORMES = (normaliser, nom_abrege)


def cle_naturelle(porteur, type_, nom):
    """Ce qui fait une même fiche quand le fichier n'a pas d'identifiant."""
    qui = porteur.pk or porteur.siren or porteur.nom
    return (qui, type_, normaliser(nom)[:150])


class Annuaire:
    """Les organismes et les territoires cités ; un nombre constant de requêtes par lot."""

    def __init__(self):
        self.par_pk, self.par_siren, self.par_nom = {}, {}, defaultdict(set)
        self.a_inscrire, self.communes, self.territoires = {}, {}, {}

    def charger(self, lot):
        organismes = {o for ligne in lot for o in _organismes(ligne.valeurs)}
        cites = Q(pk__in={o.pk for o in organismes if o.pk})
        cites |= Q(siren__in={o.siren for o in organismes if o.siren})
        noms = {o.nom for o in organismes if o.nom}
        cites |= Q(nom__in=noms) | Q(sigle__in=noms)
        cites |= Q(nom_normalise__in={forme(nom) for nom in noms for forme in FORMES})
        acteurs = Acteur.objects.filter(cites).prefetch_related("fonctions")
        for acteur in acteurs if organismes else ():
            self._retenir(acteur)
        codes = {ligne.valeurs.get("commune") for ligne in lot} - {None, "", *self.communes}
        self.communes |= Commune.objects.in_bulk(codes)
        cles = {cle for ligne in lot for cle in ligne.valeurs.get("zone_eligibilite") or ()}
        for cles_du_lot in par_lots(cles - set(self.territoires)):
            self.territoires |= noms_des_territoires(cles_du_lot)

    def _retenir(self, acteur):
        self.par_pk[acteur.pk] = acteur
        if acteur.siren:
            self.par_siren[acteur.siren] = acteur
        noms = {acteur.nom, acteur.sigle, *(forme(acteur.nom) for forme in FORMES)} - {""}
        for nom in noms:
            self.par_nom[nom].add(acteur)

    def _trouver(self, organisme):
        """Les acteurs que désigne un organisme lu : aucun, un, ou plusieurs homonymes."""
        if organisme.pk:
            return {self.par_pk[organisme.pk]} if organisme.pk in self.par_pk else set()
        if organisme.siren:
            acteur = self.par_siren.get(organisme.siren)
            return {acteur} if acteur else set()
        noms = (organisme.nom, *(forme(organisme.nom) for forme in FORMES))
        return next((self.par_nom[nom] for nom in noms if nom in self.par_nom), set())

    def porteur(self, ligne, par_defaut):
        """(acteur, raisons) ; l'acteur n'a pas encore de clé s'il reste à inscrire."""
        organisme = ligne.valeurs.get("porteur")
        if organisme is None:
            manque = ["La structure porteuse manque."] if par_defaut is None else []
            return par_defaut, manque
        trouves = self._trouver(organisme)
        if len(trouves) == 1:
            return next(iter(trouves)), []
        if trouves:
            return None, [f"Plusieurs structures s’appellent « {organisme} » : donnez son SIREN."]
        return self._inscrire(organisme)

    def _inscrire(self, organisme):
        if not organisme.siren:
            return None, [
                f"« {organisme} » n’est pas dans la liste des acteurs : donnez son SIREN, ou "
                "inscrivez d’abord cette structure."
            ]
        try:
            valider_siren(organisme.siren)
        except ValidationError as erreur:
            return None, [f"SIREN de la structure porteuse : {erreur.messages[0]}"]
        if not organisme.nom:
            return None, [f"Le SIREN {organisme.siren} est inconnu ici, et son nom manque."]
        neuf = Acteur(
            siren=organisme.siren, nom=organisme.nom[:200], nature=_nature(organisme.nature)
        )
        return self.a_inscrire.setdefault(organisme.siren, neuf), []

    def financeurs(self, organismes):
        """(clés des acteurs, raisons) ; un financeur ne s'inscrit pas en passant."""
        cles, raisons = set(), []
        for organisme in organismes:
            trouves = self._trouver(organisme)
            if len(trouves) == 1:
                cles.add(next(iter(trouves)).pk)
            elif trouves:
                raisons.append(f"Financeurs : « {organisme} » désigne plusieurs acteurs.")
            else:
                raisons.append(
                    f"Financeurs : « {organisme} » n’est pas dans la liste des acteurs : "
                    "inscrivez-le d’abord."
                )
        return sorted(cles), raisons

    def commune(self, code):
        """(commune, raisons)."""
        commune = self.communes.get(code)
        return commune, [] if commune else [f"Commune d’accueil : le code {code} est inconnu."]

    def zone(self, cles):
        """(clés triées, raisons)."""
        inconnues = [cle for cle in cles if cle not in self.territoires]
        return sorted(cles), [f"Zone d’éligibilité : « {cle} » est inconnu." for cle in inconnues]


def _organismes(valeurs):
    return [o for o in (valeurs.get("porteur"), *(valeurs.get("financeurs") or ())) if o]


def _nature(nature):
    return nature if nature in Acteur.Nature else Acteur.Nature.AUTRE


class Inventaire:
    """Les fiches qu'un lot de lignes peut désigner, avec leur journal et leurs écarts."""

    def __init__(self, lot, annuaire, acteur):
        self.par_identifiant, self.par_source = {}, {}
        self.par_nom = defaultdict(list)
        self.derniers, self.connus = {}, {}
        noms = {normaliser(_texte(ligne.valeurs.get("nom")))[:150] for ligne in lot}
        cherches = Q(nom_normalise__in=noms - {""})
        cherches |= Q(identifiant__in={ligne.identifiant for ligne in lot if ligne.identifiant})
        cherches |= Q(source_id__in={ligne.source_id for ligne in lot if ligne.source_id})
        fiches = Dispositif.tous.filter(cherches).with_acteurs().prefetch_related("financeurs")
        # Une fiche fusionnée mène à celle qui la remplace, par son identifiant et par sa source.
        for trouvee, fiche in fiches.retrouver():
            self.par_identifiant[str(trouvee.identifiant)] = fiche
            self.par_identifiant.setdefault(str(fiche.identifiant), fiche)
            self.par_source[trouvee.source, trouvee.source_id] = fiche
            if trouvee is fiche:
                self.par_nom[cle_naturelle(fiche.porteur, fiche.type, fiche.nom)].append(fiche)
        self._lire_le_journal()

    def _lire_le_journal(self):
        """Le dernier acte de chaque champ de chaque fiche, et les écarts déjà connus."""
        actes = Acte.objects.filter(cible__in=list(self.par_identifiant)).order_by("version", "pk")
        for acte in actes.defer("utilisateur", "acteur"):
            for champ in acte.apres:
                self.derniers[acte.cible, champ] = acte
        fiches = [fiche.pk for fiche in self.par_identifiant.values()]
        for ecart in Ecart.objects.filter(dispositif__in=fiches):
            self.connus.setdefault((ecart.dispositif_id, ecart.champ), []).append(ecart)

    def trouver(self, ligne, porteur):
        """(fiche ou None, raisons de refuser)."""
        if ligne.identifiant:
            fiche = self.par_identifiant.get(ligne.identifiant)
            return fiche, [] if fiche else [
                "L’identifiant n’est celui d’aucune fiche de ce portail : laissez-le vide pour "
                "créer une fiche."
            ]
        if ligne.source_id:
            return self.par_source.get((ligne.source, ligne.source_id)), []
        if porteur is None:
            return None, []
        valeurs = ligne.valeurs
        cle = cle_naturelle(porteur, valeurs.get("type", ""), _texte(valeurs.get("nom")))
        fiches = self.par_nom.get(cle, [])
        if len(fiches) > 1:
            return None, ["Plusieurs fiches ont cette structure, ce type et ce nom."]
        return (fiches[0] if fiches else None), []

    def est_d_une_personne(self, fiche, champ, ici):
        """Vrai si la valeur d'ici a été écrite, ou effacée, autrement que par un import."""
        acte = self.derniers.get((fiche.identifiant, champ))
        if acte is None:
            return ici not in (None, "", [])
        if acte.origine:
            return False
        return ici not in (None, "", []) or acte.avant.get(champ) not in (None, "", [])

    def ecart_connu(self, fiche, champ, valeur):
        """La phrase à dire si cette même valeur attend déjà, ou a déjà été écartée ; sinon ''."""
        for ecart in self.connus.get((fiche.pk, champ), ()):
            if ecart.valeur == valeur and ecart.decision == Ecart.Decision.ATTEND:
                return f"« {ecart.libelle} » : cette valeur attend déjà une décision."
            if ecart.valeur == valeur and ecart.decision == Ecart.Decision.GARDE:
                return f"« {ecart.libelle} » : cette valeur a déjà été écartée."
        return ""


def _texte(valeur):
    return valeur_simple(valeur) if isinstance(valeur, str) else ""
