/* Produit ../editeur.js et ../LICENCES.txt, toujours identiques pour un même verrou. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { build } from "esbuild"

const PAQUET = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//

async function construire() {
  const { metafile } = await build({
    entryPoints: ["editeur.js"],
    outfile: "../editeur.js",
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    metafile: true,
    alias: { "linkify-it": "./sans-liens-automatiques.js" },
  })
  return Object.keys(metafile.inputs)
}

function licence(dossier) {
  const { name, version, license } = JSON.parse(readFileSync(`${dossier}/package.json`, "utf8"))
  const fichier = readdirSync(dossier).find((nom) => /^licen[cs]e/i.test(nom))
  if (!fichier) throw new Error(`Licence absente : ${dossier}`)
  const texte = readFileSync(`${dossier}/${fichier}`, "utf8").replaceAll("\r\n", "\n").trim()
  return `${name} ${version} (${license})\n\n${texte}\n`
}

const sources = await construire()
const paquets = new Set(sources.map((source) => PAQUET.exec(source)?.[1]).filter(Boolean))
const entete = "Licences des bibliothèques contenues dans editeur.js\n"
writeFileSync("../LICENCES.txt", [entete, ...[...paquets].sort().map(licence)].join("\n----\n\n"))
console.log(`editeur.js : ${paquets.size} bibliothèques`)
