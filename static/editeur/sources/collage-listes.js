/* Les listes de Word sont des paragraphes « mso-list: l0 level2 lfo1 » : on en refait des listes. */
import { STYLE, styleDe, trouver, verser } from "./dom.js"

const NIVEAU = /mso-list:\s*\S+\s+level(\d+)/i
const NUMERO = /^\s*\(?(\d+|[a-z]|[ivxlc]+)[.)]/i
const NIVEAUX_MAXIMUM = 9

function voisinPrecedent(element) {
  let voisin = element.previousSibling
  while (voisin?.nodeType === 3 && !voisin.data.trim()) voisin = voisin.previousSibling
  return voisin
}

function balisePour(paragraphe) {
  const marque = trouver(paragraphe, `[${STYLE}*='mso-list']`).map((element) => element.textContent).join("")
  return NUMERO.test(marque) ? "ol" : "ul"
}

function nouvelleListe(paragraphe, parente, balise) {
  const liste = paragraphe.ownerDocument.createElement(balise)
  if (!parente) paragraphe.before(liste)
  else {
    if (!parente.lastElementChild) parente.append(liste.ownerDocument.createElement("li"))
    parente.lastElementChild.append(liste)
  }
  return liste
}

function ajouterPoint(liste, paragraphe) {
  const point = liste.ownerDocument.createElement("li")
  verser(paragraphe, point)
  liste.append(point)
  paragraphe.remove()
}

/* `ouvertes` : la liste en cours à chaque niveau, de la plus large à la plus profonde. */
function rangerParagraphe(paragraphe, niveau, ouvertes) {
  const balise = balisePour(paragraphe)
  trouver(paragraphe, `[${STYLE}*='mso-list']`).forEach((marque) => marque.remove())
  if (voisinPrecedent(paragraphe) !== ouvertes[0]) ouvertes.length = 0
  ouvertes.length = Math.min(ouvertes.length, niveau)
  const memeNature = ouvertes.at(-1)?.localName === balise
  if (ouvertes.length === niveau && !memeNature) ouvertes.pop()
  while (ouvertes.length < niveau) {
    ouvertes.push(nouvelleListe(paragraphe, ouvertes.at(-1), balise))
  }
  ajouterPoint(ouvertes.at(-1), paragraphe)
}

/* LibreOffice et d’anciens sites mettent la sous-liste à côté du point, pas dedans. */
function rentrerSousListes(corps) {
  for (const sousListe of trouver(corps, "ul>ul,ul>ol,ol>ul,ol>ol")) {
    sousListe.previousElementSibling?.append(sousListe)
  }
}

export function formerListes(corps) {
  const ouvertes = []
  for (const paragraphe of trouver(corps, `p[${STYLE}*='mso-list']`)) {
    const niveau = Math.min(Number(NIVEAU.exec(styleDe(paragraphe))?.[1] ?? 0), NIVEAUX_MAXIMUM)
    if (niveau) rangerParagraphe(paragraphe, niveau, ouvertes)
  }
  trouver(corps, `[${STYLE}*='mso-list:Ignore'],[${STYLE}*='mso-list: Ignore']`).forEach((m) => m.remove())
  rentrerSousListes(corps)
}
