/* Les touches et les raccourcis de saisie de la zone de texte. */
import { chainCommands, setBlockType } from "prosemirror-commands"
import { redo } from "prosemirror-history"
import { inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules"
import { keymap } from "prosemirror-keymap"
import { splitListItem } from "prosemirror-schema-list"
import { Plugin } from "prosemirror-state"
import { goToNextCell } from "prosemirror-tables"
import { GROUPES } from "./boutons.js"
import { allerALaLigne, basculerTitre, descendreDansLeTableau } from "./commandes.js"
import { schema, SOUS_TITRE, TITRE } from "./schema.js"

const { nodes } = schema

/* « - », « 1. » et « ## » en début de ligne se transforment pendant la frappe. */
export const transformations = inputRules({
  rules: [
    textblockTypeInputRule(/^(#{2,3})\s$/, nodes.heading, ([, dieses]) => ({ level: dieses.length })),
    wrappingInputRule(/^\s*[-*•]\s$/, nodes.bullet_list),
    wrappingInputRule(/^1\.\s$/, nodes.ordered_list),
  ],
})

function raccourcisDesBoutons() {
  const boutons = GROUPES.flatMap((groupe) => groupe.boutons).filter(({ touches }) => touches)
  return Object.fromEntries(boutons.map(({ touches, commande }) => [touches, commande]))
}

export function raccourcis(barre) {
  return keymap({
    ...raccourcisDesBoutons(),
    "Mod-Shift-z": redo,
    "Mod-Alt-0": setBlockType(nodes.paragraph),
    Enter: chainCommands(descendreDansLeTableau, splitListItem(nodes.list_item)),
    "Shift-Enter": allerALaLigne,
    "Alt-F10": () => barre.prendreFocus(),
  })
}

/* Sous Windows en AZERTY, Ctrl+Alt+2 arrive comme « ~ » : on regarde la touche, sauf avec AltGr. */
export const titresParTouche = new Plugin({
  props: {
    handleKeyDown(vue, evenement) {
      const niveau = { Digit2: TITRE, Digit3: SOUS_TITRE }[evenement.code]
      const ctrlAlt = evenement.ctrlKey && evenement.altKey && !evenement.getModifierState("AltGraph")
      return Boolean(niveau && ctrlAlt && basculerTitre(niveau)(vue.state, vue.dispatch))
    },
  },
})

/** Tab quitte la zone ; dans un tableau, il va de case en case, sauf juste après Échap. */
export function tabulation() {
  let laisserSortir = false
  const commandes = { Tab: goToNextCell(1), "Shift-Tab": goToNextCell(-1) }
  return new Plugin({
    props: {
      handleKeyDown(vue, evenement) {
        if (evenement.key !== "Tab") {
          if (evenement.key !== "Shift") laisserSortir = evenement.key === "Escape"
          return false
        }
        if (laisserSortir) return false
        return commandes[evenement.shiftKey ? "Shift-Tab" : "Tab"](vue.state, vue.dispatch)
      },
      handleDOMEvents: {
        blur() {
          laisserSortir = false
        },
      },
    },
  })
}
