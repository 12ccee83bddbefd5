"""La description OpenAPI 3.1 de l'API publique ; un essai la confronte aux vraies réponses."""

from acteurs.models import Acteur, Fonction
from acteurs.publics import PUBLICS_ASSOCIES, Public
from bassins.models import Perimetre
from dispositifs.etats import PUBLICS as STATUTS_PUBLICS
from dispositifs.models import Dispositif
from dispositifs.ouverture.reponses import (
    LICENCE,
    LICENCE_ADRESSE,
    PAR_PAGE,
    PAR_PAGE_AU_PLUS,
)
from dispositifs.ouverture.representation import absolue
from dispositifs.territoires import Echelle
from dispositifs.typologie import (
    FAMILLES,
    TYPES,
    MobilisablePar,
    ModeMobilisation,
    Motif,
    Thematique,
)

VERSION = "1.0.0"
RESUME = (
    "Lecture seule, sans clé. Les dispositifs publiés (vérifiés ou à confirmer), les acteurs, les "
    "bassins. Aucune donnée personnelle : un contact qui peut être celui d’une personne est omis. "
    "Un texte vide ou null veut dire « non renseigné »."
)
CODES_DES_TYPES = [code for _, types in TYPES for code, _ in types]


# --- Les briques -------------------------------------------------------------------------------


def _texte(**suite):
    return {"type": "string"} | suite


def _parmi(codes, **suite):
    return {"type": "string", "enum": [str(code) for code in codes]} | suite


def _liste(de):
    return {"type": "array", "items": de}


def _ou_rien(schema):
    return schema | {"type": [schema["type"], "null"]}


def _objet(**proprietes):
    return {
        "type": "object",
        "required": list(proprietes),
        "properties": proprietes,
        "additionalProperties": False,
    }


def _voir(nom):
    return {"$ref": f"#/components/schemas/{nom}"}


def _voir_ou_rien(nom):
    return {"anyOf": [_voir(nom), {"type": "null"}]}


ENTIER = {"type": "integer", "minimum": 0}
NOMBRE = {"type": "number", "minimum": 0}
BOOLEEN = {"type": "boolean"}
JOUR = _texte(format="date")
ADRESSE = _texte(format="uri")
IDENTIFIANT = _texte(format="uuid")
SIREN = _ou_rien(_texte(pattern="^[0-9]{9}$"))


# --- Les objets --------------------------------------------------------------------------------


def _schemas():
    return {
        "Racine": _objet(
            version=_texte(),
            etat_au=JOUR,
            licence=_texte(),
            licence_adresse=ADRESSE,
            **dict.fromkeys(
                ["documentation", "openapi", "bassins", "acteurs", "dispositifs"], ADRESSE
            ),
        ),
        "Erreur": _objet(
            erreur=_texte(),
            parametres={"type": "object", "additionalProperties": _liste(_texte())},
        ),
        "Commune": _objet(code=_texte(pattern="^(2[AB]|[0-9]{2})[0-9]{3}$"), nom=_texte()),
        "Bassin": _objet(
            identifiant=_texte(), nom=_texte(), page=ADRESSE, perimetre=_voir_ou_rien("Perimetre")
        ),
        "Perimetre": _perimetre(),
        "Acteur": _acteur(),
        "ActeurCite": _objet(identifiant=IDENTIFIANT, siren=SIREN, nom=_texte()),
        "Territoire": _objet(
            echelle=_parmi(Echelle), code=_texte(description="code INSEE ou SIREN"), nom=_texte()
        ),
        "Dispositif": _dispositif(),
        **{f"PageDe{nom}s": _page(nom) for nom in ("Bassin", "Acteur", "Dispositif")},
    }


def _page(nom):
    return _objet(
        total=ENTIER,
        page=ENTIER,
        pages=ENTIER,
        par_page=ENTIER,
        precedente=_ou_rien(ADRESSE),
        suivante=_ou_rien(ADRESSE),
        resultats=_liste(_voir(nom)),
    )


def _perimetre():
    return _objet(
        depuis=JOUR,
        jusqu_au=_ou_rien(JOUR),
        departements=_liste(_texte()),
        epci=_liste(_objet(siren=_texte(), nom=_texte())),
        communes_hors_epci=_liste(_voir("Commune")),
        nombre_de_communes=ENTIER,
        population_municipale=ENTIER,
        millesimes=_liste({"type": "integer"}),
        etat_nom=_parmi(Perimetre.EtatNom),
        etat_composition=_parmi(Perimetre.EtatComposition),
        source_nom=_texte(),
        source_composition=_texte(),
        deliberation=_objet(reference=_texte(), date=_ou_rien(JOUR), adresse=_texte()),
    )


def _acteur():
    codes = _liste(_texte())
    return _objet(
        identifiant=IDENTIFIANT,
        siren=SIREN,
        nom=_texte(),
        sigle=_texte(),
        nature=_parmi(Acteur.Nature),
        fonctions=_liste(
            _objet(
                nature=_parmi(Fonction.Nature),
                par_substitution=BOOLEEN,
                etat=_parmi(Fonction.Etat),
                regions=codes,
                departements=codes,
                epci=codes,
            )
        ),
        etablissements=_liste(
            _objet(
                siret=_texte(pattern="^[0-9]{14}$"),
                nom=_texte(),
                adresse=_texte(),
                commune=_voir_ou_rien("Commune"),
            )
        ),
        publics=_liste(_parmi(PUBLICS_ASSOCIES)),
        site=_texte(),
        courriel=_texte(description="adresse de service, ou vide"),
        telephone=_texte(),
        demonstration=BOOLEEN | {"description": "vrai : contenu fictif"},
        page=ADRESSE,
    )


