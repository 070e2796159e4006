import { type CustomerFilter, looksLikePhone } from '../../customers/list/index.ts'
import { withQuery } from '../../lib/url.ts'

/** What a list offers whose search has found nobody. */
export interface EmptySearch {
  /** Other searches, which find somebody, with where they lead. */
  meant: { name: string; href: string }[]
  /** The form for who was searched for, filled in with what was typed. */
  newcomer: { label: string; href: string }
  /** The same search among all customers, where the list is of fewer. */
  elsewhere: string | null
}

/** Null where nobody was searched for, or the filter can't be read. */
export function emptySearchOf(path: string, filter: CustomerFilter, suggestions: string[]): EmptySearch | null {
  const { q } = filter.values
  if (!q || filter.hasErrors) return null
  const isAll = path === '/customers' && filter.panelCount === 0
  return {
    meant: suggestions.map((name) => ({ name, href: filter.href(path, { q: name }) })),
    newcomer: newcomerOf(q),
    elsewhere: isAll ? null : withQuery('/customers', { q })
  }
}

/** A number goes to Phone, an address to E-mail, words are the name, the last of them the last name. */
function newcomerOf(q: string): EmptySearch['newcomer'] {
  const words = looksLikePhone(q) ? [q] : q.split(/\s+/)
  const isPhone = (word: string) => /\d/.test(word) && looksLikePhone(word)
  const phone = words.filter(isPhone).join(' ')
  const email = words.find((word) => word.includes('@')) ?? ''
  const names = words.filter((word) => !isPhone(word) && !word.includes('@'))
  const contact = [phone, email].filter(Boolean).join(' and ')
  const name = names.join(' ')
  const said = [...(name ? [`called ${name}`] : []), ...(contact ? [`with ${contact}`] : [])].join(' ')
  const firstName = names.slice(0, Math.max(1, names.length - 1)).join(' ')
  const lastName = names.length > 1 ? names.at(-1) : null
  return {
    label: `New customer ${said}`,
    href: withQuery('/customers/new', { firstName, lastName, phone, email })
  }
}
