"""Les parcours des co-pilotes dans un vrai navigateur, devant la démonstration."""

import re
from io import BytesIO

import pikepdf
import pytest
from django.contrib.sessions.models import Session
from django_tasks_db.models import DBTaskResult
from playwright.sync_api import expect
from pypdf import PdfReader

from acteurs.models import Acte
from plans.management.commands.ouvrier import Ouvrier
from plans.models import Document, FicheAction, Plan
from tests.navigateur.gestes import (
    DEPARTEMENT,
    DOCUMENTS,
    PLAN,
    REGION,
    SLUG,
    adresse_de,
    coller,
    commun,
    enregistrer,
    fiche,
    part_de,
    relire,
    remplacer,
    se_connecter,
    texte_obtenu,
    zone_de_texte,
)

pytestmark = pytest.mark.navigateur

TITRE_DE_LA_LOI = "Plan d’action commun en matière de mobilité solidaire"


def test_la_region_se_connecte_ecrit_sa_part_a_sa_place_et_le_journal_le_dit(visiteur):
    part = part_de(REGION, "accompagnement")
    page = visiteur()
    se_connecter(page, "region")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ma part")
    page.get_by_role("heading", name="Grand Amiénois").get_by_role("link").click()
    article = page.locator(f"#{part.ancre}")
    article.get_by_role("link", name="Modifier").click()
    zone = zone_de_texte(article)
    expect(zone).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("La Région ")
    page.keyboard.press("Control+b")
    page.keyboard.type("finance")
    page.keyboard.press("Control+b")
    page.keyboard.type(" trois relais.")
    page.keyboard.press("Enter")
    article.get_by_role("button", name="Liste à puces", exact=True).click()
    page.keyboard.type("Roye")
    page.keyboard.press("Enter")
    page.keyboard.type("Montdidier")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    coller(page, (DOCUMENTS / "word-tableau-fusionne.html").read_text("utf-8"))
    expect(zone.locator("table")).to_be_visible()
    enregistrer(article)

    expect(page.get_by_role("status")).to_contain_text("Votre contribution est enregistrée.")
    assert page.url.endswith(f"{PLAN}#{part.ancre}")
    prose = page.locator(f"#{part.ancre} .prose")
    expect(prose.locator("p").first).to_have_text("La Région finance trois relais.")
    expect(prose.locator("strong").first).to_have_text("finance")
    expect(prose.locator("li")).to_have_text(["Roye", "Montdidier"])
    expect(prose.locator("table th").first).to_be_visible()

    page.get_by_role("link", name="Journal", exact=True).click()
    dernier = page.locator(".journal > li").first
    expect(dernier).to_contain_text(f"({REGION}) a modifié")
    expect(dernier).to_contain_text(str(part))
    dernier.get_by_text("Ce qui change").click()
    expect(dernier.locator("ins").first).to_contain_text("La Région finance trois relais.")


# --- Chacun sa part ------------------------------------------------------------------------------

POSTER = """async ([adresse, champs]) => {
    const jeton = document.querySelector('[name=csrfmiddlewaretoken]').value
    const corps = new URLSearchParams({...champs, csrfmiddlewaretoken: jeton})
    const reponse = await fetch(adresse, {method: 'POST', body: corps})
    return [reponse.status, await reponse.text()]
}"""


def envois_a_la_main():
    """[(objet de la Région, adresse, champs)] : un envoi valable vers chacune de ses écritures."""
    part, a_elle = part_de(REGION, "preambule"), fiche("A1.3")
    lignes = f"{PLAN}fiches/{a_elle.code}"
    budget, indicateur = a_elle.budgets.first(), a_elle.indicateurs.first()
    financement = a_elle.financements.filter(financeur__acteur__nom=REGION).first()
    return [
        (part, adresse_de(part), {"texte": "Pris.", "version": part.version}),
        (
            a_elle,
            adresse_de(a_elle),
            {
                "objectif": a_elle.objectif_id,
                "intitule": "Prise",
                "type": a_elle.type,
                "lien_legal": a_elle.lien_legal,
                "priorite": a_elle.priorite,
                "publics": a_elle.publics[0],
                "perimetre": "bassin",
                "avancement": a_elle.avancement,
                "version": a_elle.version,
            },
        ),
        (
            budget,
            f"{lignes}/budget/{budget.pk}/modifier/",
            {
                "annee": budget.annee,
                "investissement": "1",
                "fonctionnement": "1",
                "etp": "0",
                "version": budget.version,
            },
        ),
        (
            financement,
            f"{lignes}/financements/{financement.pk}/modifier/",
            {"montant": "7", "statut": "annonce", "version": financement.version},
        ),
        (
            indicateur,
            f"{lignes}/indicateurs/{indicateur.pk}/modifier/",
            {
                "libelle": "Pris",
                "unite": "euros",
                "frequence": indicateur.frequence,
                "version": indicateur.version,
            },
        ),
    ]


