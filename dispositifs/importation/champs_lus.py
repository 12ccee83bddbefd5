"""Un service data·inclusion, champ par champ, dans les mots du portail."""

import re
from datetime import date

from django.utils import timezone

from acteurs.contacts import Contact, contact_de, contacts_douteux, sans_contact_douteux
from acteurs.publics import Public
from dispositifs.importation.listes import lire_liste
from dispositifs.models import Dispositif
from dispositifs.ouverture.data_inclusion import INDICATIFS_D_OUTRE_MER, PREMIERE_DATE
from dispositifs.ouverture.vocabulaire import (
    FRAIS_ANCIENS,
    LIBELLES_DE_LA_LOI,
    MARQUE_DEMONSTRATION,
    PUBLICS_ANCIENS,
    PUBLICS_COMMUNS,
    type_probable,
)
from dispositifs.recensement.saisie import ARRONDISSEMENTS
from dispositifs.territoires import Echelle
from dispositifs.typologie import (
    THEMATIQUES_PAR_TYPE,
    MobilisablePar,
    ModeMobilisation,
    Thematique,
)

# {notre champ: ceux de data·inclusion qui le disent}
CHAMPS = {
    "nom": ["nom"],
    "type": ["type", "thematiques"],
    "description": ["description"],
    "publics": ["publics", "publics_precisions"],
    "conditions": ["conditions_acces", "publics_precisions", "mobilisation_precisions"],
    "zone_eligibilite": ["zone_eligibilite"],
    "commune": ["code_insee"],
    "adresse": ["adresse", "complement_adresse"],
    "horaires": ["horaires_accueil"],
    "frais": ["frais"],
    "frais_precisions": ["frais_precisions"],
    "mobilisable_par": ["mobilisable_par"],
    "modes_mobilisation": ["modes_mobilisation"],
    "lien_mobilisation": ["lien_mobilisation"],
    "courriel": ["courriel"],
    "telephone": ["telephone"],
    "lien_source": ["lien_source"],
    "date_source": ["date_maj"],
}
# Ce que le portail sait déjà par la commune, ou que seuls les agrégateurs se disent entre eux.
SANS_OBJET = {
    *("source", "id", "structure_id", "commune", "code_postal", "longitude", "latitude"),
    *("modes_accueil", "score_qualite", "extra", "zone_diffusion_type", "zone_diffusion_nom"),
    *("presentation_resume", "cumulable", "structure_nom", "thematiques_v0", "structure"),
}
DESCRIPTION_AU_PLUS = 2000


