/* Le collage et le glisser-déposer : nettoyés, ou refusés avec une phrase. */
import { Plugin } from "prosemirror-state"
import { CollageTropLourd, desarmer, nettoyer, refuserSiTropLong } from "./collage.js"

/* ProseMirror marque ainsi ce qui a été copié d’un de nos éditeurs : rien à nettoyer. */
const COPIE_DE_L_EDITEUR = "data-pm-slice"

export function reception(longueurMaximale, prevenir) {
  let refuse = false

  function essayer(nettoyage) {
    refuse = false
    prevenir("")
    try {
      return nettoyage()
    } catch (erreur) {
      if (!(erreur instanceof CollageTropLourd)) throw erreur
      refuse = true
      prevenir(erreur.message)
      return ""
    }
  }

  function consommerRefus() {
    const etaitRefuse = refuse
    refuse = false
    return etaitRefuse
  }

  return new Plugin({
    props: {
      transformPastedHTML: (html) =>
        html.includes(COPIE_DE_L_EDITEUR) && html.length <= longueurMaximale
          ? desarmer(html)
          : essayer(() => nettoyer(html, longueurMaximale)),
      transformPastedText: (texte) =>
        essayer(() => {
          refuserSiTropLong(texte.length, longueurMaximale)
          return texte
        }),
      handlePaste: consommerRefus,
      handleDrop: consommerRefus,
    },
  })
}
