/* Un tableau collé devient une grille sans fusion : une ligne d’en-tête, du texte dans chaque case. */
import { deballer, trouver, verser } from "./dom.js"

const CASES_MAXIMUM = 10_000
const FUSION_MAXIMUM = 50
const BLOCS = "p,div,li,h1,h2,h3,h4,h5,h6,br,blockquote,section,tr,td,th"
const ENVELOPPES = "ul,ol,table,tbody,thead,tfoot,caption"

/* Une fusion garde son texte dans sa première case ; les cases qu’elle couvrait restent vides. */
function deplier(tableau) {
  const rangees = [...tableau.rows]
  const grille = rangees.map(() => [])
  rangees.forEach((rangee, y) => {
    let x = 0
    for (const cellule of rangee.cells) {
      while (grille[y][x] !== undefined) x++
      occuper(grille, cellule, x, y)
    }
  })
  return grille
}

function occuper(grille, cellule, x, y) {
  const hauteur = Math.min(cellule.rowSpan || 1, grille.length - y, FUSION_MAXIMUM)
  const largeur = Math.min(cellule.colSpan, FUSION_MAXIMUM)
  for (let dy = 0; dy < hauteur; dy++) {
    for (let dx = 0; dx < largeur; dx++) grille[y + dy][x + dx] ??= dx || dy ? null : cellule
  }
}

function mettreSurUneLigne(cellule) {
  for (const bloc of trouver(cellule, BLOCS)) {
    if (bloc.nextSibling) bloc.after(" ")
    deballer(bloc)
  }
  trouver(cellule, ENVELOPPES).forEach(deballer)
}

function ecrireCase(rangee, cellule, balise) {
  const neuve = rangee.ownerDocument.createElement(balise)
  if (cellule) {
    mettreSurUneLigne(cellule)
    if (balise === "th") trouver(cellule, "b,strong").forEach(deballer)
    const alignement = /^(left|center|right)$/i.exec(cellule.getAttribute("align") ?? "")
    if (alignement) neuve.setAttribute("align", alignement[0].toLowerCase())
    verser(cellule, neuve)
  }
  rangee.append(neuve)
}

function ecrireGrille(tableau, grille, largeur) {
  const neuf = tableau.ownerDocument.createElement("table")
  grille.forEach((cases, y) => {
    const rangee = neuf.insertRow()
    for (let x = 0; x < largeur; x++) ecrireCase(rangee, cases[x], y ? "td" : "th")
  })
  tableau.replaceWith(neuf)
}

/* Trop grand pour être un tableau du plan : chaque rangée devient un paragraphe, rien n’est perdu. */
function ecrireEnParagraphes(tableau) {
  for (const rangee of [...tableau.rows]) {
    const paragraphe = tableau.ownerDocument.createElement("p")
    paragraphe.textContent = [...rangee.cells].map((cellule) => cellule.textContent.trim()).join(" | ")
    tableau.before(paragraphe)
  }
  tableau.remove()
}

function sortirLegende(tableau) {
  const legende = tableau.caption
  if (!legende) return
  const paragraphe = tableau.ownerDocument.createElement("p")
  verser(legende, paragraphe)
  tableau.before(paragraphe)
  legende.remove()
}

function simplifier(tableau) {
  sortirLegende(tableau)
  const grille = deplier(tableau)
  const largeur = grille.reduce((maximum, rangee) => Math.max(maximum, rangee.length), 0)
  if (!largeur) deballer(tableau)
  else if (largeur * grille.length > CASES_MAXIMUM) ecrireEnParagraphes(tableau)
  else ecrireGrille(tableau, grille, largeur)
}

export function simplifierTableaux(corps) {
  for (const tableau of trouver(corps, "table")) {
    if (tableau.parentElement?.closest("table") === null) simplifier(tableau)
  }
}
