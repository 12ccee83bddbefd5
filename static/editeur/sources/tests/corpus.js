/* Les textes que l’éditeur et le serveur doivent lire de la même façon. */
export const CORPUS = {
  listes_imbriquees: "- un\n- deux\n  - deux a\n    - profond\n  - deux b\n- trois\n\n  suite du point trois\n",
  liste_numerotee_imbriquee: "1. un\n1. deux\n   - puce\n   - puce\n1. trois\n",
  onze_points: Array.from({ length: 11 }, (_, rang) => `1. point ${rang}`).join("\n"),
  liste_commencant_a_trois: "3. trois\n3. quatre\n",
  tableau:
    "| Axe | Action | Coût |\n| --- | :-: | --: |\n" +
    "| Accueil | Une cellule très longue, avec **gras** et [lien](https://exemple.fr/a_b) | 1 200 € |\n" +
    "| a \\| b |  | 3 |\n",
  tableau_entete_vide: "|  | 2026 | 2027 |\n| --- | --- | --- |\n| Région | 10 | 20 |\n",
  tableau_sans_corps: "| Axe | Action |\n| --- | --- |\n",
  echappements:
    "Prix 3 \\* 4 \\_ 5, \\[crochet\\], a_b_c, 50 \\< 60, R&D, \\&nbsp; et \\`code\\`.\n\n" +
    "\\# pas un titre\n\n2026\\. Une année\n\n\\- pas une puce\n",
  lien_a_parentheses:
    'Voir [la page](<https://fr.wikipedia.org/wiki/Plan_(homonymie)>) et [mail](mailto:a@b.fr "Écrire").\n',
  liens_refuses: "[a](javascript:alert(1)) [b](ftp://x.fr) [c](data:text/html,x) [d](/relatif) [e](tel:+33322000000)\n",
  adresse_nue: "Voir <https://exemple.fr/x?a=1&b=2> puis fin.\n",
  adresse_longue: `[lien](https://exemple.fr/${"chemin/".repeat(45)})\n`,
  accents: "L’élève déjà « à l’heure » : œuvre, Noël, cœur\u202f! n°\u00a05 — 100\u00a0%.\n",
  emoji: "🚗 covoiturage 👩‍🦽 et 🇫🇷, **🚲 vélo**\n",
  sauts_de_ligne: "Ligne une\\\nligne deux\\\n\\- tiret\n",
  titres: "## Titre\n\nTexte\n\n### Sous-titre **gras**\n\nTexte\n",
  titres_hors_profil: "# Un\n\n#### Quatre\n\n###### Six\n",
  citation: "> Citation *italique*\n>\n> - puce\n\nAprès\n",
  emphases: "**gras** *ital* ***les deux*** **gras *mixte* fin** d’**accueil**s\n",
  retours_simples: "Un paragraphe\nsur deux lignes\n",
  deux_listes: "- a\n\n* b\n",
  liste_aeree: "- a\n\n- b\n\n  c\n",
  hors_profil: "Du `code`, ![img](x.png)\n\n```\nbloc\n```\n\n---\n\n<b>html</b>\n\nTitre\n=====\n",
  html_colle: '<script>alert(1)</script><p onclick="x()">Bonjour</p>\n',
  retour_chariot: "Un\r\n\r\n- deux\r\n- trois\r\n",
  vide: "",
}
