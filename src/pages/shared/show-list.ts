import type { FastifyReply, FastifyRequest } from 'fastify'
import { isPastTheEnd, type Page, type PageRequest } from '../../lib/paging.ts'
import { tidyAddress } from '../../web/url.ts'

/** What a list page needs of its filter (src/lib/list-filter.ts). */
interface Filter {
  hasErrors: boolean
  showsNothing: boolean
  hasForm: boolean
  place: PageRequest
  href(path: string): string
  placeHref(path: string): string
}

interface ListRequest<Found> {
  filter: Filter
  /** The address of the list, without its filter. */
  path: string
  /** Reads the page of the list that the filter asks for; it may find further errors in the filter. */
  find(): Promise<Found>
  show(found: Found): Promise<string>
}

/**
 * Answers with a page that is a list. Empty fields of the form are removed from the address, a page past the end of the
 * list redirects to its start, and a filter with errors is answered with status 422.
 */
export async function showList<Found extends { listed: Pick<Page<unknown>, 'rows'> }>(
  request: FastifyRequest,
  reply: FastifyReply,
  { filter, path, find, show }: ListRequest<Found>
) {
  const isReadable = filter.hasForm && !filter.hasErrors
  const tidy = isReadable && tidyAddress(request, reply, filter.placeHref(path))
  if (tidy) return reply.redirect(tidy, 303)
  const found = await find()
  if (!filter.showsNothing && isPastTheEnd(found.listed, filter.place)) return reply.redirect(filter.href(path), 303)
  if (filter.hasErrors) reply.code(422)
  return show(found)
}
