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

// Un tableau trop large pour l'écran défile : le clavier doit pouvoir l'atteindre.
function rendreDefilables() {
  for (const tableau of document.querySelectorAll(".prose table")) {
    if (tableau.scrollWidth > tableau.clientWidth) tableau.tabIndex = 0;
    else tableau.removeAttribute("tabindex");
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
  setTimeout(() => rouvrir(formulaire), 5000); // la réponse peut être un fichier : la page reste
}

// Un bouton qui mène à une autre adresse que son formulaire y mène vraiment : htmx ne la lirait pas.
function laisserPartir(evenement) {
  const mene = evenement.submitter?.hasAttribute("formaction");
  if (mene && evenement.target.matches("[hx-get]")) evenement.stopPropagation();
}

function rouvrir(formulaire) {
  delete formulaire.dataset.envoye;
  formulaire.querySelector("[aria-disabled]")?.removeAttribute("aria-disabled");
}

// Le bouton « Précédent » du navigateur peut rendre la page telle qu'elle était en partant.
function rouvrirLesEnvois() {
  document.querySelectorAll("form[data-envoye]").forEach(rouvrir);
}

// Le sommaire défile à part : on y garde le lien visible, sans déplacer la page.
function montrerDansLeSommaire(lien) {
  const sommaire = lien.closest(".plan-sommaire");
  if (!grandEcran.matches || sommaire.scrollHeight <= sommaire.clientHeight) return;
  const ecart = lien.getBoundingClientRect().top - sommaire.getBoundingClientRect().top;
  if (ecart < 0 || ecart > sommaire.clientHeight * 0.8) {
    sommaire.scrollTop += ecart - sommaire.clientHeight / 2;
  }
}

// Le sommaire montre le chapitre que l'on lit.
function suivreLaLecture() {
  const liens = new Map();
  for (const lien of document.querySelectorAll(".plan-sommaire a[href^='#']")) {
    const cible = document.getElementById(decodeURIComponent(lien.hash.slice(1)));
    if (cible && !liens.has(cible)) liens.set(cible, lien);
  }
  const observateur = new IntersectionObserver(
    (entrees) => {
      const lue = entrees.find((entree) => entree.isIntersecting);
      if (!lue) return;
      for (const lien of liens.values()) lien.removeAttribute("aria-current");
      liens.get(lue.target).setAttribute("aria-current", "true");
      montrerDansLeSommaire(liens.get(lue.target));
    },
    { rootMargin: "-10% 0px -80%" },
  );
  for (const cible of liens.keys()) observateur.observe(cible);
}

// Envoyer un formulaire n'enregistre que lui : les autres saisies de la page restent à garder.
const saisies = new Set();

function suivreLaSaisie(evenement) {
  const formulaire = evenement.target.closest("form[data-garder]");
  if (formulaire) saisies.add(formulaire);
}

function retenirLeDepart(evenement) {
  if ([...saisies].some((formulaire) => formulaire.isConnected)) evenement.preventDefault();
}

ouvrirSurGrandEcran();
focaliserLeBilan(document);
suivreLaLecture();
rendreDefilables();
grandEcran.addEventListener("change", ouvrirSurGrandEcran);
document.addEventListener("submit", (evenement) => saisies.delete(evenement.target));
document.addEventListener("submit", retenirLeSecondEnvoi);
document.addEventListener("submit", laisserPartir, true);
document.addEventListener("input", suivreLaSaisie);
document.addEventListener("htmx:after:swap", (evenement) => focaliserLeBilan(evenement.target));
window.addEventListener("resize", rendreDefilables);
window.addEventListener("beforeunload", retenirLeDepart);
window.addEventListener("pageshow", rouvrirLesEnvois);
