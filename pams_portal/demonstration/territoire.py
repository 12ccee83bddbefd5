"""Les seuls chiffres vrais des textes : ceux du référentiel, avec leur millésime."""


def chiffres_du_bassin(bassin):
    """{repère: texte} à placer dans les chapitres, lus dans le périmètre en vigueur."""
    perimetre = bassin.perimetre
    return {
        "population": nombre(perimetre.population_municipale()),
        "nb_communes": nombre(perimetre.nb_communes()),
        "nb_epci": nombre(perimetre.nb_epci()),
        "millesime": str(perimetre.millesimes()[-1]),
        "tableau_epci": tableau_des_epci(perimetre.epci.all()),
    }


def tableau_des_epci(epcis):
    """Un tableau Markdown : EPCI, nombre de communes, population municipale."""
    entete = ["| EPCI | Communes | Population municipale |", "| --- | --- | --- |"]
    lignes = [
        f"| {epci.nom} | {epci.nb_communes} | {nombre(epci.population_municipale)} |"
        for epci in sorted(epcis, key=lambda epci: -epci.population_municipale)
    ]
    return "\n".join(entete + lignes)


def nombre(valeur):
    return f"{valeur:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
