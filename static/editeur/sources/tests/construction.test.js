import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { construire } from "../construire.mjs"

test("les fichiers livrés sont exactement ceux que donnent les sources", async () => {
  for (const [nom, contenu] of Object.entries(await construire())) {
    assert.ok(readFileSync(new URL(`../../${nom}`, import.meta.url), "utf8") === contenu, nom)
  }
})
