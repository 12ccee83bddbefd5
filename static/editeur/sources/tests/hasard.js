/* Des documents tirés au sort, volontairement retors, toujours les mêmes pour une même graine. */
import { schema } from "../schema.js"

const { nodes, marks } = schema

const MOTS = [
  "mobilité", "a", "É", "2026", "3.", "1)", "-", "+", "*", "**", "_", "__", "#", "##", ">", "|", "||",
  "\\", "`", "~", "[", "]", "](", "(x)", "<", "<b>", "<https://a.fr>", "&amp;", "&", "!", "![", ":--", "---",
  "===", "|-|", "-|-", "a_b", "d’", "«", "»", "🚗", "…", ".", ",", "\u00a0", "fin*", "*début", "\\*", "x\\",
]
const ADRESSES = ["https://exemple.fr/a_(b)", "mailto:a@b.fr", "/plans/", "https://exemple.fr/?a=1&b=<2>"]

/** Générateur « mulberry32 » : un nombre dans [0, 1[ à chaque appel. */
function generateur(graine) {
  let etat = graine
  return () => {
    etat = (etat + 0x6d2b79f5) | 0
    let t = Math.imul(etat ^ (etat >>> 15), 1 | etat)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export function documentAuHasard(graine) {
  const hasard = generateur(graine)
  const entier = (maximum) => Math.floor(hasard() * maximum)
  const parmi = (liste) => liste[entier(liste.length)]
  const plusieurs = (maximum, faire) => Array.from({ length: 1 + entier(maximum) }, faire)

  function texte() {
    const contenu = plusieurs(3, () => parmi(MOTS)).join(parmi([" ", " ", ""]))
    let marques = []
    if (hasard() < 0.3) marques = marks.strong.create().addToSet(marques)
    if (hasard() < 0.3) marques = marks.em.create().addToSet(marques)
    if (hasard() < 0.1) marques = marks.link.create({ href: parmi(ADRESSES) }).addToSet(marques)
    return schema.text(contenu + parmi(["", " "]), marques)
  }
  const ligne = (saut) =>
    plusieurs(5, () => (saut && hasard() < 0.15 ? nodes.hard_break.create() : texte()))
  const paragraphe = () => nodes.paragraph.create(null, hasard() < 0.1 ? [] : ligne(true))

  function liste(profondeur) {
    const points = plusieurs(3, () =>
      nodes.list_item.create(null, [paragraphe(), ...(hasard() < 0.4 ? [bloc(profondeur - 1)] : [])]),
    )
    const tight = hasard() < 0.7
    if (hasard() < 0.5) return nodes.bullet_list.create({ tight }, points)
    return nodes.ordered_list.create({ tight, order: parmi([1, 1, 3, 0, 2026]) }, points)
  }

  function tableau() {
    const colonnes = 1 + entier(4)
    const cellules = (type) =>
      Array.from({ length: colonnes }, () =>
        type.create({ align: parmi([null, "left", "center", "right"]) }, hasard() < 0.2 ? [] : ligne(false)),
      )
    return nodes.table.create(null, [
      nodes.table_head_row.create(null, cellules(nodes.table_header)),
      ...plusieurs(3, () => nodes.table_row.create(null, cellules(nodes.table_cell))),
    ])
  }

  function bloc(profondeur) {
    const tirage = hasard()
    if (profondeur <= 0 || tirage < 0.4) return paragraphe()
    if (tirage < 0.5) return nodes.heading.create({ level: 2 + entier(2) }, ligne(false))
    if (tirage < 0.6) return nodes.blockquote.create(null, plusieurs(3, () => bloc(profondeur - 1)))
    if (tirage < 0.7) return tableau()
    return liste(profondeur)
  }

  return nodes.doc.create(null, plusieurs(6, () => bloc(3)))
}
