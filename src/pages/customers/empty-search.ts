import { type CustomerFilter, looksLikePhone } from '../../customers/list/index.ts'
import { withQuery } from '../../lib/url.ts'

/** What a list offers if its search found nobody. */
export interface EmptySearch {
  /** Similar searches that do find somebody, with their addresses. */
  meant: { name: string; href: string }[]
  /** The form of a new customer, filled in with the search. */
  newcomer: { label: string; href: string }
  /** The address of the same search among all customers; null if the list already has all. */
  elsewhere: string | null
}

/** Null if there was no search, or if the filter has errors. */
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

/**
 * The link to the form of a new customer: a number becomes the phone, an address the e-mail, and words the name, the
 * last one being the last name.
 */
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