def test_le_departement_lit_la_part_de_la_region_sans_pouvoir_y_toucher(visiteur):
    page = visiteur()
    se_connecter(page, "departement")
    page.goto(PLAN)
    sienne, autre = part_de(DEPARTEMENT, "preambule"), part_de(REGION, "preambule")
    expect(page.locator(f"#{sienne.ancre}").get_by_role("link", name="Modifier")).to_be_visible()
    expect(page.locator(f"#{autre.ancre} .prose")).to_be_visible()
    expect(page.locator(f"#{autre.ancre}").get_by_role("link", name="Modifier")).to_have_count(0)
    assert page.goto(adresse_de(autre)).status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Cet acte appartient à un autre organisme"
    )
    expect(page.get_by_role("main")).to_contain_text("Votre place ne permet pas")
    page.goto(f"{PLAN}fiches/A1.3/")
    expect(page.get_by_role("heading", name="Étapes")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^(Modifier|Ajouter une)"))).to_have_count(0)


@pytest.mark.parametrize(("compte", "attendu"), [("departement", 403), ("autre", 404)])
def test_un_envoi_fait_a_la_main_vers_la_part_de_la_region_ne_change_rien(
    visiteur, compte, attendu
):
    page = visiteur(compte)
    page.goto("/droits/")
    actes = Acte.objects.count()
    for objet, adresse, champs in envois_a_la_main():
        avant = objet.valeurs()
        for chemin in (adresse, adresse.replace("modifier", "supprimer")):
            if "supprimer" in chemin and isinstance(objet, FicheAction):
                chemin = chemin.replace("supprimer", "retirer")
            statut, reponse = page.evaluate(POSTER, [chemin, champs])
            assert (chemin, statut) == (chemin, attendu)
            assert 'lang="fr"' in reponse and "<h1>" in reponse
        assert relire(objet).valeurs() == avant
        assert relire(objet).version == objet.version
    assert Acte.objects.count() == actes


def test_le_meme_envoi_fait_par_la_region_ecrit_bien(visiteur):
    """Sans quoi les refus d'au-dessus pourraient ne prouver qu'un envoi mal fait."""
    page = visiteur("region")
    page.goto("/droits/")
    for objet, adresse, champs in envois_a_la_main():
        statut, _ = page.evaluate(POSTER, [adresse, champs])
        assert (adresse, statut) == (adresse, 200)
        assert relire(objet).version == objet.version + 1


# --- À deux sur la même part ---------------------------------------------------------------------


@pytest.mark.parametrize("garde", ["Votre texte", "Le texte enregistré entre-temps"])
def test_deux_personnes_ecrivent_le_meme_chapitre_la_seconde_compare_et_choisit(visiteur, garde):
    part = part_de(REGION, "engagements")
    premiere, seconde = visiteur("region"), visiteur("region")
    premiere.goto(PLAN)
    article = premiere.locator(f"#{part.ancre}")
    article.get_by_role("link", name="Modifier").click()
    remplacer(premiere, zone_de_texte(article), f"Texte de la première, avant « {garde} ».")
    seconde.goto(adresse_de(part))
    remplacer(seconde, zone_de_texte(seconde), f"Texte de la seconde, avant « {garde} ».")
    enregistrer(article)
    expect(premiere.get_by_role("status")).to_contain_text("est enregistrée")
    enregistrer(seconde)

    conflit = seconde.get_by_role("group", name="Texte : que garder ?")
    expect(seconde.locator(".bilan-erreurs")).to_be_focused()
    expect(conflit).to_contain_text("Agent de la Région (démonstration)")
    passage = conflit.get_by_role("region", name="Passage 1 sur 1")
    expect(passage.locator(".conflit-texte")).to_have_count(3)
    sien = texte_obtenu(passage.locator(".conflit-texte").nth(1))
    assert sien == f"Texte de la première, avant « {garde} »."
    expect(conflit.get_by_role("textbox")).to_contain_text("Texte de la seconde")
    assert "première" in relire(part).texte
    conflit.get_by_label(garde).check()
    enregistrer(seconde)

    expect(seconde.get_by_role("status")).to_contain_text("est enregistrée")
    gardee = "seconde" if garde == "Votre texte" else "première"
    prose = seconde.locator(f"#{part.ancre} .prose")
    expect(prose).to_have_text(re.compile(f"Texte de la {gardee}, avant «\\s{garde}\\s»."))
    seconde.goto(f"{PLAN}journal/")
    # L'autre texte reste lisible : remplacé par le sien, ou écarté par qui l'avait écrit.
    trace, ou, perdu = {
        "Votre texte": ("Ce qui change", "del", "première"),
        "Le texte enregistré entre-temps": ("Le texte non gardé", ".prose", "Texte de la seconde"),
    }[garde]
    ligne = seconde.locator(".journal > li").first
    ligne.get_by_text(trace).click()
    expect(ligne.locator(ou)).to_contain_text(perdu)


def test_sans_choisir_rien_n_est_enregistre_et_les_deux_textes_restent(visiteur):
    part = part_de(REGION, "engagements")
    premiere, seconde = visiteur("region"), visiteur("region")
    for page, texte in ((premiere, "Un texte décidé."), (seconde, "Un texte qui hésite.")):
        page.goto(adresse_de(part))
        remplacer(page, zone_de_texte(page), texte)
    enregistrer(premiere)
    expect(premiere.get_by_role("status")).to_contain_text("est enregistrée")
    for _ in range(2):
        enregistrer(seconde)
        conflit = seconde.get_by_role("group", name="Texte : que garder ?")
        leur = conflit.locator(".conflit-colonnes").last.locator(".conflit-texte")
        expect(leur).to_have_text("Un texte décidé.")
        expect(conflit.get_by_role("textbox")).to_contain_text("Un texte qui hésite.")
    assert relire(part).texte == "Un texte décidé."


def test_deux_champs_differents_d_une_fiche_se_reunissent_d_eux_memes(visiteur):
    a_deux = fiche("B1.1")
    premiere, seconde = visiteur("region"), visiteur("region")
    premiere.goto(adresse_de(a_deux))
    seconde.goto(adresse_de(a_deux))
    remplacer(premiere, premiere.get_by_role("textbox", name="Constat"), "Un constat revu.")
    enregistrer(premiere)
    expect(premiere.get_by_role("status")).to_contain_text("est enregistrée")
    seconde.get_by_label("Référent technique").fill("Service des solidarités")
    enregistrer(seconde)
    message = seconde.get_by_role("status")
    expect(message).to_contain_text("Ce que d’autres ont changé entre-temps est gardé : « Constat")
    a_deux = relire(a_deux)
    assert (a_deux.constat, a_deux.referent_technique) == (
        "Un constat revu.",
        "Service des solidarités",
    )


# --- Sans JavaScript -----------------------------------------------------------------------------


def test_sans_javascript_on_se_connecte_on_ecrit_et_on_chiffre(visiteur):
    part = commun("moyens")
    page = visiteur(java_script_enabled=False)
    se_connecter(page, "region")
    page.goto(PLAN)
    page.locator(f"#{part.ancre}").get_by_role("link", name="Modifier").click()
    page.get_by_label("Texte").fill("Chacun **chiffre** sa part.\n\n- une ligne par année")
    enregistrer(page)
    prose = page.locator(f"#{part.ancre} .prose")
    expect(prose.locator("strong")).to_have_text("chiffre")
    expect(prose.locator("li")).to_have_text("une ligne par année")

    page.get_by_role("link", name="Ajouter ma fiche-action").click()
    page.get_by_label("Objectif obligatoire").select_option(index=1)
    page.get_by_label("Intitulé").fill("Un relais mobilité sans écran")
    page.get_by_label("Lien avec").select_option(index=1)
    page.get_by_role("group", name="Publics").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Créer la fiche").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Un relais mobilité sans écran")

    page.get_by_role("link", name="Ajouter une année").click()
    page.get_by_label("Année").fill("2027")
    page.get_by_label("Fonctionnement").fill("12 500,50 €")
    enregistrer(page)
    expect(page.get_by_role("status")).to_contain_text("La ligne est ajoutée.")
    ligne = FicheAction.objects.get(intitule="Un relais mobilité sans écran").budgets.get()
    assert (ligne.annee, f"{ligne.fonctionnement:.2f}") == (2027, "12500.50")

    page.get_by_role("link", name="Plans", exact=True).first.click()
    page.get_by_role("main").get_by_role("link", name="Grand Amiénois").click()
    page.get_by_role("link", name="Télécharger le PDF").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Le document du plan")
    expect(page.get_by_text("Le document attend son tour")).to_be_visible()
    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "4"


