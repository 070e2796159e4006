import type { FastifyReply, FastifyRequest } from 'fastify'
import { openCart } from '../../till-screen/cart.ts'
import { wantsFragment } from '../../web/view.ts'
import { lookHref, type Shown, tillPage } from './till-page.ts'

type Next = Pick<Shown, 'browser' | 'look' | 'errors' | 'typed'>

/** The screen as it is now: to htmx at once, to others by its address. What went wrong is said at once. */
export async function shown(request: FastifyRequest, reply: FastifyReply, { browser, look, errors = {}, typed }: Next) {
  const isWrong = Object.keys(errors).length > 0
  if (!isWrong && !wantsFragment(request)) return reply.seeOther(lookHref(look))
  if (isWrong) reply.code(422)
  else reply.header('HX-Replace-Url', lookHref(look))
  return tillPage(request, reply, {
    browser,
    cart: await openCart(request.em, browser, request.now),
    look,
    errors,
    typed: isWrong ? typed : undefined
  })
}
