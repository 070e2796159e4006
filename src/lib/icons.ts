import { readFileSync } from 'node:fs'

const LUCIDE = new URL('../../node_modules/@iconify-json/lucide/icons.json', import.meta.url)

/** The icons that are used, by Lucide's names. A browser fetches all of them once, as one file. */
export const ICONS = [
  'arrow-down',
  'arrow-left',
  'arrow-left-right',
  'arrow-right',
  'arrow-up',
  'calendar',
  'chart-line',
  'check',
  'chevron-down',
  'chevron-left',
  'circle-alert',
  'circle-check',
  'circle-user',
  'columns-2',
  'copy',
  'download',
  'ellipsis',
  'ellipsis-vertical',
  'id-card',
  'key-round',
  'list-checks',
  'list-filter',
  'list-plus',
  'loader',
  'lock',
  'lock-open',
  'log-out',
  'monitor',
  'package',
  'pencil',
  'plus',
  'receipt-text',
  'rotate-ccw-clock',
  'search',
  'search-x',
  'settings',
  'share-2',
  'store',
  'toggle-left',
  'toggle-right',
  'trash',
  'triangle-alert',
  'upload',
  'user',
  'user-check',
  'user-minus',
  'user-plus',
  'user-x',
  'users',
  'wallet',
  'x'
] as const

export type IconName = (typeof ICONS)[number]

/**
 * The attributes that Lucide repeats on every line. They are removed, because the style sheet sets them for all icons.
 */
const LOOK = ' fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round" stroke-width="2"'

/** One SVG file of all icons that are used: each is a symbol, with the icon's name as its id. */
export function drawIcons(): string {
  const shapes = readShapes()
  const symbols = ICONS.map((name) => `<symbol id="${name}" viewBox="0 0 24 24">${shapes(name)}</symbol>`)
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`
}

/**
 * The inks of a quiet icon in public/css/tokens.css, for light and dark. A background picture can't inherit a colour.
 */
export const GEAR_INKS = { 'gear.svg': '#5d5a54', 'gear-dark.svg': '#a9a49b' }

/** The gear in each row of a list, as two pictures that the style sheet uses as backgrounds. */
export function drawGears(): { name: string; picture: string }[] {
  const gear = readShapes()('settings')
  return Object.entries(GEAR_INKS).map(([name, ink]) => ({
    name,
    picture: `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="${ink}" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${gear}</svg>`
  }))
}

function readShapes(): (name: IconName) => string {
  const { icons } = JSON.parse(readFileSync(LUCIDE, 'utf8')) as { icons: Record<string, { body: string }> }
  return (name) => {
    const body = icons[name]?.body
    if (!body?.includes(LOOK)) throw new Error(`Lucide has no icon ${name} drawn as the others are`)
    return body.replaceAll(LOOK, '')
  }
}

/**
 * Makes the function by which templates show an icon of the file at `url`. An icon is hidden from screen readers,
 * because its control or the text beside it names it.
 */
export function iconsAt(url: string) {
  const known = new Set<string>(ICONS)
  return (name: string, size?: number): string => {
    if (!known.has(name)) throw new Error(`The icon ${name} is not among those of src/lib/icons.ts`)
    const box = size ? ` width="${size}" height="${size}"` : ''
    return `<svg class="icon"${box} aria-hidden="true"><use href="${url}#${name}"/></svg>`
  }
}