# --- Le document ---------------------------------------------------------------------------------


def test_le_pdf_se_prepare_pendant_qu_on_attend_puis_s_ouvre_de_lui_meme(visiteur):
    part = part_de(DEPARTEMENT, "engagements")
    page = visiteur("departement")
    page.goto(adresse_de(part))
    remplacer(page, zone_de_texte(page), "Le Département s’engage, parcours compris.")
    enregistrer(page)
    expect(page.get_by_role("status")).to_contain_text("est enregistrée")
    with page.expect_response(f"**{PLAN}plan.pdf") as attente:
        page.get_by_role("link", name="Télécharger le PDF").click()
    assert attente.value.status == 202
    expect(page.get_by_role("progressbar", name="Le document attend son tour")).to_be_visible()

    DBTaskResult.objects.all().delete()  # les demandes des autres essais, et de l'autre plan
    Document.objects.de(part.plan).mettre_en_file()
    with page.expect_response(est_le_pdf, timeout=180_000):
        Ouvrier(pause=0).run()
    reponse = page.request.get(f"{PLAN}plan.pdf")
    assert reponse.headers["content-type"] == "application/pdf"
    verifier_le_pdf(reponse.body())


def est_le_pdf(reponse):
    return reponse.headers.get("content-type") == "application/pdf"


