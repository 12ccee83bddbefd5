/* Le dialogue des liens : un seul pour la page, posé hors de tout formulaire. */
import { toggleMark } from "prosemirror-commands"
import { lienCourant, poserLien, retirerLien } from "./commandes.js"
import { creer } from "./element.js"
import { estAdressePermise } from "./profil.js"
import { schema } from "./schema.js"

const COURRIEL = /^[^\s@/:]+@[^\s@/:]+\.[^\s@/:]+$/
const DOMAINE = /^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+([/?#:]|$)/u

/**
 * L’adresse complète de ce qu’une personne a tapé : « exemple.fr » devient « https://exemple.fr ».
 * @returns null si l’adresse est vide ou d’un protocole interdit
 */
export function completerAdresse(saisie) {
  const propre = saisie.trim()
  if (!propre) return null
  if (COURRIEL.test(propre)) return `mailto:${propre}`
  if (DOMAINE.test(propre)) return `https://${propre}`
  if (/\s/.test(propre) || !estAdressePermise(propre)) return null
  return /^(https?|mailto|tel):.|^[/#?.]/i.test(propre) ? propre : null
}

let dialogue = null

function construireDialogue() {
  const texte = creer("input", { id: "editeur-lien-texte", type: "text", autocomplete: "off" })
  const adresse = creer("input", {
    id: "editeur-lien-adresse",
    type: "text",
    inputmode: "url",
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": "editeur-lien-aide editeur-lien-erreur",
  })
  const champTexte = creer("p", {}, creer("label", { for: texte.id }, "Texte du lien"), texte)
  const erreur = creer("p", { id: "editeur-lien-erreur", class: "editeur-lien-erreur", role: "alert" })
  const retirer = creer("button", { type: "button", class: "editeur-lien-retirer" }, "Retirer le lien")
  const annuler = creer("button", { type: "button" }, "Annuler")
  const formulaire = creer(
    "form",
    { method: "dialog", novalidate: true },
    creer("h2", { id: "editeur-lien-titre" }, "Lien"),
    champTexte,
    creer("p", {}, creer("label", { for: adresse.id }, "Adresse"), adresse),
    creer(
      "p",
      { id: "editeur-lien-aide", class: "editeur-lien-aide" },
      "Une page (https://…), une adresse de courriel ou un numéro (tel:…).",
    ),
    erreur,
    creer("div", { class: "editeur-lien-actes" }, retirer, annuler, creer("button", {}, "Appliquer")),
  )
  const element = creer(
    "dialog",
    { class: "editeur-dialogue", "aria-labelledby": "editeur-lien-titre" },
    formulaire,
  )
  document.body.append(element)
  return { element, formulaire, texte, champTexte, adresse, erreur, retirer, annuler }
}

function montrerErreur(message) {
  dialogue.erreur.textContent = message
  dialogue.adresse.toggleAttribute("aria-invalid", Boolean(message))
  if (message) dialogue.adresse.setAttribute("aria-invalid", "true")
}

/** Ouvre le dialogue ; la promesse donne `{ href, texte }`, `{ retirer: true }` ou null. */
function demander({ href = "", avecTexte }) {
  dialogue ??= construireDialogue()
  const { element, formulaire, texte, champTexte, adresse, retirer, annuler } = dialogue
  if (!element.isConnected) document.body.append(element)
  texte.value = ""
  adresse.value = href
  champTexte.hidden = !avecTexte
  retirer.hidden = !href
  montrerErreur("")
  return new Promise((repondre) => {
    let reponse = null
    const fermer = (valeur) => {
      reponse = valeur
      element.close()
    }
    formulaire.onsubmit = (evenement) => {
      evenement.preventDefault()
      const complete = completerAdresse(adresse.value)
      if (complete) return fermer({ href: complete, texte: texte.value.trim() || adresse.value.trim() })
      montrerErreur("Cette adresse n’est pas reconnue. Exemple : https://www.exemple.fr/page")
      adresse.focus()
    }
    retirer.onclick = () => fermer({ retirer: true })
    annuler.onclick = () => fermer(null)
    element.onclose = () => repondre(reponse)
    element.showModal()
    ;(avecTexte ? texte : adresse).focus()
  })
}

export function peutPoserUnLien(etat) {
  return toggleMark(schema.marks.link)(etat)
}

/** Commande : demande une adresse et la pose sur le lien courant, la sélection, ou un texte nouveau. */
export function modifierLien(etat, envoyer, vue) {
  if (!peutPoserUnLien(etat)) return false
  if (!envoyer) return true
  const courant = lienCourant(etat)
  const { from, to, empty } = etat.selection
  const bornes = courant && empty ? courant : { debut: from, fin: to }
  demander({ href: courant?.href, avecTexte: empty && !courant }).then((reponse) => {
    if (reponse?.retirer) retirerLien(bornes)(vue.state, vue.dispatch)
    else if (reponse) poserLien(bornes, reponse.href, reponse.texte)(vue.state, vue.dispatch)
    vue.focus()
  })
  return true
}
