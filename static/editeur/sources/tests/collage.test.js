import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { JSDOM } from "jsdom"
import { DOMParser as LecteurProseMirror } from "prosemirror-model"
import { CollageTropLourd, desarmer, nettoyer } from "../collage.js"
import { ecrire, lire } from "../markdown.js"
import { schema } from "../schema.js"

const { window } = new JSDOM("")
globalThis.DOMParser = window.DOMParser

/** Le Markdown qu’un agent obtient en collant ce HTML dans un texte vide. */
function coller(html) {
  const corps = new window.DOMParser().parseFromString(nettoyer(html), "text/html").body
  const document = LecteurProseMirror.fromSchema(schema).parse(corps)
  document.check()
  const markdown = ecrire(document)
  assert.equal(ecrire(lire(markdown)), markdown)
  return markdown
}

function collerFichier(nom) {
  return coller(readFileSync(new URL(`documents/${nom}.html`, import.meta.url), "utf8"))
}

function attendu(nom) {
  return readFileSync(new URL(`documents/${nom}.md`, import.meta.url), "utf8").trimEnd()
}

for (const nom of ["word", "word-listes", "word-tableau-fusionne", "libreoffice"]) {
  test(`le collage de « ${nom}.html » donne « ${nom}.md »`, () => {
    assert.equal(collerFichier(nom), attendu(nom))
  })
}

test("Google Documents : le gras qui enveloppe tout n’est pas du gras", () => {
  const html =
    '<b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr"><span style="font-weight:400">Texte ' +
    '</span><span style="font-weight:700">fort</span></p><ul><li><p>un</p></li><ul><li><p>un a</p></li></ul></ul></b>'
  assert.equal(coller(html), "Texte **fort**\n\n- un\n  - un a")
})

test("aucun attribut style, aucun script, aucune image ne sort du nettoyage", () => {
  const html = nettoyer(
    '<p style="color:red" onclick="x()" class="a" id="b">Un</p><div style = x>Deux</div><script>alert(1)</script>' +
      "<style>p{color:red}</style><img src=x onerror=alert(1)><iframe src=/></iframe><svg><script>x</script></svg>",
  )
  assert.equal(html, "<p>Un</p><div>Deux</div>")
})

test("ce que la CSP refuserait est renommé avant toute lecture, le reste ne change pas", () => {
  assert.equal(
    desarmer(`<STYLE type=x>p{}</STYLE><p ONCLICK = 'a' style="b" title="c style=d" href=/on=e>style=f onx=g</p>`),
    `<xmp type=x>p{}</xmp><p data-ONCLICK = 'a' data-style="b" title="c style=d" href=/on=e>style=f onx=g</p>`,
  )
})

test("le mot « style= » écrit dans une phrase y reste", () => {
  assert.equal(coller("<p>Ajouter style=rouge à la page</p>"), "Ajouter style=rouge à la page")
})

test("une adresse dangereuse perd son lien, pas son texte", () => {
  const html = '<p><a href="javascript:alert(1)">un</a> <a href=" JaVaScRiPt:x">deux</a> <a href="data:text/html,x">trois</a></p>'
  assert.equal(coller(html), "un deux trois")
})

test("les paragraphes vides et les sauts répétés de Word disparaissent", () => {
  assert.equal(coller("<p>a</p><p>&nbsp;</p><p></p><p>b<br><br><br>c</p>"), "a\n\nb\\\nc")
})

test("le plus haut niveau de titre collé devient « Titre »", () => {
  assert.equal(coller("<h3>A</h3><p>x</p><h4>B</h4><h5>C</h5>"), "## A\n\nx\n\n### B\n\n### C")
})

test("un tableau démesuré devient des paragraphes, sans perdre une case", () => {
  const rangee = `<tr>${"<td>x</td>".repeat(200)}</tr>`
  const texte = coller(`<table>${rangee.repeat(100)}</table>`)
  assert.equal(texte.split("\n\n").length, 100)
  assert.equal(texte.match(/x/g).length, 20_000)
})

test("trois cents citations et listes emboîtées s’aplatissent sans perdre leur texte", () => {
  const html = "<blockquote><p>q</p><ul><li>p".repeat(150) + "</li></ul></blockquote>".repeat(150)
  const texte = coller(html)
  assert.equal(texte.match(/q/g).length, 150)
  assert.equal(texte.match(/p/g).length, 150)
})

test("une fusion de mille colonnes ne fabrique pas mille colonnes", () => {
  const texte = coller('<table><tr><td colspan="1000" rowspan="65000">a</td></tr><tr><td>b</td></tr></table>')
  assert.match(texte, /\| a \|/)
  assert.ok(texte.length < 1000)
})

test("5 Mo de HTML truffé de scripts se nettoient sans figer la page", () => {
  const bloc = `<p style="mso-x:1">mot</p><script>${"var x = '<p>';".repeat(300)}</script><!-- ${"<".repeat(200)} -->`
  const html = bloc.repeat(Math.ceil(5_000_000 / bloc.length))
  const depart = performance.now()
  assert.equal(coller(html).split("\n\n").length, html.split("<script>").length - 1)
  assert.ok(performance.now() - depart < 10_000)
})

for (const [nom, motif] of [
  ["commentaires jamais fermés", "<!--"],
  ["conditions de Word jamais fermées", "<![if x"],
  ["balises jamais fermées", "<p style="],
  ["scripts jamais fermés", "<script"],
  ["chevrons", "<"],
]) {
  test(`2 Mo de ${nom} ne font pas exploser le temps de calcul`, () => {
    const depart = performance.now()
    nettoyer(motif.repeat(2_000_000 / motif.length))
    assert.ok(performance.now() - depart < 10_000)
  })
}

test("un texte plus long que la limite est refusé avec une phrase claire", () => {
  assert.throws(
    () => nettoyer(`<p>${"mot ".repeat(100)}</p>`, 200),
    (erreur) =>
      erreur instanceof CollageTropLourd &&
      /^Le texte collé compte 400 caractères ; la limite est de 200\. Rien n’a été inséré\.$/.test(erreur.message),
  )
})

test("un collage de trop d’éléments est refusé avec une phrase claire", () => {
  assert.throws(() => nettoyer("<p>a</p>".repeat(20_001)), /trop d’éléments/)
})