def verifier_le_pdf(contenu):
    """Balisé et titré en français, avec son texte, ses signets, et chaque fiche en tête de page."""
    plan = Plan.objects.get(slug=SLUG)
    with pikepdf.open(BytesIO(contenu)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.StructTreeRoot.K
        assert pdf.Root.Lang == "fr-FR"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert str(pdf.docinfo.Title).startswith(f"{TITRE_DE_LA_LOI} – ")
    pdf = PdfReader(BytesIO(contenu))
    textes = [" ".join(feuille.extract_text().split()) for feuille in pdf.pages]
    assert TITRE_DE_LA_LOI in textes[0]
    assert all("DÉMONSTRATION, contenu fictif" in texte for texte in textes)
    assert "Le Département s’engage, parcours compris." in " ".join(textes)
    assert textes[-1].endswith(f"{len(textes)} / {len(textes)}")

    signets = dict(signets_de(pdf, pdf.outline))
    for chapitre in plan.chapitres.all():
        assert any(chapitre.titre in titre for titre in signets), chapitre
    fiches = list(plan.fiches.all())
    debuts = {signets[f"{une.code} {une.intitule}"] for une in fiches}
    assert len(debuts) == len(fiches) and len(textes) > 2 * len(fiches)
    for une in fiches:
        assert une.code in textes[signets[f"{une.code} {une.intitule}"]]


def signets_de(pdf, branche):
    """(titre, rang de la page) de chaque signet, à tous les niveaux."""
    for signet in branche:
        if isinstance(signet, list):
            yield from signets_de(pdf, signet)
        else:
            yield signet.title, pdf.get_destination_page_number(signet)


# --- La saisie gardée ----------------------------------------------------------------------------


def test_une_session_expiree_rend_le_texte_tape_et_l_envoie_de_nouveau(visiteur):
    part = commun("territoire")
    page = visiteur("region")
    page.goto(adresse_de(part))
    remplacer(page, zone_de_texte(page), "Une heure de travail.")
    cookie = next(c for c in page.context.cookies() if c["name"] == "sessionid")
    Session.objects.get(pk=cookie["value"]).delete()
    enregistrer(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Votre session a expiré")
    expect(page.get_by_role("textbox")).to_have_value("Une heure de travail.")
    assert relire(part).texte != "Une heure de travail."
    with page.context.expect_page() as onglet:
        page.get_by_role("link", name="Se connecter (nouvel onglet)").click()
    se_connecter(onglet.value, "region")
    expect(onglet.value.get_by_role("button", name="Se déconnecter")).to_be_visible()
    page.get_by_role("button", name="Envoyer de nouveau").click()
    expect(page.get_by_role("status")).to_contain_text("est enregistrée")
    expect(page.locator(f"#{part.ancre} .prose")).to_have_text("Une heure de travail.")


# --- Les erreurs de saisie -----------------------------------------------------------------------


def verifier_l_erreur(page, etiquette, phrase):
    """Le bilan a le curseur et mène au champ ; la phrase est à côté du champ, et reliée à lui."""
    bilan = page.locator(".bilan-erreurs")
    expect(bilan).to_be_focused()
    champ = page.get_by_label(etiquette).first
    expect(champ).to_have_attribute("aria-invalid", "true")
    expect(champ).to_have_accessible_description(re.compile(re.escape(phrase)))
    bilan.get_by_role("link", name=etiquette).click()
    expect(champ).to_be_focused()


def test_des_dates_inversees_se_disent_a_cote_du_champ_et_rien_n_est_efface(visiteur):
    page = visiteur("region")
    page.goto(adresse_de(fiche("D2.1")))
    page.get_by_label("Intitulé").fill("Un référent, et son remplaçant")
    remplacer(page, page.get_by_role("textbox", name="Constat"), "Un constat jamais enregistré.")
    page.get_by_label("Début").fill("2028-09-01")
    page.get_by_label("Fin", exact=True).fill("2027-06-30")
    enregistrer(page)
    verifier_l_erreur(page, "Fin", "précède")
    expect(page.get_by_label("Intitulé")).to_have_value("Un référent, et son remplaçant")
    expect(page.get_by_role("textbox", name="Constat")).to_have_text(
        "Un constat jamais enregistré."
    )
    expect(page.get_by_label("Début")).to_have_value("2028-09-01")
    assert fiche("D2.1").intitule != "Un référent, et son remplaçant"


def test_un_montant_negatif_se_dit_a_cote_du_champ_et_rien_n_est_efface(visiteur):
    page = visiteur("region")
    lignes = fiche("D2.1").budgets.count()
    page.goto(f"{PLAN}fiches/D2.1/budget/nouvelle/")
    page.get_by_label("Année").fill("2039")
    page.get_by_label("Investissement").fill("-12 500")
    page.get_by_label("Fonctionnement").fill("mille")
    enregistrer(page)
    verifier_l_erreur(page, "Investissement", "négatif")
    expect(page.get_by_label("Investissement")).to_have_value("-12 500")
    expect(page.get_by_label("Fonctionnement")).to_have_value("mille")
    expect(page.get_by_label("Année")).to_have_value("2039")
    assert fiche("D2.1").budgets.count() == lignes


def test_un_siren_inconnu_se_dit_a_cote_du_champ_et_rien_n_est_efface(visiteur):
    page = visiteur("region")
    page.goto("/acteurs/nouveau/")
    page.get_by_label("SIREN").fill("123 456 789")
    page.get_by_label("Nom obligatoire").fill("Atelier des trois ponts")
    page.get_by_label("Nature juridique").select_option("association")
    page.get_by_role("button", name="Inscrire").click()
    verifier_l_erreur(page, "SIREN", "SIREN")
    expect(page.get_by_label("SIREN")).to_have_value("123 456 789")
    expect(page.get_by_label("Nom obligatoire")).to_have_value("Atelier des trois ponts")
    expect(page.get_by_label("Nature juridique")).to_have_value("association")
