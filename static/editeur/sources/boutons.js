/* Les boutons de la barre, groupe par groupe, dans l’ordre où on les parcourt au clavier. */
import { toggleMark } from "prosemirror-commands"
import { redo, undo } from "prosemirror-history"
import { liftListItem, sinkListItem } from "prosemirror-schema-list"
import { isInTable } from "prosemirror-tables"
import * as commandes from "./commandes.js"
import { modifierLien, peutPoserUnLien } from "./lien.js"
import { schema, SOUS_TITRE, TITRE } from "./schema.js"

const { nodes, marks } = schema

export const GROUPES = [
  {
    boutons: [
      {
        nom: "Titre",
        commande: commandes.basculerTitre(TITRE),
        actif: commandes.estTitre(TITRE),
        touches: "Mod-Alt-2",
      },
      {
        nom: "Sous-titre",
        commande: commandes.basculerTitre(SOUS_TITRE),
        actif: commandes.estTitre(SOUS_TITRE),
        touches: "Mod-Alt-3",
      },
    ],
  },
  {
    boutons: [
      {
        nom: "Gras",
        icone: "gras",
        commande: toggleMark(marks.strong),
        actif: commandes.estMarque(marks.strong),
        touches: "Mod-b",
      },
      {
        nom: "Italique",
        icone: "italique",
        commande: toggleMark(marks.em),
        actif: commandes.estMarque(marks.em),
        touches: "Mod-i",
      },
      {
        nom: "Lien",
        icone: "lien",
        commande: modifierLien,
        possible: peutPoserUnLien,
        actif: commandes.estMarque(marks.link),
        touches: "Mod-k",
      },
    ],
  },
  {
    boutons: [
      {
        nom: "Liste à puces",
        icone: "puces",
        commande: commandes.basculerListe(nodes.bullet_list),
        actif: commandes.estDans(nodes.bullet_list),
        touches: "Mod-Shift-8",
      },
      {
        nom: "Liste numérotée",
        icone: "numeros",
        commande: commandes.basculerListe(nodes.ordered_list),
        actif: commandes.estDans(nodes.ordered_list),
        touches: "Mod-Shift-7",
      },
      { nom: "Diminuer le retrait", icone: "retrait-moins", commande: liftListItem(nodes.list_item) },
      { nom: "Augmenter le retrait", icone: "retrait-plus", commande: sinkListItem(nodes.list_item) },
    ],
  },
  {
    boutons: [
      {
        nom: "Citation",
        icone: "citation",
        commande: commandes.basculerCitation,
        actif: commandes.estDans(nodes.blockquote),
        touches: "Mod-Shift-9",
      },
      { nom: "Tableau", icone: "tableau", commande: commandes.insererTableau },
    ],
  },
  {
    boutons: [
      { nom: "Annuler", icone: "annuler", commande: undo, touches: "Mod-z" },
      { nom: "Rétablir", icone: "retablir", commande: redo, touches: "Mod-y" },
    ],
  },
  {
    /* Sur leur propre ligne, et seulement quand le curseur est dans un tableau. */
    visible: isInTable,
    avecTexte: true,
    boutons: [
      { nom: "Ajouter une ligne", icone: "rangee-plus", commande: commandes.ajouterRangee },
      { nom: "Ajouter une colonne", icone: "colonne-plus", commande: commandes.ajouterColonne },
      { nom: "Supprimer la ligne", icone: "rangee-moins", commande: commandes.supprimerRangee },
      { nom: "Supprimer la colonne", icone: "colonne-moins", commande: commandes.supprimerColonne },
      { nom: "Supprimer le tableau", icone: "corbeille", commande: commandes.supprimerTableau },
    ],
  },
]
