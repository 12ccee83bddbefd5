/* Écrit le témoin que `tests/test_texte.py` relit : ce que l’éditeur comprend de chaque texte. */
import { mkdirSync, writeFileSync } from "node:fs"
import { ecrire } from "../markdown.js"
import { analyseur } from "../profil.js"
import { CORPUS } from "./corpus.js"
import { documentAuHasard } from "./hasard.js"

const AU_HASARD = 60

const textes = { ...CORPUS }
for (let graine = 1; graine <= AU_HASARD; graine++) {
  textes[`hasard_${graine}`] = ecrire(documentAuHasard(graine))
}
const temoin = Object.entries(textes).map(([nom, markdown]) => ({
  nom,
  markdown,
  html: analyseur.render(markdown),
}))
const dossier = new URL("../../../../tests/editeur/", import.meta.url)
mkdirSync(dossier, { recursive: true })
writeFileSync(new URL("temoin.json", dossier), `${JSON.stringify(temoin, null, 1)}\n`)
console.log(`temoin.json : ${temoin.length} textes`)
