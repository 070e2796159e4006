import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { id } from '../../lib/fields.ts'
import { findOpenTills, type OpenTill } from '../../till-screen/open-tills.ts'
import {
  type ListedBrowser,
  listBrowsers,
  type TillBrowser,
  tieBrowser,
  untieBrowser
} from '../../till-screen/till-browser.ts'
import type { Shop } from '../../tills/shop.ts'
import { Till } from '../../tills/till.ts'
import type { App } from '../../web/validation.ts'
import { actorOf } from '../shared/access.ts'
import type { TillCookie } from './till-cookie.ts'

declare module '../../web/view.ts' {
  interface Views {
    'till/tie': { title: string; active: 'till'; tills: OpenTill[]; closed: TillBrowser | null }
    'till/browsers': { title: string; active: 'till'; browsers: ListedBrowser[] }
  }
}

const role = 'manager' as const
const manage = { config: { role } } as const
const tie = { config: { role }, schema: { body: z.object({ till: id }) } } as const
const untie = { config: { role }, schema: { body: z.object({ browser: id }) } } as const

/** Managers tie a browser to a till, and untie any. */
export function tieRoutes(app: App, cookie: TillCookie): void {
  app.post('/till/tie', tie, async (request, reply) => {
    const till = await request.em.findOneOrFail(Till, request.body.till, { populate: ['shop'] })
    const token = await tieBrowser(request.em, till as Till & { shop: Shop }, actorOf(request))
    cookie.set(reply, token)
    return reply.seeOther('/till', `This browser is tied to till ${till.name}.`)
  })

  app.get('/till/browsers', manage, async (request, reply) => {
    const browsers = await listBrowsers(request.em)
    return reply.page('till/browsers', { title: 'Tied browsers', active: 'till', browsers })
  })

  app.post('/till/untie', untie, async (request, reply) => {
    await untieBrowser(request.em, request.body.browser, actorOf(request))
    return reply.seeOther('/till/browsers', 'The browser is untied.')
  })
}

/** What a browser shows that is tied to no till, or to a closed one. */
export async function tiePage(request: FastifyRequest, reply: FastifyReply, closed: TillBrowser | null) {
  const tills = request.user?.may('manager') ? await findOpenTills(request.em) : []
  return reply.page('till/tie', { title: 'Till', active: 'till', tills, closed })
}
