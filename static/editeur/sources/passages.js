/* Le contenu d’un paragraphe, d’un titre ou d’une cellule → Markdown sur une ligne.

Le gras et l’italique de Markdown ne s’ouvrent ni ne se ferment n’importe où. On essaie donc
plusieurs écritures et l’on garde la première que l’analyseur relit à l’identique ; à défaut,
on perd un peu de mise en forme, jamais de texte. */
import { lireLigne } from "./lecture.js"
import { analyseur } from "./profil.js"

const SAUT = "\n"
const PONCTUATION_OU_ESPACE = /[^\p{L}\p{N}]/u

function lienDe(enfant) {
  const marque = enfant.marks.find(({ type }) => type.name === "link")
  /* Écrite comme l’analyseur la relira, l’adresse ne change plus d’une lecture à l’autre. */
  return marque ? { ...marque.attrs, href: analyseur.normalizeLink(marque.attrs.href) } : null
}

/** Un paragraphe devient une suite de lettres marquées : tout le reste s’écrit simplement. */
function lettres(noeud) {
  const suite = []
  noeud.forEach((enfant) => {
    const noms = new Set(enfant.marks.map((marque) => marque.type.name))
    const lien = lienDe(enfant)
    const textes = enfant.isText ? Array.from(enfant.text.replace(/\s*\n\s*/g, " ")) : [SAUT]
    for (const texte of textes) {
      suite.push({ texte, lien, strong: noms.has("strong"), em: noms.has("em") })
    }
  })
  return suite
}

/** Deux paragraphes de même empreinte se lisent pareil, aux espaces près. */
function empreinte(suite) {
  return suite
    .filter(({ texte }) => texte === SAUT || /\S/.test(texte))
    .map(({ texte, lien, strong, em }) =>
      texte === SAUT ? SAUT : [texte, strong && "g", em && "i", lien?.href, lien?.title].join("\u0000"),
    )
    .join("\u0001")
}

function estBlanche({ texte }) {
  return /\s/.test(texte)
}

function sansBlancsAuxBords(suite) {
  const debut = suite.findIndex((lettre) => !estBlanche(lettre))
  if (debut < 0) return []
  return suite.slice(debut, suite.findLastIndex((lettre) => !estBlanche(lettre)) + 1)
}

/* ---- Échappements ---- */

const DEBUTS_DE_LIGNE = [
  [/^([+-])(?=\s|$)/, "\\$1"],
  [/^(>|\||-(?=[-:|])|:(?=-)|#{1,6}(?=\s|$))/, "\\$1"],
  [/^(\d{1,9})([.)])(?=\s|$)/, "$1\\$2"],
]

function echapper(texte, { cellule }) {
  const protege = texte
    .replace(/[\\*[\]]/g, "\\$&")
    .replace(/<(?=[a-z])/gi, "\\<")
    .replace(/&(?=#?\w+;)/g, "\\&")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
  return cellule ? protege.replaceAll("|", "\\|") : protege
}

function protegerDebutDeLigne(ligne) {
  const propre = ligne.trim()
  return DEBUTS_DE_LIGNE.reduce((texte, [motif, par]) => texte.replace(motif, par), propre)
}

/* ---- Écriture ---- */

function adresse(href) {
  if (href && !/[\s()<>"\\]/.test(href)) return href
  return `<${href.replace(/[<>\\]/g, "\\$&").replace(/\s/g, encodeURIComponent)}>`
}

function titreDuLien(titre) {
  return titre ? ` "${titre.replace(/["\\]/g, "\\$&").replace(/\s+/g, " ")}"` : ""
}

const ENVELOPPES = {
  lien: (texte, lien) => `[${texte}](${adresse(lien.href)}${titreDuLien(lien.title)})`,
  strong: (texte) => `**${texte}**`,
  em: (texte, _, signe) => `${signe}${texte}${signe}`,
}

function memeMarque(a, b, marque) {
  if (marque !== "lien") return a[marque] === b[marque]
  return a.lien?.href === b.lien?.href && a.lien?.title === b.lien?.title
}

function couperParMarque(suite, marque) {
  const morceaux = []
  for (const lettre of suite) {
    const dernier = morceaux.at(-1)
    if (dernier && memeMarque(dernier[0], lettre, marque)) dernier.push(lettre)
    else morceaux.push([lettre])
  }
  return morceaux
}

/* Les blancs aux bords d’un passage marqué sortent de la marque : « ** gras** » n’est pas du gras. */
function envelopper(morceau, marque, interieur, signe) {
  const coeur = sansBlancsAuxBords(morceau)
  if (!coeur.length) return interieur(morceau)
  const debut = morceau.indexOf(coeur[0])
  const avant = interieur(morceau.slice(0, debut))
  const apres = interieur(morceau.slice(debut + coeur.length))
  return avant + ENVELOPPES[marque](interieur(coeur), coeur[0].lien, signe) + apres
}

function ecrireSuite(suite, [marque, ...suivantes], style) {
  if (!marque) return echapper(suite.map(({ texte }) => texte).join(""), style)
  const interieur = (morceau) => ecrireSuite(morceau, suivantes, style)
  return couperParMarque(suite, marque)
    .map((morceau) =>
      morceau[0][marque] ? envelopper(morceau, marque, interieur, style.signe) : interieur(morceau),
    )
    .join("")
}

function enLignes(texte, { debutDeLigne }) {
  return texte
    .split(SAUT)
    .map((ligne) => ligne.replace(/[ \t]+/g, " "))
    .map((ligne) => (debutDeLigne ? protegerDebutDeLigne(ligne) : ligne.trim()))
    .join("\\\n")
}

/* ---- Variantes ---- */

/** Retire la marque des signes de ponctuation placés au bord d’un passage marqué. */
function resserrer(suite) {
  const copie = suite.map((lettre) => ({ ...lettre }))
  for (const marque of ["strong", "em"]) {
    for (const sens of [copie, copie.toReversed()]) {
      sens.forEach((lettre, rang) => {
        const auBord = lettre[marque] && !sens[rang - 1]?.[marque]
        if (auBord && PONCTUATION_OU_ESPACE.test(lettre.texte)) lettre[marque] = false
      })
    }
  }
  return copie
}

function sans(suite, ...marques) {
  const effacees = Object.fromEntries(marques.map((marque) => [marque, false]))
  return suite.map((lettre) => ({ ...lettre, ...effacees }))
}

const ORDRES = [
  ["lien", "strong", "em"],
  ["lien", "em", "strong"],
]

function* ecrituresPossibles(suite, style) {
  const serree = resserrer(suite)
  for (const variante of [suite, serree, sans(serree, "em"), sans(suite, "strong", "em")]) {
    for (const ordre of ORDRES) {
      for (const signe of ["*", "_"]) {
        yield { variante, texte: enLignes(ecrireSuite(variante, ordre, { ...style, signe }), style) }
      }
    }
  }
}

/**
 * Le Markdown d’un contenu en ligne.
 * @param noeud paragraphe, titre ou cellule
 * @param style `cellule` : dans un tableau ; `debutDeLigne` : chaque ligne peut ouvrir un bloc
 */
export function ecrireLigne(noeud, style = {}) {
  const suite = sansBlancsAuxBords(lettres(noeud))
  if (!suite.length) return ""
  let texte
  for (const possible of ecrituresPossibles(suite, style)) {
    texte = possible.texte
    if (empreinte(sansBlancsAuxBords(lettres(lireLigne(texte)))) === empreinte(possible.variante)) break
  }
  return texte
}
