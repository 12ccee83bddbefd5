/* Document ProseMirror → Markdown, au plus près de ce qui a été lu. */
import { lire } from "./lecture.js"
import { ecrireLigne } from "./passages.js"
import { schema } from "./schema.js"

const { nodes } = schema
const LISTES = new Set([nodes.bullet_list, nodes.ordered_list])
const TRAITS = { left: ":--", center: ":-:", right: "--:" }
const RELECTURES = 5

function enfants(noeud) {
  return Array.from({ length: noeud.childCount }, (_, rang) => noeud.child(rang))
}

function prefixer(texte, premier, suivants) {
  return texte
    .split("\n")
    .map((ligne, rang) => ((rang ? suivants : premier) + ligne).trimEnd())
    .join("\n")
}

function ecrireTitre(titre) {
  const texte = ecrireLigne(titre)
  /* Un « # » final serait lu comme la fermeture du titre. */
  return texte && `${"#".repeat(titre.attrs.level)} ${texte.replace(/(^|\s)(#+)$/, "$1\\$2")}`
}

/* ---- Listes ---- */

/* Deux listes voisines de même nature se confondraient : la seconde change de signe. */
function signeDeListe(liste, precedent) {
  const [usuel, autre] = liste.type === nodes.bullet_list ? ["-", "*"] : [".", ")"]
  const voisine = precedent?.type === liste.type
  return voisine && signeEcrit(precedent.texte) === usuel ? autre : usuel
}

function signeEcrit(texte) {
  return /^ {0,3}(?:\d+([.)])|([-*+]))/.exec(texte)?.slice(1).find(Boolean)
}

/* Le même numéro partout : ajouter un point ne change pas les lignes suivantes. */
function puce(liste, precedent) {
  const signe = signeDeListe(liste, precedent)
  return liste.type === nodes.bullet_list ? `${signe} ` : `${liste.attrs.order}${signe} `
}

/* Une liste vide, ou qui ne commence pas à 1, n’interrompt pas le paragraphe qui la précède. */
function peutSuivreSansLigneVide(bloc) {
  const commencePleine = bloc.firstChild?.textContent.trim()
  return LISTES.has(bloc.type) && (bloc.attrs.order ?? 1) === 1 && commencePleine
}

function tientSerre(point) {
  const [, second, troisieme] = enfants(point)
  return !second || (!troisieme && peutSuivreSansLigneVide(second))
}

function ecrireListe(liste, precedent) {
  const points = enfants(liste)
  const interligne = liste.attrs.tight && points.every(tientSerre) ? "\n" : "\n\n"
  const marque = puce(liste, precedent)
  return points
    .map((point) => ecrireSuite(enfants(point)).join(interligne))
    .map((texte) => prefixer(texte, marque, " ".repeat(marque.length)))
    .join(interligne)
}

/* ---- Tableaux ---- */

function ecrireRangee(cellules) {
  return `| ${cellules.join(" | ")} |`
}

function ecrireTableau(tableau) {
  const rangees = enfants(tableau).map(enfants)
  const largeur = Math.max(...rangees.map((cellules) => cellules.length))
  const completer = (textes, vide) => textes.concat(Array(largeur - textes.length).fill(vide))
  const traits = completer(rangees[0].map(({ attrs }) => TRAITS[attrs.align] ?? "---"), "---")
  const [entete, ...corps] = rangees.map((cellules) =>
    ecrireRangee(completer(cellules.map((cellule) => ecrireLigne(cellule, { cellule: true })), "")),
  )
  return [entete, ecrireRangee(traits), ...corps].join("\n")
}

/* ---- Blocs ---- */

const ECRITURES = {
  paragraph: (noeud) => ecrireLigne(noeud, { debutDeLigne: true }),
  heading: ecrireTitre,
  blockquote: (noeud) => prefixer(ecrireSuite(enfants(noeud)).join("\n\n"), "> ", "> "),
  bullet_list: ecrireListe,
  ordered_list: ecrireListe,
  table: ecrireTableau,
}

function ecrireBloc(noeud, precedent) {
  return ECRITURES[noeud.type.name](noeud, precedent)
}

/** Le Markdown de chaque bloc non vide, chacun connaissant celui qui le précède. */
function ecrireSuite(noeuds, ecrire = ecrireBloc) {
  const ecrits = []
  for (const noeud of noeuds) {
    const texte = ecrire(noeud, ecrits.at(-1))
    if (texte) ecrits.push({ type: noeud.type, texte })
  }
  return ecrits.map(({ texte }) => texte)
}

/* Relire puis réécrire jusqu’à ne plus rien changer : le texte enregistré est un point fixe. */
function stabiliser(markdown, precedent) {
  const reecrire = (noeud, voisin) => ecrireBloc(noeud, voisin ?? precedent)
  let texte = markdown
  for (let relecture = 0; relecture < RELECTURES; relecture++) {
    const relu = ecrireSuite(enfants(lire(texte)), reecrire).join("\n\n")
    if (relu === texte) break
    texte = relu
  }
  return texte
}

/* Repris tel quel après une liste, un bloc en retrait passerait pour la suite du dernier point. */
function peutReprendre(source, noeud, precedent) {
  if (source === undefined) return false
  if (!precedent || !LISTES.has(precedent.type)) return true
  if (/^\s/.test(source)) return false
  return precedent.type !== noeud.type || signeEcrit(precedent.texte) !== signeEcrit(source)
}

/**
 * Le Markdown d’un document.
 * @param memoire WeakMap bloc → Markdown déjà connu ; un bloc inchangé en ressort octet pour octet
 */
export function ecrire(document, memoire = new WeakMap()) {
  const ecrireAvecMemoire = (noeud, precedent) => {
    const source = memoire.get(noeud)
    if (peutReprendre(source, noeud, precedent)) return source
    const texte = stabiliser(ecrireBloc(noeud, precedent), precedent)
    memoire.set(noeud, texte)
    return texte
  }
  return ecrireSuite(enfants(document), ecrireAvecMemoire).join("\n\n")
}
