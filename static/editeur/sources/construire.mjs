/* Produit ../editeur.js et ../LICENCES.txt, toujours identiques pour un même verrou. */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const ICI = fileURLToPath(new URL(".", import.meta.url))
const PAQUET = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//

function lireIci(chemin) {
  return readFileSync(ICI + chemin, "utf8")
}

/* Écrite en tête du fichier produit : un essai sans Node voit s’il est en retard sur ses sources. */
function empreinteDesSources() {
  const sources = readdirSync(ICI).filter((nom) => nom.endsWith(".js") || nom === "package-lock.json")
  const empreinte = createHash("sha256")
  for (const nom of sources.sort()) empreinte.update(`${nom}\n`).update(lireIci(nom))
  return empreinte.digest("hex")
}

function licence(dossier) {
  const { name, version, license } = JSON.parse(lireIci(`${dossier}/package.json`))
  const fichier = readdirSync(ICI + dossier).find((nom) => /^licen[cs]e/i.test(nom))
  if (!fichier) throw new Error(`Licence absente : ${dossier}`)
  const texte = lireIci(`${dossier}/${fichier}`).replaceAll("\r\n", "\n").trim()
  return `${name} ${version} (${license})\n\n${texte}\n`
}

function reunirLicences(fichiers) {
  const paquets = new Set(fichiers.map((fichier) => PAQUET.exec(fichier)?.[1]).filter(Boolean))
  const entete = "Licences des bibliothèques contenues dans editeur.js\n"
  return [entete, ...[...paquets].sort().map(licence)].join("\n----\n\n")
}

/** Le contenu des deux fichiers produits. */
export async function construire() {
  const { metafile, outputFiles } = await build({
    absWorkingDir: ICI,
    entryPoints: ["editeur.js"],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    banner: { js: `/* Licences : LICENCES.txt. Sources : ${empreinteDesSources()} */` },
    metafile: true,
    alias: { "linkify-it": "./sans-liens-automatiques.js" },
  })
  return {
    "editeur.js": outputFiles[0].text,
    "LICENCES.txt": reunirLicences(Object.keys(metafile.inputs)),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [nom, contenu] of Object.entries(await construire())) {
    writeFileSync(`${ICI}../${nom}`, contenu)
    console.log(`${nom} : ${Buffer.byteLength(contenu).toLocaleString("fr-FR")} octets`)
  }
}
