/* Ce que l’on peut faire à un texte. Une commande ProseMirror : (etat, envoyer) → vrai si possible. */
import { chainCommands, exitCode, lift, setBlockType, wrapIn } from "prosemirror-commands"
import { liftListItem, wrapInList } from "prosemirror-schema-list"
import { TextSelection } from "prosemirror-state"
import { deleteColumn, deleteRow, deleteTable, isInTable, selectedRect, TableMap } from "prosemirror-tables"
import { schema } from "./schema.js"

const { nodes, marks } = schema
const COLONNES_NEUVES = 3
const RANGEES_NEUVES = 2

/* ---- Où est le curseur ---- */

export function ancetre(etat, ...types) {
  const { $from } = etat.selection
  for (let profondeur = $from.depth; profondeur > 0; profondeur--) {
    if (types.includes($from.node(profondeur).type)) return $from.node(profondeur)
  }
  return null
}

export function estDans(...types) {
  return (etat) => ancetre(etat, ...types) !== null
}

export function estMarque(marque) {
  return ({ selection, storedMarks, doc }) => {
    if (selection.empty) return Boolean(marque.isInSet(storedMarks ?? selection.$from.marks()))
    return doc.rangeHasMark(selection.from, selection.to, marque)
  }
}

export function estTitre(niveau) {
  return (etat) => ancetre(etat, nodes.heading)?.attrs.level === niveau
}

/* ---- Blocs ---- */

export function basculerTitre(niveau) {
  const enTitre = setBlockType(nodes.heading, { level: niveau })
  const enParagraphe = setBlockType(nodes.paragraph)
  return (etat, envoyer) => (estTitre(niveau)(etat) ? enParagraphe : enTitre)(etat, envoyer)
}

/* Dans l’autre sorte de liste, la liste change de nature au lieu de s’emboîter. */
function changerDeListe(type) {
  return (etat, envoyer) => {
    const { $from } = etat.selection
    for (let profondeur = $from.depth; profondeur > 0; profondeur--) {
      const liste = $from.node(profondeur)
      if (![nodes.bullet_list, nodes.ordered_list].includes(liste.type)) continue
      envoyer?.(etat.tr.setNodeMarkup($from.before(profondeur), type, { tight: liste.attrs.tight }))
      return true
    }
    return false
  }
}

export function basculerListe(type) {
  const former = wrapInList(type)
  const quitter = liftListItem(nodes.list_item)
  const changer = changerDeListe(type)
  return (etat, envoyer) => {
    const liste = ancetre(etat, nodes.bullet_list, nodes.ordered_list)
    if (!liste) return former(etat, envoyer)
    return (liste.type === type ? quitter : changer)(etat, envoyer)
  }
}

export function basculerCitation(etat, envoyer) {
  return (ancetre(etat, nodes.blockquote) ? lift : wrapIn(nodes.blockquote))(etat, envoyer)
}

function insererSaut(etat, envoyer) {
  const { parent } = etat.selection.$from
  const permis = parent.type.contentMatch.matchType(nodes.hard_break)
  if (permis) envoyer?.(etat.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView())
  return true
}
export const allerALaLigne = chainCommands(exitCode, insererSaut)

/* ---- Liens ---- */

/** Le lien sous le curseur et ses bornes, ou null. */
export function lienCourant(etat) {
  const { $from } = etat.selection
  const lien = marks.link.isInSet($from.marks()) ?? marks.link.isInSet($from.nodeAfter?.marks ?? [])
  if (!lien) return null
  const { parent } = $from
  const porteLeLien = (rang) => rang >= 0 && rang < parent.childCount && lien.isInSet(parent.child(rang).marks)
  let premier = $from.index()
  let apres = premier
  while (porteLeLien(premier - 1)) premier--
  while (porteLeLien(apres)) apres++
  return { href: lien.attrs.href, debut: $from.posAtIndex(premier), fin: $from.posAtIndex(apres) }
}

export function poserLien({ debut, fin }, href, texte) {
  return (etat, envoyer) => {
    const lien = marks.link.create({ href, title: null })
    const tr = etat.tr
    if (debut === fin) tr.insert(debut, schema.text(texte, [lien]))
    else tr.removeMark(debut, fin, marks.link).addMark(debut, fin, lien)
    envoyer(tr.removeStoredMark(marks.link).scrollIntoView())
  }
}

