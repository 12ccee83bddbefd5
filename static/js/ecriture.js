// Pendant qu'une part s'écrit : garder ce qui se tape, dire qui d'autre écrit là.
// Sans ce module, rien ne change : on écrit, on enregistre.

const REPOS = 1000; // millisecondes sans frappe avant de garder
const FRAPPE_AU_PLUS = 5000; // de frappe continue sans garder
const NOUVEL_ESSAI = 15000;
const EN_PARTANT_AU_PLUS = 60000; // un navigateur refuse de finir un envoi plus gros, page fermée
const TOUR = 20000; // entre deux regards sur les présences
const INACTIF = 120000; // sans un geste, on n'écrit plus

const HORS_LIGNE = "Hors ligne : gardé sur ce poste.";
const MUET = "Le portail ne répond pas : gardé sur ce poste, un nouvel essai suit.";
const SANS_MEMOIRE = "Le portail ne répond pas et ce poste ne peut rien garder : copiez votre texte.";
const SESSION = "Session expirée : reconnectez-vous dans un autre onglet, rien n’est perdu.";
const PLUS_LE_DROIT = "Vous ne pouvez plus écrire cette part : copiez votre texte avant de quitter la page.";
const PAS_ENREGISTRE = "Rien n’est encore enregistré.";

function jeton(formulaire) {
  const debut = `${formulaire.dataset.cookieCsrf}=`;
  const cookie = document.cookie.split("; ").find((morceau) => morceau.startsWith(debut));
  return cookie?.slice(debut.length) ?? formulaire.elements.csrfmiddlewaretoken.value;
}

function poster(formulaire, adresse, corps, keepalive = false) {
  return fetch(adresse, {
    method: "POST",
    credentials: "same-origin",
    keepalive,
    headers: {
      "Content-Type": "application/x-www-form-urlencoded",
      "X-CSRFToken": jeton(formulaire),
    },
    body: corps,
  });
}

// --- Les brouillons -----------------------------------------------------------------------------

// Ce que le serveur n'a pas encore reconnu attend sur le poste, et là seulement jusque-là.
const poste = {
  poser(cle, corps) {
    try {
      localStorage.setItem(cle, corps);
      return true;
    } catch {
      return false; // mémoire pleine, ou interdite
    }
  },
  oter(cle) {
    try {
      localStorage.removeItem(cle);
    } catch {
      // rien n'avait pu y être posé
    }
  },
  cles(prefixe) {
    try {
      return Object.keys(localStorage).filter((cle) => cle.startsWith(prefixe));
    } catch {
      return [];
    }
  },
};

class Brouillon {
  constructor(formulaire) {
    this.formulaire = formulaire;
    this.adresse = formulaire.dataset.brouillon;
    this.prefixe = `brouillon ${formulaire.dataset.personne} ${this.adresse} `;
    this.cle = this.prefixe + formulaire.elements.brouillon.value;
    this.etat = document.createElement("p");
    this.etat.className = "petit doux";
    this.etat.setAttribute("aria-live", "polite");
    formulaire.querySelector(":scope > .actions").before(this.etat);
    this.rendreCeQuiRestait();
  }

  corps() {
    const champs = new URLSearchParams(new FormData(this.formulaire));
    champs.delete("csrfmiddlewaretoken");
    return champs.toString();
  }

  noter() {
    this.sale = true;
    this.depuis ??= Date.now();
    this.plusTard(Math.min(REPOS, Math.max(0, this.depuis + FRAPPE_AU_PLUS - Date.now())));
  }

  plusTard(delai) {
    clearTimeout(this.minuterie);
    this.minuterie = setTimeout(() => this.garder(), delai);
  }

  // Un envoi à la fois : le dernier parti est le dernier arrivé.
  garder() {
    clearTimeout(this.minuterie);
    this.envoi = (this.envoi ?? Promise.resolve()).then(() => this.garderMaintenant());
    return this.envoi;
  }

  async garderMaintenant() {
    if (!this.sale || this.parti) return this.dernier;
    this.sale = false;
    this.depuis = null;
    const corps = this.corps();
    const surLePoste = poste.poser(this.cle, corps);
    this.enCours = true;
    this.dernier = await this.essayer(corps, surLePoste);
    this.enCours = false;
    this.dire(this.dernier.phrase);
    if (this.dernier.garde) {
      if (!this.sale) poste.oter(this.cle);
    } else if (this.dernier.encore) {
      this.sale = true;
      this.plusTard(NOUVEL_ESSAI);
    }
    return this.dernier;
  }

  async essayer(corps, surLePoste) {
    let reponse;
    try {
      reponse = await poster(this.formulaire, this.adresse, corps);
      if (reponse.ok || reponse.status === 413) {
        return { garde: reponse.ok, ...(await reponse.json()) };
      }
    } catch {
      const phrase = navigator.onLine ? MUET : HORS_LIGNE;
      return { encore: true, muet: true, phrase: surLePoste ? phrase : SANS_MEMOIRE };
    }
    const motif = reponse.headers.get("Saisie-Gardee");
    if (motif === "session" || motif === "jeton") return { encore: true, phrase: SESSION };
    if (reponse.status < 500) return { phrase: PLUS_LE_DROIT };
    return { encore: true, muet: true, phrase: surLePoste ? MUET : SANS_MEMOIRE };
  }

  dire(phrase) {
    if (this.etat.textContent !== phrase) this.etat.textContent = phrase;
  }

