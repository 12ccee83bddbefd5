// Améliorations seulement : choisir un passage en le sélectionnant, mentionner en tapant @.

// Les mots sélectionnés dans une part deviennent le passage dont parlera l'observation.
function retenirLePassage(evenement) {
  const lien = evenement.target.closest?.("a[data-observer]");
  if (!lien) return;
  const part = lien.closest("article, section, main");
  const choix = getSelection();
  const texte = choix.toString().trim().slice(0, 1000);
  const adresse = new URL(lien.href);
  adresse.searchParams.delete("passage");
  if (texte && part.contains(choix.anchorNode) && part.contains(choix.focusNode)) {
    adresse.searchParams.set("passage", texte);
  }
  lien.href = adresse;
}

// --- Mentionner ---------------------------------------------------------------------------------

const sansAccents = (texte) => texte.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

class Mentions {
  constructor(zone) {
    this.zone = zone;
    const cases = zone.form.querySelectorAll("input[name='mentions']");
    this.choix = [...cases].map((case_) => ({ case: case_, nom: case_.labels[0].textContent.trim() }));
    this.liste = document.createElement("ul");
    this.liste.className = "propositions";
    this.liste.id = `${zone.id}_mentions`;
    this.liste.setAttribute("role", "listbox");
    this.liste.setAttribute("aria-label", "Qui mentionner");
    this.liste.hidden = true;
    zone.after(this.liste);
    zone.setAttribute("aria-autocomplete", "list");
    zone.setAttribute("aria-controls", this.liste.id);
    zone.addEventListener("input", () => this.proposer());
    zone.addEventListener("keydown", (evenement) => this.auClavier(evenement));
    zone.addEventListener("blur", () => this.fermer());
    // Au premier contact : un clic ferait d'abord perdre le curseur à la zone.
    this.liste.addEventListener("pointerdown", (evenement) => {
      evenement.preventDefault();
      const option = evenement.target.closest("[role='option']");
      if (option) this.choisir(this.proposes[[...this.liste.children].indexOf(option)]);
    });
  }

  proposer() {
    const debut = this.zone.value.slice(0, this.zone.selectionStart);
    const frappe = debut.match(/(?:^|\s)@([^\n@]{0,40})$/);
    if (!frappe) return this.fermer();
    const cherche = sansAccents(frappe[1]);
    this.depart = debut.length - frappe[1].length - 1;
    this.proposes = this.choix.filter(({ nom }) => sansAccents(nom).includes(cherche)).slice(0, 8);
    if (!this.proposes.length) return this.fermer();
    this.liste.replaceChildren(...this.proposes.map(({ nom }, rang) => this.option(nom, rang)));
    this.liste.hidden = false;
    this.montrer(0);
  }

  option(nom, rang) {
    const option = document.createElement("li");
    option.id = `${this.liste.id}_${rang}`;
    option.setAttribute("role", "option");
    option.textContent = nom;
    return option;
  }

  montrer(rang) {
    this.rang = rang;
    [...this.liste.children].forEach((option, numero) => {
      option.setAttribute("aria-selected", String(numero === rang));
    });
    this.zone.setAttribute("aria-activedescendant", this.liste.children[rang].id);
  }

  auClavier(evenement) {
    if (this.liste.hidden) return;
    const pas = { ArrowDown: 1, ArrowUp: -1 }[evenement.key];
    const nombre = this.proposes.length;
    if (pas) this.montrer((this.rang + pas + nombre) % nombre);
    else if (evenement.key === "Enter" || evenement.key === "Tab") this.choisir(this.proposes[this.rang]);
    else if (evenement.key === "Escape") this.fermer();
    else return;
    evenement.preventDefault();
  }

  choisir({ case: case_, nom }) {
    const fin = this.zone.selectionStart;
    this.zone.setRangeText(`@${nom} `, this.depart, fin, "end");
    case_.checked = true;
    this.fermer();
  }

  fermer() {
    this.liste.hidden = true;
    this.zone.removeAttribute("aria-activedescendant");
  }
}

document.addEventListener("pointerdown", retenirLePassage);
document.addEventListener("focusin", retenirLePassage);
for (const zone of document.querySelectorAll("textarea[data-mentions]")) new Mentions(zone);
