"""L'éditeur dans un vrai navigateur, sur une page nue servie avec la CSP du portail."""

import http.server
import threading
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from django.conf import settings
from playwright.sync_api import expect

pytestmark = pytest.mark.navigateur

RACINE = Path(settings.BASE_DIR)
DOCUMENTS = RACINE / "static" / "editeur" / "sources" / "tests" / "documents"
TYPES = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}

PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Essai</title>
<link rel="stylesheet" href="/static/css/portail.css">
<link rel="stylesheet" href="/static/css/editeur.css">
<script defer src="/static/editeur/editeur.js"></script></head><body><main><h1>Essai</h1>
<p><a href="#id_texte">Aller à l’erreur</a></p>
<form method="post" action="/envoi/"><label for="id_texte">Texte du chapitre</label>
{textarea}<button id="envoyer">Enregistrer</button></form></main></body></html>"""
TEXTAREA = """<textarea id="id_texte" name="texte" data-editeur required
 aria-describedby="aide erreur" aria-invalid="true">
{texte}</textarea><p id="aide">Aide</p><p id="erreur">Erreur</p>"""


class Reponses(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        fichier = RACINE / self.path.lstrip("/")
        if self.path == "/":
            self.repondre(self.server.html.encode(), "text/html; charset=utf-8")
        elif fichier.suffix in TYPES and fichier.is_file():
            self.repondre(fichier.read_bytes(), TYPES[fichier.suffix])
        else:
            self.repondre(b"", "image/x-icon")

    def do_POST(self):
        corps = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.recus.append(parse_qs(corps, keep_blank_values=True)["texte"][0])
        self.repondre("<title>Reçu</title>".encode(), "text/html; charset=utf-8")

    def repondre(self, corps, type_de_contenu):
        self.send_response(200)
        self.send_header("Content-Type", type_de_contenu)
        csp = "; ".join(f"{regle} {valeur}" for regle, valeur in settings.SECURE_CSP.items())
        self.send_header("Content-Security-Policy", csp)
        self.end_headers()
        self.wfile.write(corps)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def serveur():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Reponses) as serveur:
        serveur.recus, serveur.html = [], ""
        threading.Thread(target=serveur.serve_forever, daemon=True).start()
        yield serveur
        serveur.shutdown()


@pytest.fixture
def ouvrir(page, serveur):
    """Ouvre la page sur un texte ; à la fin, la CSP ne doit rien avoir refusé."""
    erreurs = []
    page.on("pageerror", lambda erreur: erreurs.append(str(erreur)))
    page.on("console", lambda message: erreurs.append(message.text))
    serveur.recus.clear()

    def ouvrir_sur(texte="", textarea=TEXTAREA):
        serveur.html = PAGE.format(textarea=textarea.format(texte=texte))
        page.goto(f"http://127.0.0.1:{serveur.server_port}/")
        return page.get_by_role("textbox", name="Texte du chapitre")

    yield ouvrir_sur
    assert erreurs == []


def valeur(page):
    """Le contenu du textarea, une fois la dernière frappe synchronisée."""
    page.wait_for_timeout(400)
    return page.evaluate("document.getElementById('id_texte').value")


def bouton(page, nom):
    return page.get_by_role("toolbar").get_by_role("button", name=nom, exact=True)


def coller(page, contenu, type_de_contenu="text/html"):
    """Un collage comme le presse-papiers en produit ; renvoie sa durée en millisecondes."""
    return page.evaluate(
        """([contenu, type]) => {
            const presse = new DataTransfer()
            presse.setData(type, contenu)
            const depart = performance.now()
            document.querySelector('.editeur-zone').dispatchEvent(new ClipboardEvent(
                'paste', {clipboardData: presse, bubbles: true, cancelable: true}))
            return performance.now() - depart
        }""",
        [contenu, type_de_contenu],
    )


def test_on_ecrit_du_gras_une_liste_et_un_titre_sans_voir_de_syntaxe(page, ouvrir):
    zone = ouvrir()
    zone.click()
    page.keyboard.type("Un ")
    page.keyboard.press("Control+b")
    page.keyboard.type("mot")
    page.keyboard.press("Control+b")
    page.keyboard.type(" * fort")
    page.keyboard.press("Enter")
    bouton(page, "Liste à puces").click()
    page.keyboard.type("premier")
    page.keyboard.press("Enter")
    bouton(page, "Augmenter le retrait").click()
    page.keyboard.type("dedans")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("Suite")
    bouton(page, "Sous-titre").click()
    assert valeur(page) == "Un **mot** \\* fort\n\n- premier\n  - dedans\n\n### Suite"
    assert zone.inner_text().split() == ["Un", "mot", "*", "fort", "premier", "dedans", "Suite"]


@pytest.mark.parametrize("nom", ["word", "word-listes", "word-tableau-fusionne", "libreoffice"])
def test_un_collage_de_word_ou_de_libreoffice_donne_un_texte_propre(page, ouvrir, nom):
    ouvrir().click()
    coller(page, (DOCUMENTS / f"{nom}.html").read_text("utf-8"))
    assert valeur(page) == (DOCUMENTS / f"{nom}.md").read_text("utf-8").strip()


def test_cinq_megaoctets_colles_avec_leurs_scripts_ne_figent_pas_la_page(page, ouvrir):
    ouvrir("Avant").click()
    bloc = f"<script>{'alert(1);' * 500}</script><p style='color:red' onclick='x()'>mot</p>"
    assert coller(page, bloc * (5_000_000 // len(bloc))) < 5000
    texte = valeur(page)
    assert texte.startswith("Avant")
    assert texte.count("mot") == 5_000_000 // len(bloc)
    assert "alert" not in texte


@pytest.mark.parametrize("type_de_contenu", ["text/html", "text/plain"])
def test_un_collage_trop_long_est_refuse_et_le_texte_reste(page, ouvrir, type_de_contenu):
    zone = ouvrir("Avant")
    zone.click()
    page.keyboard.press("Control+a")
    coller(page, "mot " * 60_000, type_de_contenu)
    expect(page.get_by_role("status")).to_contain_text("la limite est de 200")
    assert valeur(page) == "Avant"


def test_ce_qui_est_copie_dans_l_editeur_s_y_recolle_a_l_identique(page, ouvrir):
    texte = "### Sous-titre\n\n| a | b |\n| --- | :-: |\n| **1** | 2 |\n\n- x\n  1. y\n\nfin"
    zone = ouvrir(texte)
    zone.click()
    page.keyboard.press("Control+a")
    copie = page.evaluate(
        """() => {
            const presse = new DataTransfer()
            document.querySelector('.editeur-zone').dispatchEvent(new ClipboardEvent(
                'copy', {clipboardData: presse, bubbles: true, cancelable: true}))
            return presse.getData('text/html')
        }"""
    )
    page.keyboard.press("Delete")
    assert valeur(page) == ""
    coller(page, copie)
    assert valeur(page) == texte


def test_un_bloc_inchange_ressort_tel_quel_et_annuler_rend_le_texte_d_origine(page, ouvrir):
    source = "* puce\n* __gras__\n\nfin"
    zone = ouvrir(source)
    zone.get_by_text("fin").click()
    page.keyboard.press("End")
    page.keyboard.type(" !")
    assert valeur(page) == "* puce\n* __gras__\n\nfin !"
    bouton(page, "Annuler").click()
    assert valeur(page) == source


def test_l_envoi_part_avec_la_derniere_frappe_et_le_champ_obligatoire_ne_bloque_pas(
    page, ouvrir, serveur
):
    ouvrir("Début").click()
    page.keyboard.press("End")
    page.keyboard.type(" et fin")
    page.evaluate("document.querySelector('form').requestSubmit()")
    page.wait_for_url("**/envoi/")
    assert serveur.recus == ["Début et fin"]


def test_un_champ_obligatoire_vide_part_au_serveur_qui_le_dira(page, ouvrir, serveur):
    ouvrir()
    page.get_by_role("button", name="Enregistrer").click()
    page.wait_for_url("**/envoi/")
    assert serveur.recus == [""]


def test_la_zone_porte_l_etiquette_l_aide_et_l_erreur_du_champ(page, ouvrir):
    zone = ouvrir("Texte")
    expect(zone).to_have_accessible_description(
        "Aide Erreur " + page.locator(".editeur-aide").inner_text()
    )
    expect(zone).to_have_attribute("aria-invalid", "true")
    expect(zone).to_have_attribute("aria-required", "true")
    expect(page.locator("textarea")).to_be_hidden()
    page.get_by_text("Texte du chapitre").click()
    expect(zone).to_be_focused()
    page.locator("body").click(position={"x": 1, "y": 1})
    page.get_by_role("link", name="Aller à l’erreur").click()
    expect(zone).to_be_focused()


def test_le_clavier_suffit_pour_la_barre_et_tab_quitte_la_zone(page, ouvrir):
    zone = ouvrir("Texte")
    zone.click()
    page.keyboard.press("Alt+F10")
    expect(bouton(page, "Titre")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(bouton(page, "Gras")).to_be_focused()
    page.keyboard.press("End")
    expect(bouton(page, "Rétablir")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(bouton(page, "Titre")).to_be_focused()
    page.keyboard.press("Space")
    assert valeur(page) == "## Texte"
    expect(bouton(page, "Titre")).to_have_attribute("aria-pressed", "true")
    assert page.locator(".editeur-barre [tabindex='0']").count() == 1
    page.keyboard.press("Escape")
    expect(zone).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Enregistrer")).to_be_focused()


def test_un_tableau_se_fait_et_se_defait_sans_souris(page, ouvrir):
    zone = ouvrir()
    zone.click()
    expect(bouton(page, "Ajouter une ligne")).to_be_hidden()
    bouton(page, "Tableau").click()
    expect(bouton(page, "Ajouter une ligne")).to_be_visible()
    for mot in ("A", "B", "C", "1"):
        page.keyboard.type(mot)
        page.keyboard.press("Tab")
    bouton(page, "Supprimer la colonne").click()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("bas")
    assert valeur(page) == "| A | C |\n| --- | --- |\n| 1 |  |\n|  |  |\n|  | bas |"
    bouton(page, "Supprimer la ligne").click()
    bouton(page, "Ajouter une colonne").click()
    assert valeur(page).splitlines()[0] in ("| A |  | C |", "| A | C |  |")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Enregistrer")).to_be_focused()
    zone.get_by_text("A").click()
    bouton(page, "Supprimer le tableau").click()
    assert valeur(page) == ""
    expect(bouton(page, "Ajouter une ligne")).to_be_hidden()


def test_un_lien_se_pose_se_corrige_et_se_retire(page, ouvrir):
    zone = ouvrir("le plan")
    zone.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+k")
    dialogue = page.get_by_role("dialog", name="Lien")
    adresse = dialogue.get_by_label("Adresse")
    assert dialogue.evaluate("element => element.closest('form')") is None
    adresse.fill("javascript:alert(1)")
    page.keyboard.press("Enter")
    expect(dialogue.get_by_role("alert")).to_contain_text("n’est pas reconnue")
    adresse.fill("exemple.fr/plan_(1)")
    page.keyboard.press("Enter")
    expect(dialogue).to_be_hidden()
    assert valeur(page) == "[le plan](<https://exemple.fr/plan_(1)>)"
    zone.get_by_role("link").click()
    bouton(page, "Lien").click()
    expect(adresse).to_have_value("https://exemple.fr/plan_(1)")
    dialogue.get_by_role("button", name="Retirer le lien").click()
    assert valeur(page) == "le plan"
    page.keyboard.press("End")
    bouton(page, "Lien").click()
    dialogue.get_by_label("Texte du lien").fill("écrire")
    adresse.fill("a@example.org")
    dialogue.get_by_role("button", name="Appliquer").click()
    assert valeur(page) == "le plan[écrire](mailto:a@example.org)"


def test_un_textarea_en_lecture_seule_ou_desactive_reste_un_textarea(page, ouvrir):
    champs = "".join(
        f"<textarea data-editeur {etat} aria-label='{etat}'>x</textarea>"
        for etat in ("readonly", "disabled")
    )
    ouvrir(textarea=champs)
    expect(page.locator("textarea")).to_have_count(2)
    expect(page.locator(".editeur")).to_have_count(0)
    expect(page.get_by_label("readonly")).to_be_visible()


@pytest.mark.parametrize(
    "appel",
    [
        "monterEditeurs(neuf)",
        "neuf.dispatchEvent(new Event('htmx:after:swap', {bubbles: true}))",
        "neuf.dispatchEvent(new Event('htmx:load', {bubbles: true}))",
    ],
)  # fmt: skip
def test_un_champ_arrive_apres_coup_devient_un_editeur_une_seule_fois(page, ouvrir, appel):
    ouvrir("Premier")
    page.evaluate(
        """() => {
            const neuf = document.createElement('div')
            neuf.id = 'neuf'
            neuf.innerHTML = '<textarea data-editeur aria-label="Neuf">**a**</textarea>'
            document.querySelector('form').append(neuf)
        }"""
    )
    for _ in range(2):
        page.evaluate(f"() => {{ const neuf = document.getElementById('neuf'); {appel} }}")
    expect(page.locator(".editeur")).to_have_count(2)
    expect(page.get_by_role("textbox", name="Neuf").locator("strong")).to_have_text("a")


def test_un_brouillon_restaure_dans_le_textarea_s_affiche(page, ouvrir):
    zone = ouvrir("Ancien")
    page.evaluate(
        """() => {
            const champ = document.getElementById('id_texte')
            champ.value = '## Brouillon'
            champ.dispatchEvent(new Event('input', {bubbles: true}))
        }"""
    )
    expect(zone.locator("h2")).to_have_text("Brouillon")


def test_chaque_frappe_se_signale_par_un_evenement_input_du_textarea(page, ouvrir):
    zone = ouvrir("a")
    page.evaluate(
        """() => document.addEventListener('input', ({target}) => {
            if (target.id === 'id_texte') document.title = target.value
        })"""
    )
    zone.click()
    page.keyboard.press("End")
    page.keyboard.type("b")
    expect(page).to_have_title("ab")


def test_un_texte_trop_profond_laisse_le_textarea_visible(page, serveur):
    serveur.html = PAGE.format(textarea=TEXTAREA.format(texte="> " * 60 + "fond"))
    page.goto(f"http://127.0.0.1:{serveur.server_port}/")
    expect(page.locator("textarea")).to_be_visible()
    expect(page.locator(".editeur")).to_have_count(0)


def test_sans_javascript_le_textarea_suffit(browser, serveur, browser_context_args):
    serveur.recus.clear()
    serveur.html = PAGE.format(textarea=TEXTAREA.format(texte="## Titre"))
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{serveur.server_port}/")
    page.get_by_label("Texte du chapitre").fill("## Titre\n\nSuite")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page).to_have_title("Reçu")
    assert serveur.recus == ["## Titre\r\n\r\nSuite"]
    context.close()
