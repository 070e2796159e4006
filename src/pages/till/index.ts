import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Cart, openCart } from '../../till-screen/cart.ts'
import { findTillBrowser, isIdle, noteUse, type TillBrowser } from '../../till-screen/till-browser.ts'
import type { App } from '../../web/validation.ts'
import type { SessionCookie } from '../staff/session-cookie.ts'
import { act, keepTyped } from './act.ts'
import { lockTill } from './lock.ts'
import { newCustomerForm } from './new-customer.ts'
import { searchRoutes } from './searches.ts'
import { tiePage, tieRoutes } from './tie.ts'
import { createTillCookie } from './till-cookie.ts'
import { search, type TillForm, tillForm } from './till-form.ts'
import { tillPage } from './till-page.ts'

const look = z.object({
  customer: search,
  product: search,
  receipt: search,
  sold: z.uuid().nullable().catch(null).default(null)
})
const screen = { schema: { querystring: look } } as const
const sent = { schema: { body: tillForm.default(() => tillForm.parse({})) } } as const

/** A browser that is tied and not locked, with its open cart; or the answer that it gets instead. */
type Opened = { browser: TillBrowser; cart: Cart } | { instead: Promise<string> | FastifyReply }

/** The till's own screen. Whose browser is tied to no till is asked to tie it; who was away for five minutes, for their password. */
export async function tillScreenRoutes(app: App, sessions: SessionCookie): Promise<void> {
  const cookie = createTillCookie(sessions.secure)

  async function open(request: FastifyRequest, reply: FastifyReply): Promise<Opened> {
    const { em, now } = request
    const token = cookie.tokenOf(request)
    const browser = token ? await findTillBrowser(em, token, sessions.tokenOf(request)) : undefined
    if (!browser || browser.isClosed) return { instead: tiePage(request, reply, browser ?? null) }
    if (isIdle(browser, now)) {
      if (request.method === 'POST')
        await keepTyped(request, await openCart(em, browser, now), request.body as TillForm)
      return { instead: await lockTill(request, reply, sessions) }
    }
    await noteUse(em, browser, now)
    return { browser, cart: await openCart(em, browser, now) }
  }

  app.get('/till', screen, async (request, reply) => {
    const opened = await open(request, reply)
    if ('instead' in opened) return opened.instead
    return tillPage(request, reply, { ...opened, look: request.query })
  })

  app.post('/till', sent, async (request, reply) => {
    const opened = await open(request, reply)
    if ('instead' in opened) return opened.instead
    if (request.body.do === 'lock') {
      await keepTyped(request, opened.cart, request.body)
      return lockTill(request, reply, sessions)
    }
    return act(request, reply, opened, request.body)
  })

  // Somebody is at the screen, though nothing of it is sent.
  app.post('/till/use', async (request, reply) => {
    const opened = await open(request, reply)
    return 'instead' in opened ? opened.instead : reply.code(204).send()
  })

  searchRoutes(app)
  newCustomerForm(app, open)
  tieRoutes(app, cookie)
}

export type OpenTill = (request: FastifyRequest, reply: FastifyReply) => Promise<Opened>