class ChampsLus:
    """`valeurs()` rend {champ de `Dispositif`: valeur} et remplit `remarques`."""

    def __init__(self, dit, regions):
        self.dit, self.regions, self.remarques = dit, regions, []
        self.suites = []  # ce qui ne tient pas dans son champ trouve sa place dans les conditions

    def valeurs(self):
        lues = {
            "nom": self._court("nom", "nom", ""),
            "type": self._type(),
            "description": self._description(),
            "publics": self._publics(),
            "zone_eligibilite": self._zone(),
            "commune": self._commune(),
            "adresse": self._adresse(),
            "horaires": self._court("horaires", "horaires_accueil", "Horaires"),
            **self._frais(),
            "mobilisable_par": self._parmi("mobilisable_par", MobilisablePar),
            "modes_mobilisation": self._parmi("modes_mobilisation", ModeMobilisation),
            "lien_mobilisation": self._court("lien_mobilisation", "lien_mobilisation", "Lien"),
            "courriel": self._courriel(),
            "telephone": self._telephone(),
            "lien_source": self._court("lien_source", "lien_source", "Source"),
            "date_source": self._date(),
        }
        lues["conditions"] = self._conditions()
        self._dire_le_reste()
        return {champ: valeur for champ, valeur in lues.items() if valeur not in ("", None, [])}

    # --- Les textes ------------------------------------------------------------------------------

    def _texte(self, champ):
        return str(self.dit.get(champ, "")).strip()

    def _public(self, champ):
        """Un texte que la fiche publiera : sans l'adresse d'une personne."""
        texte = self._texte(champ)
        adresses = [a for a in contacts_douteux(texte) if contact_de(a) == Contact.PERSONNEL]
        if adresses:
            self.remarques.append(
                f"L’adresse d’une personne ({', '.join(adresses)}) n’est pas reprise."
            )
            return sans_contact_douteux(texte)
        return texte

    def _court(self, champ, de, titre):
        """Un texte dans la longueur de son champ ; sinon, entier, dans les conditions."""
        texte, maximum = self._public(de), Dispositif._meta.get_field(champ).max_length
        if len(texte) <= maximum or not titre:
            return texte
        self.suites.append(f"{titre} : {texte}")
        self.remarques.append(f"« {titre} » dépasse {maximum} signes : lu dans les conditions.")
        return ""

    def _description(self):
        texte = self._public("description") or self._texte("presentation_resume")
        texte = texte.removeprefix(MARQUE_DEMONSTRATION)
        if len(texte) <= DESCRIPTION_AU_PLUS:
            return texte
        debut = texte[:DESCRIPTION_AU_PLUS]
        # Coupée à la fin d'une phrase, si elle en a une dans son dernier tiers.
        fin = max(debut.rfind(signe) + 1 for signe in (". ", "\n", "! ", "? "))
        fin = fin if fin > DESCRIPTION_AU_PLUS * 2 // 3 else debut.rfind(" ") or len(debut)
        self.suites.append(f"Suite de la description : {texte[fin:].strip()}")
        self.remarques.append(
            f"La description dépasse {DESCRIPTION_AU_PLUS} signes : la suite est dans les "
            "conditions."
        )
        return texte[:fin].strip()

    def _adresse(self):
        morceaux = [self._texte("adresse"), self._texte("complement_adresse")]
        return ", ".join(morceau for morceau in morceaux if morceau)[:250]

    def _conditions(self):
        precisions = self._public("publics_precisions")
        if self._sont_des_publics(precisions):
            precisions = ""
        morceaux = [
            self._public("conditions_acces"),
            f"Publics : {precisions}" if precisions else "",
            self._public("mobilisation_precisions"),
            *self.suites,
        ]
        return "\n".join(morceau for morceau in morceaux if morceau)

    # --- Les vocabulaires ------------------------------------------------------------------------

    def _inconnus(self, champ, codes):
        if codes:
            self.remarques.append(f"Inconnu dans « {champ} », non repris : {', '.join(codes)}.")

    def _parmi(self, champ, choix):
        dits = self.dit[champ]
        self._inconnus(champ, [code for code in dits if code not in choix.values])
        return [code for code in dits if code in choix.values]

    def _type(self):
        voulues = [t for t in self.dit["thematiques"] if t in Thematique.values]
        autres = [t for t in self.dit["thematiques"] if t not in Thematique.values]
        if autres:
            self.remarques.append(f"Thématiques hors mobilité, non reprises : {', '.join(autres)}.")
        service = next(iter(lire_liste(self.dit.get("type"))), None)
        type_ = type_probable(self._texte("nom"), voulues, service)
        if type_:
            libelle = dict(Dispositif._meta.get_field("type").flatchoices)[type_]
            self.remarques.append(f"Type déduit, à vérifier : « {libelle} ».")
            perdues = sorted(set(voulues) - set(THEMATIQUES_PAR_TYPE[type_]))
            if perdues:
                self.remarques.append(f"Thématiques que ce type n’a pas : {', '.join(perdues)}.")
        return type_

    def _sont_des_publics(self, precisions):
        """Vrai si les précisions ne nomment que des publics de la loi, comme nos exports."""
        mots = precisions.split(", ")
        return bool(precisions) and all(mot in LIBELLES_DE_LA_LOI for mot in mots)

    def _publics(self):
        lus, inconnus = set(), []
        for code in self.dit["publics"]:
            public = PUBLICS_ANCIENS.get(code, code)
            (lus.add if public in PUBLICS_COMMUNS else inconnus.append)(public)
        self._inconnus("publics", inconnus)
        precisions = self._texte("publics_precisions")
        if self._sont_des_publics(precisions):
            lus |= {LIBELLES_DE_LA_LOI[mot] for mot in precisions.split(", ")}
        if Public.TOUS in lus and len(lus) > 1:
            self.remarques.append("« tous-publics » comprend les autres publics : gardé seul.")
            return [Public.TOUS.value]
        return sorted(str(public) for public in lus)

    def _frais(self):
        dit, precisions = (
            self._texte("frais"),
            self._court("frais_precisions", "frais_precisions", "Frais"),
        )
        frais, anciennes = FRAIS_ANCIENS.get(dit, (dit, ""))
        if frais not in ("", "gratuit", "payant"):
            self._inconnus("frais", [frais])
            frais = ""
        return {"frais": frais, "frais_precisions": precisions or anciennes}

    # --- Les lieux -------------------------------------------------------------------------------

    def _code(self, code):
        """Un code INSEE ou un SIREN, dont un tableur a pu manger le zéro ou ajouter « .0 »."""
        code = code.removesuffix(".0").strip().upper()
        if re.fullmatch(r"\d|\d{4}", code):
            self.remarques.append(f"« {code} » a perdu son zéro : lu « 0{code} ».")
            code = f"0{code}"
        return code

    def _commune(self):
        code = self._code(self._texte("code_insee"))
        return ARRONDISSEMENTS.get(code, code)

    def _zone(self):
        cles, departements = set(), set()
        for code in map(self._code, self.dit["zone_eligibilite"]):
            if code in ("FRANCE", "99100", "FR"):
                cles.add(Echelle.FRANCE.value)
            elif self._texte("zone_diffusion_type") == "region":
                cles.add(f"{Echelle.REGION}-{code}")
            elif len(code) == 9:
                cles.add(f"{Echelle.EPCI}-{code}")
            elif len(code) == 5:
                if code in ARRONDISSEMENTS:
                    self.remarques.append(f"« {code} » est un arrondissement : lu sa commune.")
                cles.add(f"{Echelle.COMMUNE}-{ARRONDISSEMENTS.get(code, code)}")
            else:
                departements.add(code)
        for siens, region in self.regions.items():
            if siens <= departements:
                departements -= siens
                cles.add(f"{Echelle.REGION}-{region}")
        return sorted(cles | {f"{Echelle.DEPARTEMENT}-{code}" for code in departements})

    # --- Les contacts et les dates ---------------------------------------------------------------

    def _courriel(self):
        adresse = self._texte("courriel")
        if contact_de(adresse) == Contact.PERSONNEL:
            self.remarques.append(f"L’adresse d’une personne ({adresse}) n’est pas reprise.")
            return ""
        return adresse

    def _telephone(self):
        numero = self._texte("telephone").removesuffix(".0")
        chiffres = re.sub(r"[^\d+]", "", numero)
        for indicatif in ("+33", *INDICATIFS_D_OUTRE_MER):
            if re.fullmatch(rf"\{indicatif}0?\d{{9}}", chiffres):
                return " ".join(re.findall("..", f"0{chiffres[-9:]}"))
        if re.fullmatch(r"[1-9]\d{8}", chiffres):
            self.remarques.append(f"« {numero} » a perdu son zéro : lu « 0{chiffres} ».")
            return " ".join(re.findall("..", f"0{chiffres}"))
        if re.fullmatch(r"\+?\d[\d .()-]{2,18}", numero):
            return numero
        self._inconnus("telephone", [numero] if numero else [])
        return ""

    def _date(self):
        texte = self._texte("date_maj")[:10]
        try:
            jour = date.fromisoformat(texte)
        except ValueError:
            self._inconnus("date_maj", [texte] if texte else [])
            return None
        if not PREMIERE_DATE <= jour <= timezone.localdate():
            self._inconnus("date_maj", [texte])
            return None
        return jour

    # --- Le reste --------------------------------------------------------------------------------

    def _dire_le_reste(self):
        lus = {de for siens in CHAMPS.values() for de in siens}
        autres = sorted(
            champ
            for champ, valeur in self.dit.items()
            if valeur not in ("", None, []) and champ not in lus | SANS_OBJET
        )
        if autres:
            self.remarques.append(f"Le portail ne garde pas : {', '.join(autres)}.")
        if "a-distance" in self.dit["modes_accueil"]:
            self.remarques.append("Le portail ne garde pas que le service est offert à distance.")
