import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Eta } from 'eta'
import Fastify from 'fastify'
import pg from 'pg'
import { compressPages } from '../../src/web/compression.ts'
import { session } from '../yardsticks.ts'
import { format } from './template.ts'

/** The page that it answers with, which bench/bare/compare.ts writes to a file. */
export interface BarePage {
  path: string
  sql: string
  template: string
}

// This is the yardstick of requests per second: it finds the session, runs a page's leanest SQL through a pool, renders
// and compresses.
const { DATABASE_URL, PORT, PAGE = '' } = process.env
const { path, sql, template }: BarePage = JSON.parse(readFileSync(PAGE, 'utf8'))
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 })
const eta = new Eta()
const page = eta.compile(template)
const app = Fastify()

compressPages(app)
app.get(path, async (request, reply) => {
  const [, token = ''] = /session=([^;]+)/.exec(request.headers.cookie ?? '') ?? []
  const values = [createHash('sha256').update(token).digest()]
  const found = await pool.query({ name: 'session', text: session, values })
  if (!found.rowCount) return reply.code(401).send()
  const { rows } = await pool.query({ name: 'page', text: sql })
  return reply.type('text/html; charset=utf-8').send(eta.render(page, { rows, f: format }))
})
app.get('/ready', async () => pool.query('select 1').then(() => 'ready'))

await app.listen({ host: '127.0.0.1', port: Number(PORT) })
