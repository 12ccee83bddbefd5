/* Un textarea[data-editeur] devient un éditeur ; le textarea reste la seule chose envoyée. */
import { baseKeymap } from "prosemirror-commands"
import { gapCursor } from "prosemirror-gapcursor"
import { history } from "prosemirror-history"
import { keymap } from "prosemirror-keymap"
import { EditorState, Plugin } from "prosemirror-state"
import { tableEditing } from "prosemirror-tables"
import { EditorView } from "prosemirror-view"
import { Barre } from "./barre.js"
import { raccourcis, tabulation, titresParTouche, transformations } from "./clavier.js"
import { creer } from "./element.js"
import { ecrire, ouvrir } from "./markdown.js"
import { lisible, LONGUEUR_MAXIMALE } from "./profil.js"
import { reception } from "./reception.js"
import { schema } from "./schema.js"

/* Assez court pour qu’un enregistrement automatique voie la frappe, assez long pour ne pas la gêner. */
const DELAI_DE_SYNCHRONISATION = 300
const AIDE = "Alt+F10 : barre d’outils. Échap : retour au texte. Tab : quitter la zone (dans un tableau, Échap puis Tab)."

let numero = 0

/* Sous un tableau ou une liste, il reste toujours une ligne où continuer d’écrire. */
function ajouterLigneFinale(tr) {
  if (tr.doc.lastChild.type === schema.nodes.paragraph) return null
  return tr.insert(tr.doc.content.size, schema.nodes.paragraph.create())
}

const ligneFinale = new Plugin({
  appendTransaction: (_, __, etat) => ajouterLigneFinale(etat.tr),
})

function attributsDeLaZone(textarea, etiquette) {
  const decrit = textarea.getAttribute("aria-describedby")
  const invalide = textarea.getAttribute("aria-invalid")
  return {
    id: `${textarea.id}-zone`,
    class: "editeur-zone",
    role: "textbox",
    "aria-multiline": "true",
    ...(etiquette
      ? { "aria-labelledby": etiquette.id }
      : { "aria-label": textarea.getAttribute("aria-label") ?? "Texte" }),
    "aria-describedby": [decrit, `${textarea.id}-aide`].filter(Boolean).join(" "),
    ...(textarea.required && { "aria-required": "true" }),
    ...(invalide && { "aria-invalid": invalide }),
    lang: textarea.lang || "fr",
    spellcheck: "true",
  }
}

export class Editeur {
  /** @throws si le texte ne peut être lu ; le textarea reste alors tel quel, utilisable */
  constructor(textarea) {
    textarea.id ||= `editeur-${++numero}`
    this.textarea = textarea
    this.limite = textarea.maxLength > 0 ? textarea.maxLength : LONGUEUR_MAXIMALE
    this.etiquette = textarea.labels?.[0]
    if (this.etiquette) this.etiquette.id ||= `${textarea.id}-etiquette`
    this.barre = new Barre(`${textarea.id}-zone`)
    this.message = creer("p", { class: "editeur-message", role: "status" })
    this.vue = new EditorView(
      { mount: creer("div") },
      {
        state: this.charger(),
        attributes: attributsDeLaZone(textarea, this.etiquette),
        dispatchTransaction: (tr) => this.appliquer(tr),
      },
    )
    this.placer()
    this.ecouter()
  }

  /** L’état qui correspond au texte du textarea. */
  charger() {
    const { document, memoire } = ouvrir(this.textarea.value)
    document.check()
    const plugins = this.greffons()
    const lu = EditorState.create({ doc: document, plugins })
    const complete = ajouterLigneFinale(lu.tr)
    const etat = complete ? EditorState.create({ doc: complete.doc, plugins }) : lu
    this.origine = this.ecrit = this.textarea.value
    this.documentOrigine = this.documentEcrit = etat.doc
    this.memoire = memoire
    return etat
  }

  greffons() {
    return [
      transformations,
      tabulation(),
      titresParTouche,
      raccourcis(this.barre),
      keymap(baseKeymap),
      history(),
      gapCursor(),
      tableEditing({ allowTableNodeSelection: false }),
      reception(this.limite, (message) => this.prevenir(message)),
      ligneFinale,
    ]
  }

  placer() {
    const { textarea, vue, barre, message } = this
    const avaitLeFocus = document.activeElement === textarea
    const aide = creer("p", { id: `${textarea.id}-aide`, class: "editeur-aide" }, AIDE)
    textarea.after(creer("div", { class: "editeur" }, barre.element, vue.dom, message, aide))
    /* Un champ obligatoire masqué bloquerait l’envoi sans rien montrer : le serveur le vérifie. */
    textarea.required = false
    textarea.hidden = true
    textarea.focus = () => vue.focus()
    barre.brancher(vue)
    if (avaitLeFocus) vue.focus()
  }

  ecouter() {
    this.etiquette?.addEventListener("click", (evenement) => {
      evenement.preventDefault()
      this.vue.focus()
    })
    this.vue.dom.addEventListener("blur", () => this.synchroniser())
    /* Un brouillon restauré par un autre script change le textarea : le texte affiché suit. */
    this.textarea.addEventListener("input", () => this.relireSiChange())
  }

  appliquer(tr) {
    this.vue.updateState(this.vue.state.apply(tr))
    this.barre.planifier()
    if (!tr.docChanged) return
    clearTimeout(this.minuterie)
    this.minuterie = setTimeout(() => this.synchroniser(), DELAI_DE_SYNCHRONISATION)
  }

  /** Écrit le texte dans le textarea. Renvoie vrai s’il a changé. */
  synchroniser() {
    clearTimeout(this.minuterie)
    const { doc } = this.vue.state
    if (doc === this.documentEcrit) return false
    this.documentEcrit = doc
    /* Revenu à son point de départ, le texte d’origine est rendu octet pour octet. */
    const texte = doc.eq(this.documentOrigine) ? this.origine : ecrire(doc, this.memoire)
    if (texte === this.ecrit) return false
    this.textarea.value = texte
    this.ecrit = this.textarea.value
    this.prevenirSiTropLong(texte.length)
    this.textarea.dispatchEvent(new Event("input", { bubbles: true }))
    return true
  }

  /** Relit le textarea si autre chose que l’éditeur l’a changé. */
  relireSiChange() {
    if (this.textarea.value === this.ecrit) return
    this.vue.updateState(this.charger())
    this.barre.rafraichir()
  }

  prevenirSiTropLong(longueur) {
    const depasse = longueur > this.limite
    const compte = `Ce texte compte ${lisible(longueur)} caractères ; la limite est de ${lisible(this.limite)}.`
    this.prevenir(depasse ? compte : "")
  }

  prevenir(message) {
    if (this.message.textContent !== message) this.message.textContent = message
  }
}
