/* Remplace linkify-it, que markdown-it importe toujours et que le profil fermé n’utilise jamais. */
export default class SansLiensAutomatiques {
  set() {
    return this
  }
}
