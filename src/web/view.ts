import type { CookieSerializeOptions } from '@fastify/cookie'
import fastifyView from '@fastify/view'
import { Eta } from 'eta'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { iconsAt } from '../lib/icons.ts'
import type { Assets } from './assets.ts'

/**
 * The fields that each template needs, by the template's name. Each page adds its own, so that a missing field does not
 * compile.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the features' module augmentation
export interface Views {}

export interface Flash {
  text: string
  tone?: 'success' | 'error'
  /** The id of the bulk operation that the message's Undo button undoes. */
  undo?: number
}

declare module 'fastify' {
  interface FastifyReply {
    locals?: object
    flashCookie: { name: string; options: CookieSerializeOptions }
    /** Renders a whole page or, if htmx asks for a part of it, only `fragment`. */
    page<Name extends keyof Views & string>(template: Name, data: Views[Name], fragment?: string): Promise<string>
    /** The only redirect: after a change it leads to `path`, where a message says what was done. */
    seeOther(path: string, flash?: string | Flash): FastifyReply
  }
}

const FLASH_SECONDS = 60
const FLASH_LENGTH = 1_000

interface ViewOptions {
  assets: Assets
  production: boolean
  /**
   * True if pages come by https. Cookies then have the prefix __Host-, so that other hosts of the same domain can't set
   * them.
   */
  secure: boolean
}

export async function setUpViews(app: FastifyInstance, { assets, production, secure }: ViewOptions): Promise<void> {
  await app.register(fastifyView, {
    engine: { eta: createEta() },
    root: new URL('../../views', import.meta.url).pathname,
    viewExt: 'eta',
    production,
    // A request that is refused before its user is known gets a page too, so that page must not need a user.
    defaultContext: {
      icon: iconsAt(assets.url('icons.svg')),
      asset: assets.url,
      user: null,
      retailer: null,
      now: null,
      nav: [],
      path: null,
      f: null,
      may: () => false
    }
  })
  const options = { path: '/', httpOnly: true, sameSite: 'lax', secure: secure || 'auto' } as const
  const flashCookie = { name: secure ? '__Host-flash' : 'flash', options }
  app.decorateReply('flashCookie', { getter: () => flashCookie })
  app.decorateReply('page', page)
  app.decorateReply('seeOther', seeOther)
}

function createEta(): Eta {
  const eta = new Eta({
    autoFilter: true,
    // Indents of templates are not sent, nor are lines of logic, because Eta trims the line break after them. So in a
    // view a line break right after `%>` is no space, and `<%-` removes the one before it. Two traps of Eta: an
    // apostrophe in a `//` comment begins a string, and Eta itself uses the name `options`.
    plugins: [{ processTemplate: (template) => template.replace(/^[ \t]+/gm, '') }],
    // A field that a template uses and nobody gave is a mistake, so the page fails, where tests can see it.
    filterFunction(value: unknown) {
      if (value === undefined) throw new Error('A template printed undefined')
      return value === null ? '' : String(value)
    }
  })
  // Eta makes a key for each path that it looks up, which takes a fiftieth of a page's time, so paths are remembered.
  const paths = new Map<string, string>()
  const resolve = eta.resolvePath
  eta.resolvePath = (template, options) => {
    const key = `${options?.filepath} ${template}`
    const path = paths.get(key) ?? resolve.call(eta, template, options)
    paths.set(key, path)
    return path
  }
  return eta
}

export function wantsFragment(request: FastifyRequest): boolean {
  return request.headers['hx-request-type'] === 'partial'
}

async function page(this: FastifyReply, template: string, data: object, fragment?: string): Promise<string> {
  this.header('vary', 'HX-Request-Type').header('cache-control', 'no-store').type('text/html; charset=utf-8')
  // A POST that renders a page shows a form again, with something to say about it.
  const isSent = this.request.method === 'POST'
  if (fragment && wantsFragment(this.request)) return this.viewAsync(fragment, { ...data, isSent, fragment: true })
  const flash = takeFlash(this)
  const layout = this.request.user ? 'layout' : 'plain'
  return this.viewAsync(template, { ...data, isSent, flash, fragment: false }, { layout })
}

function seeOther(this: FastifyReply, path: string, flash?: string | Flash): FastifyReply {
  const { name, options } = this.flashCookie
  if (flash) this.setCookie(name, encodeFlash(flash), { ...options, maxAge: FLASH_SECONDS })
  this.header('cache-control', 'no-store')
  // htmx would follow a redirect with its own headers and get a fragment, so the browser is told to go there itself.
  if (this.request.headers['hx-request']) return this.code(204).header('HX-Redirect', path).send()
  return this.redirect(path, 303)
}

function encodeFlash(flash: string | Flash): string {
  const { text, ...rest }: Flash = typeof flash === 'string' ? { text: flash } : flash
  return Buffer.from(JSON.stringify({ text: text.slice(0, FLASH_LENGTH), ...rest })).toString('base64url')
}

function takeFlash(reply: FastifyReply): Flash | null {
  const { name, options } = reply.flashCookie
  const value = reply.request.cookies[name]
  if (!value) return null
  reply.clearCookie(name, options)
  try {
    return flashFields.safeParse(JSON.parse(Buffer.from(value, 'base64url').toString())).data ?? null
  } catch {
    return null
  }
}

const flashFields = z.object({
  text: z.string(),
  tone: z.enum(['success', 'error']).optional(),
  undo: z.int().positive().optional()
})