export function retirerLien({ debut, fin }) {
  return (etat, envoyer) => envoyer(etat.tr.removeMark(debut, fin, marks.link))
}

/* ---- Tableaux : jamais de fusion, donc une case par rangée et par colonne ---- */

function rangeeVide(type, cellule, largeur, alignements = []) {
  return type.create(
    null,
    Array.from({ length: largeur }, (_, x) => cellule.create({ align: alignements[x] ?? null })),
  )
}

export function insererTableau(etat, envoyer) {
  if (isInTable(etat)) return false
  if (!envoyer) return true
  const tableau = nodes.table.create(null, [
    rangeeVide(nodes.table_head_row, nodes.table_header, COLONNES_NEUVES),
    ...Array.from({ length: RANGEES_NEUVES }, () =>
      rangeeVide(nodes.table_row, nodes.table_cell, COLONNES_NEUVES),
    ),
  ])
  const tr = etat.tr.replaceSelectionWith(tableau)
  const insere = tr.mapping.map(etat.selection.from, -1)
  tr.doc.nodesBetween(Math.max(insere - 1, 0), tr.doc.content.size, (noeud, position) => {
    if (noeud !== tableau) return true
    tr.setSelection(TextSelection.near(tr.doc.resolve(position + 1)))
    return false
  })
  envoyer(tr.scrollIntoView())
  return true
}

function finDeRangee({ table, tableStart }, y) {
  let position = tableStart
  for (let rang = 0; rang <= y; rang++) position += table.child(rang).nodeSize
  return position
}

export function ajouterRangee(etat, envoyer) {
  if (!isInTable(etat)) return false
  const rect = selectedRect(etat)
  const alignements = []
  rect.table.firstChild.forEach((cellule) => alignements.push(cellule.attrs.align))
  const neuve = rangeeVide(nodes.table_row, nodes.table_cell, rect.map.width, alignements)
  envoyer?.(etat.tr.insert(finDeRangee(rect, rect.bottom - 1), neuve).scrollIntoView())
  return true
}

export function ajouterColonne(etat, envoyer) {
  if (!isInTable(etat)) return false
  const { map, right, table, tableStart } = selectedRect(etat)
  const tr = etat.tr
  for (let y = map.height - 1; y >= 0; y--) {
    const position = map.map[y * map.width + right - 1]
    const cellule = table.nodeAt(position)
    tr.insert(tableStart + position + cellule.nodeSize, cellule.type.create())
  }
  envoyer?.(tr)
  return true
}

function placerDansLaCase(tr, tableStart, y, x) {
  const tableau = tr.doc.resolve(tableStart).parent
  const map = TableMap.get(tableau)
  const position = map.positionAt(Math.min(y, map.height - 1), Math.min(x, map.width - 1), tableau)
  return tr.setSelection(TextSelection.create(tr.doc, tableStart + position + 1)).scrollIntoView()
}

/* Sans cela, supprimer la dernière rangée ferait sortir le curseur du tableau. */
function enRestantDansLeTableau(commande) {
  return (etat, envoyer) => {
    if (!isInTable(etat)) return false
    const { top, left, tableStart } = selectedRect(etat)
    return commande(etat, envoyer && ((tr) => envoyer(placerDansLaCase(tr, tableStart, top, left))))
  }
}

/* Un tableau garde toujours sa ligne d’en-tête. */
export const supprimerRangee = enRestantDansLeTableau(
  (etat, envoyer) => selectedRect(etat).top > 0 && deleteRow(etat, envoyer),
)
export const supprimerColonne = enRestantDansLeTableau(deleteColumn)
export const supprimerTableau = deleteTable

/* Entrée descend d’une case ; sur la dernière rangée, elle en ajoute une. */
export function descendreDansLeTableau(etat, envoyer, vue) {
  if (!isInTable(etat)) return false
  if (!envoyer) return true
  const { bottom, left, map, tableStart } = selectedRect(etat)
  if (bottom === map.height) ajouterRangee(etat, envoyer)
  envoyer(placerDansLaCase(vue.state.tr, tableStart, bottom, left))
  return true
}
