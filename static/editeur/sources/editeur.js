/* Point d’entrée : monte les éditeurs de la page, et ceux que htmx y insère plus tard. */
import { Editeur } from "./montage.js"

const A_MONTER = "textarea[data-editeur]"

function monter(textarea) {
  try {
    textarea.editeur = new Editeur(textarea)
  } catch (erreur) {
    console.warn("Éditeur indisponible : la zone de texte simple est conservée.", erreur)
  }
}

/** Monte chaque `textarea[data-editeur]` modifiable de `racine` ; sans effet sur ceux déjà montés. */
function monterEditeurs(racine = document) {
  const textareas = [...racine.querySelectorAll(A_MONTER)]
  if (racine.matches?.(A_MONTER)) textareas.push(racine)
  for (const textarea of textareas) {
    const modifiable = !textarea.readOnly && !textarea.matches(":disabled")
    if (modifiable && !textarea.editeur) monter(textarea)
  }
}

function editeursDe(formulaire) {
  return [...formulaire.elements].map((champ) => champ.editeur).filter(Boolean)
}

/* Le formulaire part avec la dernière frappe, même dans le délai de synchronisation. */
function completerEnvoi({ target, formData }) {
  for (const editeur of editeursDe(target)) {
    if (editeur.synchroniser()) formData.set(editeur.textarea.name, editeur.textarea.value)
  }
}

/* Le sommaire des erreurs renvoie vers l’identifiant du textarea, qui est masqué. */
function suivreAncre(evenement) {
  const ancre = evenement.target.closest?.('a[href^="#"]')
  const editeur = ancre && document.getElementById(ancre.hash.slice(1))?.editeur
  if (!editeur) return
  evenement.preventDefault()
  editeur.vue.focus()
  editeur.vue.dom.scrollIntoView({ block: "center" })
}

function relire(formulaires) {
  for (const formulaire of formulaires) editeursDe(formulaire).forEach((editeur) => editeur.relireSiChange())
}

function demarrer() {
  monterEditeurs()
  for (const arrivee of ["htmx:load", "htmx:afterSwap", "htmx:after:swap"]) {
    document.addEventListener(arrivee, () => monterEditeurs())
  }
  document.addEventListener("formdata", completerEnvoi)
  document.addEventListener("click", suivreAncre)
  document.addEventListener("reset", ({ target }) => setTimeout(() => relire([target])))
  /* Au retour arrière, le navigateur restaure la saisie dans le textarea. */
  window.addEventListener("pageshow", () => relire(document.forms))
}

window.monterEditeurs = monterEditeurs
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", demarrer)
else demarrer()
