// Écrire une part à sa place dans le plan. Sans ce module, le lien mène à la page d'édition.

const LIEN = "a[data-sur-place]";

async function formulaireDe(adresse) {
  const reponse = await fetch(adresse, { credentials: "same-origin" });
  if (!reponse.ok || reponse.redirected) return null;
  const page = new DOMParser().parseFromString(await reponse.text(), "text/html");
  return page.querySelector("main form[data-garder]");
}

function refermer(part, formulaire, lien) {
  formulaire.remove();
  for (const element of part.children) element.hidden = false;
  lien.focus();
}

function poser(part, formulaire, lien) {
  formulaire.action = lien.href;
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

document.addEventListener("click", async (evenement) => {
  const lien = evenement.target.closest(LIEN);
  if (!lien || evenement.ctrlKey || evenement.metaKey || evenement.shiftKey) return;
  evenement.preventDefault();
  const formulaire = await formulaireDe(lien.href).catch(() => null);
  if (formulaire) poser(lien.closest(".part"), formulaire, lien);
  else window.location.assign(lien.href);
});