def _dispositif():
    return _objet(
        identifiant=IDENTIFIANT,
        nom=_texte(),
        type=_parmi(CODES_DES_TYPES),
        famille=_parmi(FAMILLES),
        thematiques=_liste(_parmi(Thematique)),
        porteur=_voir("ActeurCite"),
        financeurs=_liste(_voir("ActeurCite")),
        description=_texte(),
        publics=_liste(_parmi(Public)),
        conditions=_texte(),
        motifs=_liste(_parmi(Motif)),
        zone_eligibilite=_liste(_voir("Territoire")),
        commune=_voir_ou_rien("Commune"),
        adresse=_texte(),
        horaires=_texte(description="format OpenStreetMap"),
        frais=_parmi(["", *(c for c, _ in Dispositif.Frais.choices if c)]),
        frais_precisions=_texte(),
        mobilisable_par=_liste(_parmi(MobilisablePar)),
        modes_mobilisation=_liste(_parmi(ModeMobilisation)),
        lien_mobilisation=_texte(),
        courriel=_texte(description="adresse de service, ou vide"),
        telephone=_texte(),
        capacite=_ou_rien(ENTIER) | {"description": "personnes par an"},
        beneficiaires=_ou_rien(ENTIER) | {"description": "personnes, l’an dernier"},
        delai=_texte(),
        etp=_ou_rien(NOMBRE),
        cout_annuel=_ou_rien(NOMBRE) | {"description": "euros"},
        debut_financement=_ou_rien(JOUR),
        fin_financement=_ou_rien(JOUR),
        statut=_parmi(STATUTS_PUBLICS),
        fraicheur=_parmi(Dispositif.Fraicheur),
        confirme_le=_ou_rien(JOUR),
        confirme_par_le_porteur=BOOLEEN,
        source=_texte(),
        lien_source=_texte(),
        date_source=_ou_rien(JOUR),
        demonstration=BOOLEEN | {"description": "vrai : contenu fictif"},
        modifie_le=_texte(format="date-time"),
        page=ADRESSE,
    )


# --- Les adresses ------------------------------------------------------------------------------

PAGE = {
    "page": {"type": "integer", "minimum": 1, "default": 1},
    "par_page": {
        "type": "integer",
        "minimum": 1,
        "maximum": PAR_PAGE_AU_PLUS,
        "default": PAR_PAGE,
    },
}
PARAMETRES = {
    "Bassins": PAGE | {"departement": _texte(description="code INSEE")},
    "Acteurs": PAGE
    | {
        "q": _texte(description="nom, sigle ou SIREN"),
        "siren": _texte(pattern="^[0-9]{9}$"),
        "nature": _parmi(Acteur.Nature),
        "fonction": _parmi(Fonction.Nature),
    },
    "Dispositifs": PAGE
    | {
        "q": _texte(description="mots cherchés, sans accents ni casse"),
        "bassin": _texte(description="identifiant d’un bassin"),
        "territoire": _texte(description="nom ou code d’une commune, d’un EPCI, d’un département"),
        "type": _parmi(CODES_DES_TYPES),
        "thematique": _parmi(Thematique),
        "public": _parmi(Public, description="avec ce qui est ouvert à tous les publics"),
        "porteur": _texte(pattern="^[0-9]{9}$", description="SIREN"),
        "fraicheur": _parmi(Dispositif.Fraicheur),
        "modifies_depuis": JOUR,
    },
}


def _reponse(nom, phrase):
    return {"description": phrase, "content": {"application/json": {"schema": _voir(nom)}}}


def _lire(resume, schema, parametres=(), chemin=None):
    """Une opération GET ; `chemin` : (nom, schéma) du paramètre qui est dans l'adresse."""
    dits = [
        {"name": nom, "in": "query", "required": False, "schema": schema_du_parametre}
        for nom, schema_du_parametre in dict(parametres).items()
    ]
    reponses = {
        "200": _reponse(schema, "trouvé"),
        "304": {"description": "inchangé depuis l’ETag envoyé dans If-None-Match"},
    }
    if chemin:
        nom, schema_du_chemin = chemin
        dits.append({"name": nom, "in": "path", "required": True, "schema": schema_du_chemin})
        reponses["404"] = _reponse("Erreur", "inconnu ou non publié")
    if parametres:
        reponses["400"] = _reponse("Erreur", "un paramètre est illisible")
        reponses["404"] = _reponse("Erreur", "cette page n’existe pas")
    return {"get": {"summary": resume, "parameters": dits, "responses": reponses}}


def description():
    """Le document OpenAPI entier, en dictionnaire."""
    slug = ("slug", _texte())
    uuid = ("identifiant", IDENTIFIANT)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Portail PAMS, données ouvertes",
            "version": VERSION,
            "description": RESUME,
            "license": {"name": LICENCE, "url": LICENCE_ADRESSE},
        },
        "servers": [{"url": absolue("/api/v1")}],
        "paths": {
            "/": _lire("Ce que l’on trouve ici", "Racine"),
            "/bassins/": _lire("Les bassins de mobilité", "PageDeBassins", PARAMETRES["Bassins"]),
            "/bassins/{slug}/": _lire("Un bassin", "Bassin", chemin=slug),
            "/acteurs/": _lire("Les acteurs", "PageDeActeurs", PARAMETRES["Acteurs"]),
            "/acteurs/{identifiant}/": _lire("Un acteur", "Acteur", chemin=uuid),
            "/dispositifs/": _lire(
                "Les dispositifs publiés", "PageDeDispositifs", PARAMETRES["Dispositifs"]
            ),
            "/dispositifs/{identifiant}/": _lire("Un dispositif publié", "Dispositif", chemin=uuid),
        },
        "components": {"schemas": _schemas()},
    }
