import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { drawGears, drawIcons } from '../lib/icons.ts'
import { encodingFor } from './compression.ts'

const toBrotli = promisify<Buffer, Buffer>(brotliCompress)
const toGzip = promisify<Buffer, { level: number }, Buffer>(gzip)

const PUBLIC = new URL('../../public/', import.meta.url)
const HTMX = new URL('../../node_modules/htmx.org/dist/htmx.min.js', import.meta.url)
const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json'
}

/**
 * Reads the files of public/, the icons and htmx, whose URLs contain a hash of their content. Each is compressed once,
 * when it is first requested.
 */
export function loadAssets() {
  const gears = drawGears().map(({ name, picture }) => asset(name, Buffer.from(picture)))
  const files = readdirSync(PUBLIC, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => asset(name, contentOf(name, readFileSync(new URL(name, PUBLIC)), gears)))
  const all = [...files, ...gears, asset('icons.svg', Buffer.from(drawIcons())), asset('htmx.js', readFileSync(HTMX))]
  return {
    byUrl: new Map(all.map((one) => [one.url, one])),
    url(name: string): string {
      const found = all.find((one) => one.name === name)
      if (!found) throw new Error(`There is no file ${name} in public/`)
      return found.url
    }
  }
}

function contentOf(name: string, source: Buffer, pictures: { name: string; url: string }[]): Buffer {
  if (extname(name) === '.js') return Buffer.from(minify(source.toString()))
  if (extname(name) === '.css')
    return Buffer.from(withPictures(withConstants(inlineImports(source.toString())), pictures))
  return source
}

// Strings and templates are kept. Elsewhere the spaces around signs that need none are removed, but not around + and -,
// because "a - -b" needs its spaces.
const LEAN = /'(?:[^'\\\n]|\\.)*'|`[^`]*`|\s*([%<>=!&|?:,;({[]+)\s*|\s+([.)}\]])/g

/**
 * A script without what only helps readers of its source: comments on lines of their own, indents and spaces. "const"
 * becomes the shorter "let".
 */
function minify(script: string): string {
  const bare = script.replace(/^\s*(?:\/\/.*\n|\/\*\*.*\*\/\n)?/gm, '').replace(/^(for \()?const /gm, '$1let ')
  return bare.replace(LEAN, (all, sign, close) => sign ?? close ?? all)
}

/**
 * A style sheet in which each @import is replaced by the file it names, without comments and indents, so that one
 * request fetches everything.
 */
function inlineImports(sheet: string): string {
  const whole = sheet.replace(/^@import "(.+)";$/gm, (_line, path) => readFileSync(new URL(path, PUBLIC), 'utf8'))
  return whole
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s*\n\s*/g, '\n')
    .trim()
}

/**
 * A style sheet in which each custom property that has the same value on every screen is replaced by that value.
 * Browsers then have nothing to look up.
 */
function withConstants(sheet: string): string {
  const byName = Map.groupBy(sheet.matchAll(/^(--[\w-]+): (.+);\n/gm), ([, name]) => name)
  const constants = [...byName.values()].filter(([one, another]) => !another && !one?.[2]?.includes('var('))
  return constants
    .flat()
    .reduce((text, [line, name, value = '']) => text.replace(line, '').replaceAll(`var(${name})`, value), sheet)
}

function withPictures(sheet: string, pictures: { name: string; url: string }[]): string {
  return pictures.reduce((text, { name, url }) => text.replaceAll(`url(${name})`, `url(${url})`), sheet)
}

function asset(name: string, body: Buffer) {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 10)
  const extension = extname(name)
  return {
    name,
    url: `/assets/${name.slice(0, -extension.length)}.${hash}${extension}`,
    type: TYPES[extension] ?? 'application/octet-stream',
    bodies: { br: lazily(() => toBrotli(body)), gzip: lazily(() => toGzip(body, { level: 9 })), identity: () => body }
  }
}

function lazily<Value>(make: () => Value): () => Value {
  let made: Value | undefined
  return () => {
    made ??= make()
    return made
  }
}

export type Assets = ReturnType<typeof loadAssets>

export function serveAssets(app: FastifyInstance, assets: Assets): void {
  app.get('/assets/*', { config: { public: true } }, async (request, reply) => {
    const found = assets.byUrl.get(request.url)
    if (!found) return reply.callNotFound()
    const encoding = encodingFor(request)
    if (encoding !== 'identity') reply.header('content-encoding', encoding)
    return reply
      .headers({ 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' })
      .type(found.type)
      .send(await found.bodies[encoding]())
  })
}
