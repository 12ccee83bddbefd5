/** Crée un élément ; une valeur d’attribut absente (null, undefined, false) n’est pas posée. */
export function creer(balise, attributs = {}, ...enfants) {
  const element = document.createElement(balise)
  for (const [nom, valeur] of Object.entries(attributs)) {
    if (valeur === true) element.setAttribute(nom, "")
    else if (valeur !== false && valeur != null) element.setAttribute(nom, valeur)
  }
  element.append(...enfants)
  return element
}
