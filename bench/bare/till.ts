import { createHash } from 'node:crypto'
import Fastify from 'fastify'
import pg from 'pg'
import { key, lookup } from '../till-yardsticks.ts'

// The yardstick of lookups by tills: it checks the key, runs the leanest SQL through a pool and answers in JSON.
const { DATABASE_URL, PORT } = process.env
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 })
const app = Fastify()

app.get<{ Querystring: { phone: string } }>('/api/v1/customers', async (request, reply) => {
  const [, token = ''] = /Bearer (.+)/.exec(request.headers.authorization ?? '') ?? []
  const found = await pool.query({ name: 'key', text: key, values: [createHash('sha256').update(token).digest()] })
  if (!found.rowCount) return reply.code(401).send()
  const { rows } = await pool.query({ name: 'lookup', text: lookup, values: [request.query.phone] })
  return { items: rows, next: null }
})
app.get('/api/v1/shop', async () => ({}))
app.get('/ready', async () => pool.query('select 1').then(() => 'ready'))

await app.listen({ host: '127.0.0.1', port: Number(PORT) })
