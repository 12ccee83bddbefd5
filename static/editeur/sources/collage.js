/* HTML de Word, LibreOffice ou du Web → le HTML simple que le schéma accepte.

Le document analysé est inerte : rien n’y est exécuté ni chargé. */
import { formerListes } from "./collage-listes.js"
import { simplifierTableaux } from "./collage-tableaux.js"
import { deballer, envelopperContenu, renommer, STYLE, styleDe, trouver } from "./dom.js"
import { lisible } from "./profil.js"

/* Un mémoire de 10 000 mots collé de Word en compte moins de 5 000 ; au-delà, la page se figerait. */
export const ELEMENTS_MAXIMUM = 20_000

const IMBRICATION_MAXIMALE = 10

const JAMAIS_COLLES =
  "script,style,xmp,xml,title,meta,link,base,template,noscript,img,picture,svg,math,canvas,audio,video," +
  "object,embed,iframe,input,button,select,textarea,hr,del," +
  `[hidden],[${STYLE}*='display:none'],[${STYLE}*='mso-hide']`
/* La propriété entière : Word écrit aussi « mso-bidi-font-weight:normal » sur du vrai gras. */
const GRAS = /(?<![\w-])font-weight:\s*(bold|bolder|[6-9]00)/i
const NI_GRAS = /(?<![\w-])font-weight:\s*(normal|[1-4]00)/i
const ITALIQUE = /(?<![\w-])font-style:\s*italic/i
const NIVEAU_DE_WORD = /mso-outline-level:\s*(\d)/i
const CLASSE_DE_TITRE = /^Mso(?:Title|Heading(\d)?)/

export class CollageTropLourd extends Error {}

const BALISE = /<[a-z][^<>]*>/gi
const ATTRIBUT = /([^\s"'<>/=]+)(\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))/g

/**
 * Renomme, avant toute lecture, ce que la CSP refuserait même dans un document inerte : les attributs
 * « style » et « on… », et l’élément <style>, qui devient un <xmp> dont le contenu reste du texte brut.
 * Le temps est proportionnel à la longueur, et le texte entre les balises n’est pas touché.
 */
export function desarmer(html) {
  return html
    .replace(/<(\/?)style(?=[\s>/])/gi, "<$1xmp")
    .replace(BALISE, (balise) =>
      balise.replace(ATTRIBUT, (attribut, nom) =>
        /^(style$|on)/i.test(nom) ? `data-${attribut}` : attribut,
      ),
    )
}

function retirerCommentaires(document) {
  const parcours = document.createTreeWalker(document, 128 /* NodeFilter.SHOW_COMMENT */)
  const commentaires = []
  while (parcours.nextNode()) commentaires.push(parcours.currentNode)
  commentaires.forEach((commentaire) => commentaire.remove())
}

/** @throws {CollageTropLourd} au-delà de `limite` caractères */
export function refuserSiTropLong(longueur, limite) {
  if (longueur <= limite) return
  throw new CollageTropLourd(
    `Le texte collé compte ${lisible(longueur)} caractères ; la limite est de ${lisible(limite)}. ` +
      "Rien n’a été inséré.",
  )
}

function refuserSiTropComplexe(corps) {
  if (corps.querySelectorAll("*").length <= ELEMENTS_MAXIMUM) return
  throw new CollageTropLourd(
    "Ce collage contient trop d’éléments. Collez-le en plusieurs fois ; rien n’a été inséré.",
  )
}

/* Les puces de Word sont dans des « span » mso-list : formerListes en a besoin. */
function traduireStyles(corps) {
  for (const element of trouver(corps, "span,font")) {
    const style = styleDe(element)
    if (/mso-list/i.test(style)) continue
    if (GRAS.test(style)) envelopperContenu(element, "strong")
    if (ITALIQUE.test(style)) envelopperContenu(element, "em")
    deballer(element)
  }
  for (const element of trouver(corps, "b,strong")) if (NI_GRAS.test(styleDe(element))) deballer(element)
}

function niveauDeTitre(paragraphe) {
  const niveau = CLASSE_DE_TITRE.exec(paragraphe.className) ?? NIVEAU_DE_WORD.exec(styleDe(paragraphe))
  return niveau && Math.min(Number(niveau[1] ?? 1) || 1, 6)
}

/* Le plus haut niveau collé devient « Titre », tous les autres « Sous-titre ». */
function ramenerTitres(corps) {
  for (const paragraphe of trouver(corps, "p")) {
    const niveau = niveauDeTitre(paragraphe)
    if (niveau) renommer(paragraphe, `h${niveau}`)
  }
  const titres = trouver(corps, "h1,h2,h3,h4,h5,h6")
  const rangs = titres.map((titre) => Number(titre.tagName[1]))
  const plusHaut = Math.min(...new Set(rangs))
  titres.forEach((titre, i) => {
    trouver(titre, "br").forEach((saut) => saut.replaceWith(" "))
    trouver(titre, "strong,b").forEach(deballer)
    renommer(titre, rangs[i] === plusHaut ? "h2" : "h3")
  })
}

/* Au-delà de la profondeur que le portail sait relire, on garde le texte et on aplatit. */
function limiterProfondeur(corps) {
  const imbriques = "blockquote,ul,ol"
  const profondeurs = new Map()
  for (const element of trouver(corps, imbriques)) {
    const profondeur = 1 + (profondeurs.get(element.parentElement.closest(imbriques)) ?? 0)
    profondeurs.set(element, profondeur)
  }
  for (const [element, profondeur] of profondeurs) {
    if (profondeur <= IMBRICATION_MAXIMALE) continue
    for (const point of [...element.children]) if (point.localName === "li") renommer(point, "p")
    deballer(element)
  }
}

/* Word espace ses paragraphes avec des paragraphes vides. */
function retirerBlocsVides(corps) {
  for (const bloc of trouver(corps, "p,div,section,article,h1,h2,h3,h4,h5,h6,li,blockquote").reverse()) {
    const garde = bloc.textContent.trim() || bloc.querySelector("table")
    if (!garde) bloc.remove()
  }
}

function retirerSautsEnTrop(corps) {
  for (const saut of trouver(corps, "br")) {
    const voisin = saut.previousSibling
    if (voisin?.nodeName === "BR" || !voisin) saut.remove()
  }
}

function retirerAttributs(corps) {
  for (const element of trouver(corps, "*")) {
    for (const { name } of [...element.attributes]) {
      if (!["href", "title", "start"].includes(name)) element.removeAttribute(name)
    }
  }
}

/**
 * Nettoie le HTML du presse-papiers.
 * @param html ce que le presse-papiers contient, quelle que soit sa taille
 * @param longueurMaximale nombre de caractères de texte au-delà duquel le collage est refusé
 * @throws {CollageTropLourd} avec une phrase à montrer
 */
export function nettoyer(html, longueurMaximale = Infinity) {
  const document = new DOMParser().parseFromString(desarmer(html), "text/html")
  const corps = document.body
  retirerCommentaires(document)
  trouver(document, JAMAIS_COLLES).forEach((element) => element.remove())
  refuserSiTropLong(corps.textContent.replace(/\s+/g, " ").length, longueurMaximale)
  traduireStyles(corps)
  formerListes(corps)
  ramenerTitres(corps)
  simplifierTableaux(corps)
  limiterProfondeur(corps)
  retirerBlocsVides(corps)
  retirerSautsEnTrop(corps)
  retirerAttributs(corps)
  refuserSiTropComplexe(corps)
  return corps.innerHTML
}
