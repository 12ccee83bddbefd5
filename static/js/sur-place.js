// Écrire une part à sa place dans le plan. Sans ce module, le lien mène à la page d'édition.

const LIEN = "a[data-sur-place]";
const ABANDONNER = "Fermer sans enregistrer ? Ce que vous venez d’écrire reste dans vos brouillons.";

async function formulaireDe(adresse) {
  const reponse = await fetch(adresse, { credentials: "same-origin" });
  if (!reponse.ok || reponse.redirected) return null;
  const page = new DOMParser().parseFromString(await reponse.text(), "text/html");
  return page.querySelector("main form[data-garder]");
}

// Deux parts ouvertes à la fois portent les mêmes champs : chacun garde une identité à lui.
function distinguer(formulaire, part) {
  for (const attribut of ["id", "for", "aria-describedby"]) {
    for (const element of formulaire.querySelectorAll(`[${attribut}]`)) {
      const noms = element.getAttribute(attribut).replace(/\S+/g, `$&-${part.id}`);
      element.setAttribute(attribut, noms);
    }
  }
}

function estModifie(formulaire) {
  const textes = [...formulaire.querySelectorAll("textarea")];
  return textes.some((texte) => texte.value !== texte.defaultValue);
}

function refermer(part, formulaire, lien) {
  if (estModifie(formulaire) && !window.confirm(ABANDONNER)) return;
  formulaire.remove();
  for (const element of part.children) element.hidden = false;
  lien.focus();
}

function poser(part, formulaire, lien) {
  formulaire.action = lien.href;
  distinguer(formulaire, part);
  for (const element of part.children) element.hidden = true;
  part.append(document.adoptNode(formulaire));
  window.monterEditeurs?.(part);
  formulaire.querySelector(".actions a").addEventListener("click", (evenement) => {
    evenement.preventDefault();
    refermer(part, formulaire, lien);
  });
  part.querySelector("[contenteditable], textarea, input:not([type=hidden])")?.focus();
  part.scrollIntoView({ block: "nearest" });
}

async function ouvrir(lien) {
  const part = lien.closest(".part");
  if (part.ariaBusy) return; // un double-clic n'ouvre qu'un formulaire
  part.ariaBusy = "true";
  const formulaire = await formulaireDe(lien.href).catch(() => null);
  part.ariaBusy = null;
  if (formulaire) poser(part, formulaire, lien);
  else window.location.assign(lien.href);
}

document.addEventListener("click", (evenement) => {
  const lien = evenement.target.closest(LIEN);
  if (!lien || evenement.ctrlKey || evenement.metaKey || evenement.shiftKey) return;
  evenement.preventDefault();
  ouvrir(lien);
});
