/* La barre d’outils : role=toolbar, une seule étape de tabulation, flèches entre les boutons. */
import { creer } from "./element.js"
import { GROUPES } from "./boutons.js"
import { icone } from "./icones.js"
import { nomDesTouches, raccourciAria } from "./touches.js"

function contenuDuBouton({ nom, icone: dessin }, avecTexte) {
  if (!dessin) return [nom]
  const texte = creer("span", { class: avecTexte ? "editeur-texte" : "editeur-cache" }, nom)
  return [icone(dessin), texte]
}

function creerBouton(definition, avecTexte) {
  const { nom, touches, actif } = definition
  const element = creer(
    "button",
    {
      type: "button",
      class: "editeur-bouton",
      tabindex: "-1",
      title: touches ? `${nom} (${nomDesTouches(touches)})` : nom,
      "aria-keyshortcuts": touches && raccourciAria(touches),
      "aria-pressed": actif && "false",
    },
    ...contenuDuBouton(definition, avecTexte),
  )
  return { ...definition, element }
}

function poser(element, attribut, valeur) {
  if (element.getAttribute(attribut) !== valeur) element.setAttribute(attribut, valeur)
}

export class Barre {
  constructor(idZone) {
    this.groupes = GROUPES.map(({ boutons, visible, avecTexte }) => {
      const crees = boutons.map((definition) => creerBouton(definition, avecTexte))
      const classe = avecTexte ? "editeur-groupe editeur-groupe-tableau" : "editeur-groupe"
      const element = creer("div", { class: classe }, ...crees.map((bouton) => bouton.element))
      return { element, boutons: crees, visible }
    })
    this.boutons = this.groupes.flatMap((groupe) => groupe.boutons)
    this.element = creer(
      "div",
      {
        class: "editeur-barre",
        role: "toolbar",
        "aria-label": "Mise en forme",
        "aria-controls": idZone,
      },
      ...this.groupes.map((groupe) => groupe.element),
    )
    this.choisir(this.boutons[0])
  }

  /** Relie la barre à une vue ProseMirror. */
  brancher(vue) {
    this.vue = vue
    this.element.addEventListener("keydown", (evenement) => this.surTouche(evenement))
    for (const bouton of this.boutons) {
      /* Sans cela, un clic ôterait la sélection du texte avant que la commande s’y applique. */
      bouton.element.addEventListener("mousedown", (evenement) => evenement.preventDefault())
      bouton.element.addEventListener("click", () => this.executer(bouton))
    }
    this.rafraichir()
  }

  executer(bouton) {
    this.choisir(bouton)
    if (bouton.element.getAttribute("aria-disabled") === "true") return
    const parClavier = document.activeElement === bouton.element
    bouton.commande(this.vue.state, this.vue.dispatch, this.vue)
    if (!parClavier && !document.querySelector("dialog[open]")) this.vue.focus()
  }

  choisir(bouton) {
    this.courant?.element.setAttribute("tabindex", "-1")
    this.courant = bouton
    bouton.element.setAttribute("tabindex", "0")
  }

  prendreFocus() {
    this.courant.element.focus()
    return true
  }

  boutonsVisibles() {
    return this.groupes.filter(({ element }) => !element.hidden).flatMap(({ boutons }) => boutons)
  }

  surTouche(evenement) {
    const visibles = this.boutonsVisibles()
    const rang = visibles.indexOf(this.courant)
    const cible = {
      ArrowRight: visibles[(rang + 1) % visibles.length],
      ArrowLeft: visibles.at(rang - 1),
      Home: visibles[0],
      End: visibles.at(-1),
    }[evenement.key]
    if (evenement.key === "Escape") this.vue.focus()
    else if (cible) {
      this.choisir(cible)
      this.prendreFocus()
    } else return
    evenement.preventDefault()
  }

  /* Une seule fois par image, quel que soit le nombre de frappes. */
  planifier() {
    this.cadre ??= requestAnimationFrame(() => {
      this.cadre = null
      this.rafraichir()
    })
  }

  rafraichir() {
    const etat = this.vue.state
    for (const { element, boutons, visible } of this.groupes) {
      if (visible) this.montrer(element, boutons, visible(etat))
      if (!element.hidden) boutons.forEach((bouton) => this.rafraichirBouton(bouton, etat))
    }
  }

  montrer(groupe, boutons, visible) {
    if (groupe.hidden === !visible) return
    const avaitLeFocus = groupe.contains(document.activeElement)
    groupe.hidden = !visible
    if (visible || !boutons.includes(this.courant)) return
    this.choisir(this.boutons[0])
    if (avaitLeFocus) this.prendreFocus()
  }

  rafraichirBouton({ element, commande, actif, possible = commande }, etat) {
    if (actif) poser(element, "aria-pressed", String(Boolean(actif(etat))))
    poser(element, "aria-disabled", String(!possible(etat)))
  }
}
