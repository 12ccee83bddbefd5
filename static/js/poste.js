// Ce qui se tape dans un formulaire sans brouillon au serveur attend sur ce poste d'être enregistré.
// Sans ce module, rien ne change : on écrit, on enregistre.

const REPOS = 800; // millisecondes sans frappe avant de garder
const GARDE = 7 * 24 * 3600 * 1000; // au-delà d'une semaine, on l'a oublié
const FORMULAIRES = "form[data-garder]:not([data-brouillon])";
const HORS_SAISIE = ["csrfmiddlewaretoken", "a_choisir", "version_comparee"];

const personne = document.body.dataset.personne;
const minuteries = new Map();
const cles = new Map();

function debutDe(formulaire) {
  return `saisie ${personne} ${location.pathname} ${formulaire.getAttribute("action") ?? ""} `;
}

// Une clé par page ouverte : ce qu'on n'a pas repris n'est pas recouvert par ce qu'on tape ensuite.
function cleDe(formulaire) {
  if (!cles.has(formulaire)) {
    cles.set(formulaire, `${debutDe(formulaire)}${Date.now()}-${Math.random()}`);
  }
  return cles.get(formulaire);
}

function lire(cle) {
  try {
    return JSON.parse(localStorage.getItem(cle));
  } catch {
    return null;
  }
}

function poser(cle, saisie) {
  try {
    localStorage.setItem(cle, JSON.stringify(saisie));
  } catch {
    // mémoire pleine, ou interdite : le formulaire, lui, reste à l'écran
  }
}

function champsDe(formulaire) {
  return [...new FormData(formulaire)].filter(
    ([nom, valeur]) => typeof valeur === "string" && !HORS_SAISIE.includes(nom),
  );
}

function garder(formulaire) {
  poser(cleDe(formulaire), {
    quand: Date.now(),
    chemin: location.pathname,
    champs: champsDe(formulaire),
  });
}

function noter(evenement) {
  const formulaire = evenement.target.closest?.(FORMULAIRES);
  if (!formulaire) return;
  clearTimeout(minuteries.get(formulaire));
  minuteries.set(formulaire, setTimeout(() => garder(formulaire), REPOS));
}

function envoyer(evenement) {
  const formulaire = evenement.target;
  if (!formulaire.matches(FORMULAIRES)) return;
  clearTimeout(minuteries.get(formulaire));
  garder(formulaire);
  poser(cleDe(formulaire), { ...lire(cleDe(formulaire)), envoyee: true });
}

// La page qui suit un envoi dit s'il a réussi : alors, et alors seulement, on oublie.
function oublierCeQuiEstEnregistre() {
  const venuDe = document.referrer && new URL(document.referrer).pathname;
  const reussi = document.querySelector(".message-success") !== null;
  for (const cle of Object.keys(localStorage)) {
    if (!cle.startsWith(`saisie ${personne} `)) continue;
    const saisie = lire(cle);
    const enregistree = saisie?.envoyee && saisie.chemin === venuDe && reussi;
    if (!saisie || enregistree || Date.now() - saisie.quand > GARDE) localStorage.removeItem(cle);
  }
}

function remplir(formulaire, champs) {
  const valeurs = new Map();
  for (const [nom, valeur] of champs) valeurs.set(nom, [...(valeurs.get(nom) ?? []), valeur]);
  for (const champ of formulaire.elements) {
    if (!champ.name || champ.type === "file" || HORS_SAISIE.includes(champ.name)) continue;
    const voulues = valeurs.get(champ.name) ?? [];
    if (champ.type === "checkbox" || champ.type === "radio") {
      champ.checked = voulues.includes(champ.value);
    } else if (champ.type === "select-multiple") {
      for (const option of champ.options) option.selected = voulues.includes(option.value);
    } else if (champ.type !== "submit" && voulues.length) {
      champ.value = voulues.shift();
    }
  }
}

function bouton(libelle, geste) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "bouton bouton-secondaire bouton-petit";
  element.textContent = libelle;
  element.addEventListener("click", geste);
  return element;
}

function proposer(formulaire, cle, saisie) {
  const avis = document.createElement("div");
  const quand = new Date(saisie.quand).toLocaleString("fr-FR", {
    dateStyle: "long",
    timeStyle: "short",
  });
  avis.className = "note actions";
  avis.append(
    `Ce que vous aviez commencé ici le ${quand}, sans l’enregistrer, est gardé sur ce poste.`,
    bouton("Le reprendre", () => {
      // L'éditeur lit son texte une fois : on le remplit avant lui, en rouvrant la page.
      sessionStorage.setItem("reprendre", cle);
      location.reload();
    }),
    bouton("L’oublier", () => {
      localStorage.removeItem(cle);
      avis.remove();
    }),
  );
  formulaire.before(avis);
}

function offrir(formulaire) {
  // Une page qui refuse un envoi rend elle-même ce qui était tapé.
  if (formulaire.querySelector("[aria-invalid], .conflit")) return;
  const presents = JSON.stringify(champsDe(formulaire));
  const gardees = Object.keys(localStorage).filter((cle) => cle.startsWith(debutDe(formulaire)));
  for (const cle of gardees.sort()) {
    const saisie = lire(cle);
    if (sessionStorage.getItem("reprendre") === cle) {
      sessionStorage.removeItem("reprendre");
      cles.set(formulaire, cle);
      remplir(formulaire, saisie.champs);
    } else if (JSON.stringify(saisie.champs) !== presents) {
      proposer(formulaire, cle, saisie);
    }
  }
}

if (personne) {
  oublierCeQuiEstEnregistre();
  document.querySelectorAll(FORMULAIRES).forEach(offrir);
  document.addEventListener("input", noter);
  document.addEventListener("submit", envoyer);
}
