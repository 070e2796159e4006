import { readFileSync } from 'node:fs'

const ICONS = new URL('../../node_modules/lucide-static/icons/', import.meta.url)
const cache = new Map<string, string>()

/** One of Lucide's icons as inline SVG, hidden from screen readers: the name stands beside it or on its control. */
export function icon(name: string, size = 20): string {
  const key = `${name} ${size}`
  const known = cache.get(key)
  if (known) return known
  const source = readFileSync(new URL(`${name}.svg`, ICONS), 'utf8')
  const shapes = source.slice(source.indexOf('>', source.indexOf('<svg')) + 1, source.lastIndexOf('</svg>'))
  const svg = `<svg class="icon" width="${size}" height="${size}" viewBox="0 0 24 24" aria-hidden="true">${shapes.replace(/\s+/g, ' ').trim()}</svg>`
  cache.set(key, svg)
  return svg
}
