/* Ce qu’un texte peut contenir : le schéma ProseMirror du profil fermé. */
import { Schema } from "prosemirror-model"
import { estAdressePermise } from "./profil.js"

export const TITRE = 2
export const SOUS_TITRE = 3

/* `colspan`, `rowspan` et `colwidth` sont exigés par prosemirror-tables ; le Markdown n’a pas de fusion. */
function cellule(balise, role, attributs = {}) {
  return {
    content: "text*",
    tableRole: role,
    isolating: true,
    attrs: {
      align: { default: null },
      colspan: { default: 1 },
      rowspan: { default: 1 },
      colwidth: { default: null },
    },
    parseDOM: [{ tag: balise, getAttrs: (element) => ({ align: element.getAttribute("align") }) }],
    toDOM: ({ attrs }) => [balise, { ...attributs, ...(attrs.align && { align: attrs.align }) }, 0],
  }
}

const nodes = {
  doc: { content: "block+" },
  paragraph: { content: "inline*", group: "block", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
  heading: {
    content: "text*",
    group: "block",
    defining: true,
    attrs: { level: { default: TITRE } },
    parseDOM: [1, 2, 3, 4, 5, 6].map((rang) => ({
      tag: `h${rang}`,
      attrs: { level: rang <= TITRE ? TITRE : SOUS_TITRE },
    })),
    toDOM: ({ attrs }) => [`h${attrs.level}`, 0],
  },
  blockquote: {
    content: "block+",
    group: "block",
    defining: true,
    parseDOM: [{ tag: "blockquote" }],
    toDOM: () => ["blockquote", 0],
  },
  bullet_list: {
    content: "list_item+",
    group: "block",
    attrs: { tight: { default: true } },
    parseDOM: [{ tag: "ul" }],
    toDOM: () => ["ul", 0],
  },
  ordered_list: {
    content: "list_item+",
    group: "block",
    attrs: { order: { default: 1 }, tight: { default: true } },
    parseDOM: [
      { tag: "ol", getAttrs: (element) => ({ order: Number(element.getAttribute("start") ?? 1) || 1 }) },
    ],
    toDOM: ({ attrs }) => ["ol", attrs.order === 1 ? {} : { start: attrs.order }, 0],
  },
  list_item: {
    content: "paragraph block*",
    defining: true,
    parseDOM: [{ tag: "li" }],
    toDOM: () => ["li", 0],
  },
  table: {
    content: "table_head_row table_row*",
    tableRole: "table",
    isolating: true,
    group: "block",
    parseDOM: [{ tag: "table" }],
    toDOM: () => ["table", ["tbody", 0]],
  },
  table_head_row: {
    content: "table_header+",
    tableRole: "row",
    parseDOM: [{ tag: "tr", priority: 60, getAttrs: (tr) => tr.querySelector("th") !== null && null }],
    toDOM: () => ["tr", 0],
  },
  table_row: {
    content: "table_cell+",
    tableRole: "row",
    parseDOM: [{ tag: "tr" }],
    toDOM: () => ["tr", 0],
  },
  table_header: cellule("th", "header_cell", { scope: "col" }),
  table_cell: cellule("td", "cell"),
  text: { group: "inline" },
  hard_break: {
    inline: true,
    group: "inline",
    selectable: false,
    parseDOM: [{ tag: "br" }],
    toDOM: () => ["br"],
  },
}

function attributsDuLien(element) {
  const href = element.getAttribute("href")
  return estAdressePermise(href) && { href, title: element.getAttribute("title") }
}

const marks = {
  link: {
    attrs: { href: {}, title: { default: null } },
    inclusive: false,
    parseDOM: [{ tag: "a[href]", getAttrs: attributsDuLien }],
    toDOM: ({ attrs }) => ["a", { href: attrs.href, title: attrs.title, rel: "noopener" }, 0],
  },
  strong: { parseDOM: [{ tag: "strong" }, { tag: "b" }], toDOM: () => ["strong", 0] },
  em: { parseDOM: [{ tag: "em" }, { tag: "i" }], toDOM: () => ["em", 0] },
}

export const schema = new Schema({ nodes, marks })
