/* Le profil Markdown fermé du portail. `pams_portal/texte.py` applique exactement les mêmes règles. */
import MarkdownIt from "markdown-it"

export const REGLES_COUPEES = [
  "code", "fence", "hr", "html_block", "html_inline", "image", "backticks", "reference", "lheading",
]
export const PROFONDEUR_MAXIMALE = 40
export const LONGUEUR_MAXIMALE = 200_000

const PROTOCOLE = /^[a-z][a-z0-9+.-]*:/i
const PROTOCOLE_PERMIS = /^(https?|mailto|tel):/i

/** Vrai si l’adresse est relative, ou en http, https, mailto ou tel. */
export function estAdressePermise(adresse) {
  const propre = adresse.trim()
  return !PROTOCOLE.test(propre) || PROTOCOLE_PERMIS.test(propre)
}

export const analyseur = new MarkdownIt("commonmark", {
  html: false,
  maxNesting: PROFONDEUR_MAXIMALE,
})
  .enable("table")
  .disable(REGLES_COUPEES)
analyseur.validateLink = estAdressePermise

/** Un nombre comme on l’écrit en français : 200 000. */
export function lisible(nombre) {
  return nombre.toLocaleString("fr-FR")
}
