import assert from "node:assert/strict"
import { test } from "node:test"
import { ecrire, lire, ouvrir } from "../markdown.js"
import { schema } from "../schema.js"
import { CORPUS } from "./corpus.js"
import { documentAuHasard } from "./hasard.js"

const DOCUMENTS = Number(process.env.DOCUMENTS ?? 2000)

function lettres(document) {
  let suite = ""
  document.descendants((noeud) => {
    if (noeud.isText) suite += noeud.text
  })
  return suite.replace(/\s+/g, "")
}

function structure(document) {
  const noms = []
  document.descendants((noeud, _, parent) => {
    if (noeud.isBlock && noeud.textContent.trim()) noms.push(`${parent.type.name}/${noeud.type.name}`)
  })
  return noms.join(" ")
}

/* Les lettres et chiffres avec leurs marques : sur la ponctuation, une marque peut reculer. */
function motsMarques(document) {
  const mots = []
  document.descendants((noeud) => {
    if (!noeud.isText) return
    const marques = noeud.marks.map((marque) => marque.type.name).sort().join("+")
    for (const lettre of noeud.text.match(/[\p{L}\p{N}]/gu) ?? []) mots.push(lettre + marques)
  })
  return mots.join(" ")
}

for (const [nom, texte] of Object.entries(CORPUS)) {
  test(`corpus « ${nom} » : point fixe, rien de perdu`, () => {
    const document = lire(texte)
    document.check()
    const ecrit = ecrire(document)
    assert.equal(ecrire(lire(ecrit)), ecrit)
    assert.equal(lettres(lire(ecrit)), lettres(document))
    assert.equal(motsMarques(lire(ecrit)), motsMarques(document))
    assert.equal(structure(lire(ecrit)), structure(document))
  })
}

test(`${DOCUMENTS} documents au hasard : point fixe, pas une lettre de perdue`, () => {
  for (let graine = 1; graine <= DOCUMENTS; graine++) {
    const document = documentAuHasard(graine)
    document.check()
    const ecrit = ecrire(document)
    const relu = lire(ecrit)
    relu.check()
    assert.equal(ecrire(relu), ecrit, `graine ${graine} : point fixe`)
    assert.equal(lettres(relu), lettres(document), `graine ${graine} : texte`)
    assert.equal(structure(relu), structure(document), `graine ${graine} : structure`)
  }
})

test("gras, italique et liens restent sur leurs mots, même dans les documents les plus retors", () => {
  const decales = []
  for (let graine = 1; graine <= DOCUMENTS; graine++) {
    const document = documentAuHasard(graine)
    if (motsMarques(lire(ecrire(document))) !== motsMarques(document)) decales.push(graine)
  }
  assert.deepEqual(decales, [])
})

test("un bloc inchangé ressort octet pour octet quand un autre change", () => {
  const source = "* puce\n* __gras__ écrit autrement\n\nTexte  à  réécrire\n\n|a|b|\n|-|-|\n|1|2|"
  const { document, memoire } = ouvrir(source)
  const modifie = document.replace(
    document.child(0).nodeSize,
    document.child(0).nodeSize + document.child(1).nodeSize,
    schema.nodes.doc.create(null, schema.nodes.paragraph.create(null, schema.text("Réécrit"))).slice(0),
  )
  assert.equal(
    ecrire(modifie, memoire),
    "* puce\n* __gras__ écrit autrement\n\nRéécrit\n\n|a|b|\n|-|-|\n|1|2|",
  )
})

test("deux listes voisines restent deux listes, quel que soit leur signe d’origine", () => {
  for (const source of ["* a\n\n- b", "- a\n\n* b", "1) a\n\n1. b", "1. a\n\n1) b"]) {
    const { document, memoire } = ouvrir(source)
    assert.equal(document.childCount, 2)
    assert.equal(lire(ecrire(document, memoire)).childCount, 2, source)
  }
})

test("un paragraphe en retrait placé après une liste n’y entre pas", () => {
  const { document, memoire } = ouvrir("- a\n\nentre\n\n   en retrait")
  const sansMilieu = schema.nodes.doc.create(null, [document.child(0), document.child(2)])
  assert.equal(ecrire(sansMilieu, memoire), "- a\n\nen retrait")
})

test("les retours chariot des navigateurs ne changent rien à ce qui est lu", () => {
  const texte = "## Titre\n\n- un\n- deux\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"
  assert.ok(lire(texte.replaceAll("\n", "\r\n")).eq(lire(texte)))
})

test("une rangée plus large que l’en-tête élargit l’en-tête au lieu de perdre une case", () => {
  const { nodes } = schema
  const rangee = (type, cellule, textes) =>
    type.create(null, textes.map((texte) => cellule.create(null, schema.text(texte))))
  const document = nodes.doc.create(null, [
    nodes.table.create(null, [
      rangee(nodes.table_head_row, nodes.table_header, ["a"]),
      rangee(nodes.table_row, nodes.table_cell, ["1", "2"]),
    ]),
  ])
  assert.equal(ecrire(document), "| a |  |\n| --- | --- |\n| 1 | 2 |")
})

test("un texte trop profond n’est pas ouvert : rien n’en serait perdu en silence", () => {
  assert.throws(() => ouvrir(`${"> ".repeat(60)}fond`), RangeError)
  assert.equal(ouvrir(`${"> ".repeat(30)}fond`).document.textContent, "fond")
})

test("un texte de 10 000 mots se lit et s’écrit en moins de deux secondes", () => {
  const paragraphe = `${"mobilité solidaire **pour tous** les publics ".repeat(20)}\n\n`
  const texte = paragraphe.repeat(84)
  const depart = performance.now()
  assert.equal(lire(ecrire(lire(texte))).childCount, 84)
  assert.ok(performance.now() - depart < 2000)
})
