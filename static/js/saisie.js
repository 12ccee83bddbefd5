// Se connecter dans un autre onglet change le jeton : l'envoi prend celui du moment.
// Sans ce module, le premier envoi rend la même page, et le second passe.
const formulaire = document.querySelector("form[data-cookie-csrf]");

formulaire?.addEventListener("submit", () => {
  const debut = `${formulaire.dataset.cookieCsrf}=`;
  const cookie = document.cookie.split("; ").find((morceau) => morceau.startsWith(debut));
  if (cookie) formulaire.elements.csrfmiddlewaretoken.value = cookie.slice(debut.length);
});
