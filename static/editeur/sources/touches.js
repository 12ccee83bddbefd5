/* Les raccourcis clavier, et leur nom tel qu’on le lit sur le clavier. */
const SUR_MAC = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "")
const NOMS = SUR_MAC
  ? { Mod: "⌘", Alt: "⌥", Shift: "⇧" }
  : { Mod: "Ctrl", Alt: "Alt", Shift: "Maj" }

function traduire(touches, noms, liaison) {
  return touches
    .split("-")
    .map((touche) => noms[touche] ?? touche.toUpperCase())
    .join(liaison)
}

/** « Mod-Shift-8 » → « Ctrl+Maj+8 », ou « ⌘⇧8 » sur un Mac. */
export function nomDesTouches(touches) {
  return traduire(touches, NOMS, SUR_MAC ? "" : "+")
}

/** La valeur de `aria-keyshortcuts`, dont les noms sont fixés par la norme. */
export function raccourciAria(touches) {
  return traduire(touches, { Mod: SUR_MAC ? "Meta" : "Control", Alt: "Alt", Shift: "Shift" }, "+")
}
