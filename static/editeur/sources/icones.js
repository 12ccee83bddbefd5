/* Les icônes de la barre, tracées sur une grille de 20. */
const SVG = "http://www.w3.org/2000/svg"

const LIGNES_A_DROITE = "M8.5 5h8.5M8.5 10h8.5M8.5 15h8.5"
const TABLEAU = "M3 4.5h14v11H3zM3 8.2h14M3 11.9h14"

const TRACES = {
  gras: "M14.8 6.6A5.4 5.4 0 1 0 15.4 12v-1.6h-4.2",
  italique: "M8.5 4h6M5.5 16h6M11.7 4l-3.4 12",
  lien: "M8.3 11.7a3.2 3.2 0 0 0 4.6 0l2.8-2.8a3.2 3.2 0 0 0-4.6-4.6l-1 1M11.7 8.3a3.2 3.2 0 0 0-4.6 0l-2.8 2.8a3.2 3.2 0 0 0 4.6 4.6l1-1",
  puces: `${LIGNES_A_DROITE}M4 5h.01M4 10h.01M4 15h.01`,
  numeros: `${LIGNES_A_DROITE}M3.2 4.2 4.4 3.4v3.8M3 13.2c.4-.8 2.2-.7 2.1.4 0 .9-1.6 1.6-2.1 2.6h2.3`,
  "retrait-moins": "M3 4h14M10 8h7M10 12h7M3 16h14M6.5 7.5 4 10l2.5 2.5",
  "retrait-plus": "M3 4h14M10 8h7M10 12h7M3 16h14M4 7.5 6.5 10 4 12.5",
  citation: "M4 4v12M8 6h9M8 10h9M8 14h5",
  tableau: `${TABLEAU}M10 4.5v11`,
  "rangee-plus": "M3 3.5h14v6H3zM10 3.5v6M10 12.5v5M7.5 15h5",
  "colonne-plus": "M3.5 3h6v14h-6zM3.5 10h6M12.5 10h5M15 7.5v5",
  "rangee-moins": "M3 3.5h14v6H3zM10 3.5v6M7.5 15h5",
  "colonne-moins": "M3.5 3h6v14h-6zM3.5 10h6M12.5 10h5",
  corbeille: "M3.5 5.5h13M8 5.5V3.5h4v2M5 5.5l.8 11h8.4l.8-11M8.4 8.5v5M11.6 8.5v5",
  annuler: "M7 4 3.5 7.5 7 11M3.5 7.5h8a4.5 4.5 0 0 1 0 9H8",
  retablir: "M13 4l3.5 3.5L13 11M16.5 7.5h-8a4.5 4.5 0 0 0 0 9H12",
}

export function icone(nom) {
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("viewBox", "0 0 20 20")
  svg.setAttribute("aria-hidden", "true")
  svg.setAttribute("class", `editeur-icone editeur-icone-${nom}`)
  const trace = document.createElementNS(SVG, "path")
  trace.setAttribute("d", TRACES[nom])
  svg.append(trace)
  return svg
}
