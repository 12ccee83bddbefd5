/* L’aller-retour entre le texte enregistré et le document que l’on écrit. */
import { ecrire } from "./ecriture.js"
import { lire, lireAvecSources } from "./lecture.js"

export { ecrire, lire }

/** Lit un texte et retient l’écriture d’origine de chaque bloc. */
export function ouvrir(markdown) {
  const { document, sources } = lireAvecSources(markdown)
  const memoire = new WeakMap()
  if (sources.length === document.childCount) {
    document.forEach((bloc, _, rang) => memoire.set(bloc, sources[rang]))
  }
  return { document, memoire }
}
