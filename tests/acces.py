"""Ce dont le tableau d'accès (`test_acces.py`) se sert, et qui n'est pas le tableau."""

from dispositifs.models.fraicheur import signataire
from tests import factories as f

# Les en-têtes du tableau qui ne sont pas le nom d'une personne de `conftest.py`.
PERSONNES = {
    "depart": "departement",
    "redac": "redactrice",
    "lectr": "lectrice",
    "gesti": "gestionnaire",
    "assem": "assemblees",
    "assoc": "associee",
    "invit": "invitee",
    "etran": "etrangere",
    "sans": "sans_acteur",
}


def lecture_seule(execute, sql, params, many, context):
    """La garde sous laquelle tourne chaque GET du tableau."""
    lit = sql.startswith(("SELECT", "SAVEPOINT", "RELEASE", "DECLARE", "FETCH", "CLOSE"))
    assert lit, f"Un GET a écrit : {sql}"
    return execute(sql, params, many, context)


def objets_du_suivi(bassin, association, aom, spe):
    """Les fiches du bassin qu'on signale ou qu'on confirme ; {nom du tableau: arguments}."""
    [epci] = bassin.perimetre.epci.all()
    f.make_commune(epci)
    ici = {"zone_eligibilite": [f"epci-{epci.pk}"]}
    sur_aom = f.make_signalement(f.make_dispositif(aom.acteur, **ici))
    sur_local = f.make_signalement(f.make_dispositif(**ici), utilisateur=spe)
    sans_compte = f.make_dispositif(statut="signale", courriel="contact@garage.example.org")
    return {
        "lien_recu": [signataire().sign(f.make_demande(sans_compte).pk)],
        "lien_faux": ["1.abc.def"],
        "dispo_du_bassin": [f.make_dispositif(association.acteur, **ici).pk],
        "sign_aom": [sur_aom.pk],
        "sign_par_spe": [sur_local.pk],
        "suivi_public": [sur_aom.identifiant],
        "adresse_inconnue": ["adresse/inconnue"],
        "suivi_faux": ["00000000-0000-4000-8000-000000000000"],
    }


def objets_de_la_concertation(bassin, *parties):
    """Un second plan des mêmes, en concertation : qui est consulté, et un avis déjà rendu."""
    plan = f.make_plan(bassin, slug="en-concertation", etat="concertation")
    ailleurs = parties[0].plan.slug
    _, _, de_l_aom, du_spe, _, de_l_invitee = (
        f.make_partie(plan, partie.acteur, partie.qualite) for partie in parties
    )
    ouverte = f.make_concertation(plan)
    rendu = f.make_consulte(ouverte, du_spe)
    avis = f.make_avis_sur_plan(rendu)
    muet = f.make_consulte(ouverte, de_l_aom)
    absent = f.make_consulte(ouverte)
    prouve = f.make_consulte(ouverte)
    f.make_piece(f.make_avis_sur_plan(prouve, saisi_par=plan.parties.first()))
    public = f.make_plan(bassin, slug="adopte-apres-concertation", etat="adopte")
    prouve_public = f.make_consulte(f.make_concertation(public))
    f.make_piece(f.make_avis_sur_plan(prouve_public, saisi_par=f.make_partie(public)))
    return {
        "envoye": [plan.slug],
        "conc": [plan.slug, ouverte.pk],
        "conc_detournee": [ailleurs, ouverte.pk],
        "consulte_aom": [plan.slug, muet.pk],
        "consult_ailleurs": [ailleurs, muet.pk],
        "consulte_spe": [plan.slug, rendu.pk],
        "consulte_invit": [plan.slug, f.make_consulte(ouverte, de_l_invitee).pk],
        "consulte_absent": [plan.slug, absent.pk],
        "avis_prouve": [plan.slug, prouve.pk],
        "avis_detourne_p": [ailleurs, prouve.pk],
        "avis_public": [public.slug, prouve_public.pk],
        "j_avis_aom": [plan.slug, "avis", muet.pk],
        "j_avis_saisi": [plan.slug, "avis-saisis", absent.pk],
        "j_reponse_spe": [plan.slug, "reponses", avis.pk],
        "avis_spe": [plan.slug, avis.pk],
        "avis_detourne": [ailleurs, avis.pk],
    }


def statut(reponse):
    """Le code rendu ; un fichier servi est lu, donc refermé, sans fermer la base de l'essai."""
    if reponse.streaming:
        assert b"".join(reponse.streaming_content)
    return reponse.status_code
