// Améliorations seulement : chaque page et chaque acte marchent sans ce module.

const grandEcran = matchMedia("(min-width: 64rem)");

function focaliserLeBilan(racine) {
  racine.querySelector("[data-focus]")?.focus();
}

// Un sommaire replié sur un téléphone est ouvert sur un grand écran.
function ouvrirSurGrandEcran() {
  for (const repli of document.querySelectorAll("details[data-ouvert-large]")) {
    repli.open = grandEcran.matches;
  }
}

// Un second clic pendant l'envoi n'envoie pas deux fois le même acte.
function retenirLeSecondEnvoi(evenement) {
  const formulaire = evenement.target;
  if (formulaire.method !== "post" || evenement.defaultPrevented) return;
  if (formulaire.dataset.envoye) {
    evenement.preventDefault();
    return;
  }
  formulaire.dataset.envoye = "oui";
  evenement.submitter?.setAttribute("aria-disabled", "true");
}

// Le cache de navigation (bouton « Précédent ») rend la page telle quelle : on rouvre ses envois.
function rouvrirLesEnvois() {
  for (const formulaire of document.querySelectorAll("form[data-envoye]")) {
    delete formulaire.dataset.envoye;
    formulaire.querySelector("[aria-disabled]")?.removeAttribute("aria-disabled");
  }
}

let saisieEnCours = false;

function suivreLaSaisie(evenement) {
  if (evenement.target.closest("form[data-garder]")) saisieEnCours = true;
}

function retenirLeDepart(evenement) {
  if (saisieEnCours) evenement.preventDefault();
}

ouvrirSurGrandEcran();
focaliserLeBilan(document);
grandEcran.addEventListener("change", ouvrirSurGrandEcran);
document.addEventListener("submit", () => (saisieEnCours = false));
document.addEventListener("submit", retenirLeSecondEnvoi);
document.addEventListener("input", suivreLaSaisie);
document.addEventListener("htmx:after:swap", (evenement) => focaliserLeBilan(evenement.target));
window.addEventListener("beforeunload", retenirLeDepart);
window.addEventListener("pageshow", rouvrirLesEnvois);
