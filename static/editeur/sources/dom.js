/* Petits gestes sur le DOM, partagés par le nettoyage du collage. */

/** Les éléments de `racine` qui répondent au sélecteur, en ordre du document. */
export function trouver(racine, selecteur) {
  return [...racine.querySelectorAll(selecteur)]
}

/* Un par un : `append(...enfants)` dépasse la pile d’appels au-delà de 100 000 nœuds. */
export function verser(source, destination) {
  while (source.firstChild) destination.append(source.firstChild)
}

/** Remplace un élément par ses enfants. */
export function deballer(element) {
  while (element.firstChild) element.before(element.firstChild)
  element.remove()
}

/** Met tout le contenu d’un élément dans un nouvel élément, à l’intérieur. */
export function envelopperContenu(element, balise) {
  const enveloppe = element.ownerDocument.createElement(balise)
  verser(element, enveloppe)
  element.append(enveloppe)
}

/** Remplace un élément par un autre de nom `balise`, avec le même contenu et sans attribut. */
export function renommer(element, balise) {
  const remplacant = element.ownerDocument.createElement(balise)
  verser(element, remplacant)
  element.replaceWith(remplacant)
  return remplacant
}

/* Le nom que `desarmer` donne à l’attribut « style » avant toute lecture. */
export const STYLE = "data-style"

export function styleDe(element) {
  return element.getAttribute(STYLE) ?? ""
}
