import type { CookieSerializeOptions } from '@fastify/cookie'
import fastifyView from '@fastify/view'
import { Eta } from 'eta'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { iconsAt } from '../lib/icons.ts'
import type { Assets } from './assets.ts'

/** What each template needs, by its name. A page adds its own in its file, so that a missing field doesn't compile. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the features' module augmentation
export interface Views {}

export interface Flash {
  text: string
  tone?: 'success' | 'error'
  /** The bulk operation that its Undo undoes. */
  undo?: number
}

declare module 'fastify' {
  interface FastifyReply {
    locals?: object
    flashCookie: { name: string; options: CookieSerializeOptions }
    /** Renders a page; or, to htmx asking for a part of one, only `fragment`. */
    page<Name extends keyof Views & string>(template: Name, data: Views[Name], fragment?: string): Promise<string>
    /** The only redirect: after a change, on to `path`, with a word about what was done. */
    seeOther(path: string, flash?: string | Flash): FastifyReply
  }
}

const FLASH_SECONDS = 60
const FLASH_LENGTH = 1_000

interface Setting {
  assets: Assets
  production: boolean
  /** Behind https cookies are ours alone, also among the hosts of one domain. */
  secure: boolean
}

export async function setUpViews(app: FastifyInstance, { assets, production, secure }: Setting): Promise<void> {
  await app.register(fastifyView, {
    engine: { eta: createEta() },
    root: new URL('../../views', import.meta.url).pathname,
    viewExt: 'eta',
    production,
    // A request that is refused before it is known who asks gets its page all the same.
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
    // A page carries neither the indents of its templates nor, with the line breaks that Eta trims, their lines of logic.
    // In a view, a line break right after `%>` is therefore no space, and `<%-` takes away the one before it. Two traps
    // of Eta there: an apostrophe in a comment of `//` begins a string, and `options` is a name of its own.
    plugins: [{ processTemplate: (template) => template.replace(/^[ \t]+/gm, '') }],
    // A field that a template asks for and nobody gave is a mistake of ours: fail where the tests can see it.
    filterFunction(value: unknown) {
      if (value === undefined) throw new Error('A template printed undefined')
      return value === null ? '' : String(value)
    }
  })
  // Eta makes a key for each path that it looks up, which takes a fiftieth of a page's time.
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
  // A form that answers itself, as there is something to say of what was sent.
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
  // A redirect would keep htmx's headers and be answered with a fragment: have the browser go there itself.
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
