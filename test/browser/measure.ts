import type { Page } from 'playwright-core'

/** By how many pixels the page is wider than the screen. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}

const MEASURE = `(() => {
  const scope = document.querySelector('dialog[open]') ?? document
  const isShown = (one) => {
    const { width, clipPath, visibility } = getComputedStyle(one)
    return one.getClientRects().length && visibility !== 'hidden' && clipPath === 'none' && width !== '1px'
  }
  // What answers to a finger: the element, its label, and what ::after spreads over the row or card.
  const boxOf = (one) => {
    const { left, top, right, bottom } = ((one.matches('input') && one.closest('label')) || one).getBoundingClientRect()
    const after = getComputedStyle(one, '::after')
    const isSpread = after.content !== 'none' && after.position === 'absolute'
    const width = Math.max(right - left, isSpread ? parseFloat(after.width) : 0)
    const height = Math.max(bottom - top, isSpread ? parseFloat(after.height) : 0)
    return { one, width, height, x: (left + right) / 2, y: (top + bottom) / 2 }
  }
  // In a row that is ticked a tap anywhere ticks; the link under it is for the keyboard.
  const isCovered = (one) => one.matches('.tick ~ .name > a')
  const targets = [...scope.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter((one) => isShown(one) && !one.closest('.skip, .visually-hidden') && !isCovered(one)).map(boxOf)
  // WCAG 2.5.8: a small link in a text is fine if nothing else is hit by a circle of 24 px around it.
  const isApart = ({ one, x, y }) => !targets.some((other) =>
    other.one !== one && Math.abs(other.x - x) < other.width / 2 + 12 && Math.abs(other.y - y) < other.height / 2 + 12)
  const isText = (one) => one.matches('p a, dd a, li > a:not([class])')
  return targets.filter((target) => {
    const { one, width, height } = target
    if (isText(one)) return Math.min(width, height) < 24 && !isApart(target)
    return Math.round(width) < 44 || Math.round(height) < 44
  }).map(({ one, width, height }) => {
    const name = (one.getAttribute('aria-label') ?? (one.textContent.trim() || one.name)).replace(/\\s+/g, ' ')
    return one.localName + ' “' + name + '” ' + Math.round(width) + ' x ' + Math.round(height)
  })
})()`

/** What is smaller than 44 by 44 px, as sentences; links in a text may be smaller where nothing else is near. */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(MEASURE)
}

/** Icons that are shown but have no shape: not in the file of icons, or kept away by a policy. */
export function missingIcons(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll('.icon')]
    .filter((one) => one.getClientRects().length && !one.getBBox().width && !one.getBBox().height).map((one) => one.outerHTML)`)
}
