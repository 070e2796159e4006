import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

const run = (
  runOnly: object
) => `axe.run(document, { runOnly: ${JSON.stringify(runOnly)}, resultTypes: ['violations'], selectors: false }).then(({ violations }) =>
  violations.map(({ id, help, nodes }) => id + ': ' + help + ' (' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ') + ')'))`

/** Every document in the page's window has axe from now on. To send its half a megabyte for each anew took a fifth of a second. */
export async function equip(page: Page): Promise<void> {
  await page.context().addInitScript(AXE)
}

/** What axe finds against WCAG 2.2 AA on the page as it stands, as sentences. */
export function violationsOn(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(run({ type: 'tag', values: RULES }))
}

/** The same after the colours have changed: only what depends on them. */
export async function contrastOn(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(run({ type: 'rule', values: ['color-contrast', 'link-in-text-block'] }))
}