  // Un envoi perdu laisserait une page d'erreur du navigateur : on garde d'abord, puis on envoie.
  async enregistrer(bouton) {
    if (this.enregistre) return;
    this.enregistre = true;
    const issue = await this.garder();
    this.enregistre = false;
    if (issue?.muet) return this.dire(`${PAS_ENREGISTRE} ${issue.phrase}`);
    this.ceder();
    this.formulaire.requestSubmit(bouton);
  }

  // Reconnecté dans un autre onglet, le jeton de la page est périmé ; celui du moment passe.
  ceder() {
    this.sale = false;
    this.parti = true;
    clearTimeout(this.minuterie);
    this.formulaire.elements.csrfmiddlewaretoken.value = jeton(this.formulaire);
  }

  partir() {
    if (!this.sale || this.parti) return;
    const corps = this.corps();
    poste.poser(this.cle, corps);
    if (corps.length > EN_PARTANT_AU_PLUS) return;
    poster(this.formulaire, this.adresse, corps, true)
      .then((reponse) => reponse.ok && poste.oter(this.cle))
      .catch(() => {}); // il reste sur le poste
  }

  // Ce qu'un passage précédent n'avait pu garder que sur ce poste rejoint les brouillons.
  async rendreCeQuiRestait() {
    for (const cle of poste.cles(this.prefixe)) {
      const identifiant = cle.slice(this.prefixe.length);
      const reponse = await poster(this.formulaire, this.adresse, localStorage.getItem(cle)).catch(
        () => null,
      );
      if (!reponse?.ok) return;
      poste.oter(cle);
      if (cle !== this.cle) this.proposer(identifiant);
    }
  }

  proposer(identifiant) {
    const avis = document.createElement("p");
    const lien = document.createElement("a");
    avis.className = "note";
    lien.href = `${this.formulaire.dataset.page}?brouillon=${identifiant}`;
    lien.textContent = "le reprendre";
    avis.append("Un texte que vous n’aviez pas enregistré était resté sur ce poste : ", lien, ".");
    this.formulaire.prepend(avis);
  }
}

const brouillons = new Map();

function brouillonDe(element) {
  const formulaire = element.closest?.("form[data-brouillon]");
  if (!formulaire) return null;
  if (!brouillons.has(formulaire)) brouillons.set(formulaire, new Brouillon(formulaire));
  return brouillons.get(formulaire);
}

function enregistrer(evenement) {
  const brouillon = brouillonDe(evenement.target);
  if (!brouillon || brouillon.parti) return;
  if (!brouillon.sale && !brouillon.enCours) return brouillon.ceder();
  evenement.preventDefault();
  evenement.stopImmediatePropagation();
  brouillon.enregistrer(evenement.submitter);
}

// --- Les présences ------------------------------------------------------------------------------

const gestes = new Map();

function noterLeGeste(evenement) {
  const formulaire = evenement.target.closest?.("form[data-presence]");
  if (!formulaire) return;
  const nouveau = !gestes.has(formulaire);
  gestes.set(formulaire, Date.now());
  if (nouveau) regarder();
}

function montrer(element, phrase) {
  let avis = element.querySelector(":scope > .presence");
  if (!phrase) return avis?.remove();
  if (!avis) {
    avis = document.createElement("p");
    avis.className = "note presence";
    avis.setAttribute("aria-live", "polite");
    const entete = element.querySelector(":scope > .part-entete");
    if (entete) entete.after(avis);
    else element.prepend(avis);
    avis.hidden = entete?.hidden ?? false;
  }
  if (avis.textContent !== phrase) avis.textContent = phrase;
}

async function regarder() {
  if (document.hidden) return;
  for (const [formulaire, dernier] of gestes) {
    const present = formulaire.isConnected && Date.now() - dernier < INACTIF;
    if (present) poster(formulaire, formulaire.dataset.presence, "").catch(() => {});
  }
  const adresse = document.querySelector("[data-presences]")?.dataset.presences;
  if (!adresse) return;
  const reponse = await fetch(adresse, { credentials: "same-origin" }).catch(() => null);
  if (!reponse?.ok || reponse.redirected) return;
  const phrases = await reponse.json();
  for (const element of document.querySelectorAll("[data-part]")) {
    montrer(element, phrases[element.dataset.part]);
  }
}

// Quitter la page le dit ; sinon, une minute de silence suffit.
function partir() {
  for (const brouillon of brouillons.values()) brouillon.partir();
}

function quitter() {
  partir();
  for (const formulaire of gestes.keys()) {
    poster(formulaire, formulaire.dataset.presence, "partir=1", true).catch(() => {});
  }
}

document.addEventListener("input", (evenement) => brouillonDe(evenement.target)?.noter());
document.addEventListener("submit", enregistrer, { capture: true });
document.addEventListener("focusin", noterLeGeste);
document.addEventListener("focusin", (evenement) => brouillonDe(evenement.target));
document.addEventListener("input", noterLeGeste);
document.addEventListener("visibilitychange", () => (document.hidden ? partir() : regarder()));
window.addEventListener("pagehide", quitter);
window.addEventListener("pageshow", () => brouillons.forEach((b) => (b.parti = false)));
window.addEventListener("online", () => brouillons.forEach((b) => b.garder()));
document.querySelectorAll("form[data-brouillon]").forEach(brouillonDe);
setInterval(regarder, TOUR);
regarder();
