/* Markdown → document ProseMirror. */
import { Mark } from "prosemirror-model"
import { analyseur, PROFONDEUR_MAXIMALE } from "./profil.js"
import { schema, SOUS_TITRE, TITRE } from "./schema.js"

const { nodes, marks } = schema
const SANS_NOEUD = new Set(["thead", "tbody"])
const RETOUR_CHARIOT = /\r\n?/g

function estSerree(jetons, ouverture) {
  for (let rang = ouverture; rang < jetons.length; rang++) {
    if (jetons[rang].type === "paragraph_open") return jetons[rang].hidden
  }
  return true
}

function alignement(jeton) {
  const style = /text-align:\s*(\w+)/.exec(jeton.attrGet("style") ?? "")
  return { align: style?.[1] ?? null }
}

const OUVERTURES = {
  paragraph_open: () => [nodes.paragraph],
  heading_open: (jeton) => [
    nodes.heading,
    { level: Number(jeton.tag[1]) <= TITRE ? TITRE : SOUS_TITRE },
  ],
  blockquote_open: () => [nodes.blockquote],
  bullet_list_open: (_, jetons, rang) => [nodes.bullet_list, { tight: estSerree(jetons, rang) }],
  ordered_list_open: (jeton, jetons, rang) => [
    nodes.ordered_list,
    { order: Number(jeton.attrGet("start") ?? 1), tight: estSerree(jetons, rang) },
  ],
  list_item_open: () => [nodes.list_item],
  table_open: () => [nodes.table],
  tr_open: (_, jetons, rang) => [
    jetons[rang + 1].type === "th_open" ? nodes.table_head_row : nodes.table_row,
  ],
  th_open: (jeton) => [nodes.table_header, alignement(jeton)],
  td_open: (jeton) => [nodes.table_cell, alignement(jeton)],
}

const MARQUES = {
  strong_open: () => marks.strong.create(),
  em_open: () => marks.em.create(),
  link_open: (jeton) =>
    marks.link.create({ href: jeton.attrGet("href"), title: jeton.attrGet("title") || null }),
}
const MARQUES_FERMEES = { strong_close: marks.strong, em_close: marks.em, link_close: marks.link }

/** Les nœuds en ligne décrits par des jetons en ligne. */
function noeudsEnLigne(jetons) {
  let actives = Mark.none
  const noeuds = []
  for (const jeton of jetons) {
    if (MARQUES[jeton.type]) actives = MARQUES[jeton.type](jeton).addToSet(actives)
    else if (MARQUES_FERMEES[jeton.type]) actives = MARQUES_FERMEES[jeton.type].removeFromSet(actives)
    else if (jeton.type === "hardbreak") noeuds.push(nodes.hard_break.create(null, null, actives))
    else if (jeton.type === "softbreak") noeuds.push(schema.text(" ", actives))
    else if (jeton.content) noeuds.push(schema.text(jeton.content, actives))
  }
  return noeuds
}

function construire(jetons) {
  const pile = [{ type: nodes.doc, contenu: [] }]
  const fermer = () => {
    const { type, attributs, contenu } = pile.pop()
    return type.createAndFill(attributs, contenu)
  }
  jetons.forEach((jeton, rang) => {
    if (SANS_NOEUD.has(jeton.tag)) return
    if (jeton.type === "inline") pile.at(-1).contenu.push(...noeudsEnLigne(jeton.children))
    else if (jeton.nesting === 1) {
      const [type, attributs] = OUVERTURES[jeton.type](jeton, jetons, rang)
      pile.push({ type, attributs, contenu: [] })
    } else if (jeton.nesting === -1) {
      const noeud = fermer()
      pile.at(-1).contenu.push(noeud)
    }
  })
  return fermer()
}

/** Le document décrit par un texte Markdown. */
export function lire(markdown) {
  return lireAvecSources(markdown).document
}

/**
 * Le document, et pour chacun de ses blocs les lignes exactes dont il vient.
 * @throws {RangeError} si le texte est trop profond pour être lu en entier
 */
export function lireAvecSources(markdown) {
  const texte = markdown.replace(RETOUR_CHARIOT, "\n")
  const jetons = analyseur.parse(texte, {})
  /* L’analyseur se tait sur ce qui est plus profond : mieux vaut ne pas ouvrir que perdre. */
  if (jetons.some((jeton) => jeton.level >= PROFONDEUR_MAXIMALE - 1)) {
    throw new RangeError("Texte imbriqué trop profondément.")
  }
  const lignes = texte.split("\n")
  const sources = jetons
    .filter((jeton) => jeton.level === 0 && jeton.nesting === 1)
    .map((jeton) => lignes.slice(...jeton.map).join("\n").trimEnd())
  return { document: construire(jetons), sources }
}

/** Un paragraphe lu hors de tout bloc : seule la syntaxe en ligne compte. */
export function lireLigne(markdown) {
  const [inline] = analyseur.parseInline(markdown, {})
  return nodes.paragraph.create(null, noeudsEnLigne(inline.children))
}
