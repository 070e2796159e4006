import type { InjectOptions } from 'fastify'
import t from 'tap'
import { type Client, testApp } from '../helper.ts'
import { HOSTILE, type Hostile, MULTIPART, watched } from './hostile.ts'
import { wrongWith } from './nasty.ts'

const shop = await testApp(t)
const people: [string, Client][] = [
  ['nobody', shop.anonymous],
  ['staff', await shop.as('staff')],
  ['manager', await shop.as('manager')]
]

interface Place {
  method: InjectOptions['method']
  url: string
  takesFiles: boolean
  isForPrograms: boolean
  /** It reads JSON, from whoever has a key. */
  readsJson: boolean
}

const places = shop.routes.flatMap(({ method, url, config, schema }) =>
  [method].flat().map(
    (one): Place => ({
      method: one as Place['method'],
      url: url.replace(/:\w+/g, '1').replace('*', 'x'),
      takesFiles: Boolean(config?.isUpload),
      isForPrograms: url.startsWith('/api/') && url !== '/api/v1/docs',
      readsJson: url.startsWith('/api/') && Boolean(schema?.body)
    })
  )
)
const LARGEST_FORM = 64 * 1024
const SLACK = 32 * 1024
const isRead = ({ method, isForPrograms }: Place) => method === 'POST' && !isForPrograms

function bodiesFor(place: Place): Hostile[] {
  if (!isRead(place)) return [MULTIPART]
  return place.takesFiles ? HOSTILE : [...HOSTILE, MULTIPART]
}

function wrongToPrograms({ headers, body }: { headers: Record<string, unknown>; body: string }): string | null {
  if (!String(headers['content-type']).startsWith('application/problem+json'))
    return `answered ${headers['content-type']}`
  return /^[A-Z].+ .+\.$/.test(JSON.parse(body).detail) ? null : 'answered without a sentence'
}

function expectedOf(place: Place, { isTooMuch, headers }: Hostile): number {
  if (place.readsJson && headers['content-type'] === 'application/json' && !headers['content-encoding']) return 401
  return isTooMuch && isRead(place) && !place.takesFiles ? 413 : 415
}

/** What is wrong with the answer, or null. */
async function problemOf(place: Place, browser: Client, hostile: Hostile): Promise<string | null> {
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const { stream, given } = watched(hostile.body)
  const length: Record<string, string> = hostile.isUnmeasured
    ? { 'transfer-encoding': 'chunked' }
    : { 'content-length': String(hostile.body.length) }
  const headers = { host: 'localhost', origin: 'http://localhost', cookie, ...hostile.headers, ...length }
  const answer = await shop.app.inject({ method: place.method, url: place.url, payload: stream, headers })
  const expected = expectedOf(place, hostile)
  // How much there is shows only once it is read, which it is for nobody who may not send it.
  const isReadFirst = expected === 413 && hostile.isUnmeasured
  if (answer.statusCode !== expected && !(isReadFirst && answer.statusCode === 403))
    return `answered ${answer.statusCode} instead of ${expected}`
  if (given() > (isReadFirst && answer.statusCode === 413 ? LARGEST_FORM + SLACK : 0)) return `read ${given()} bytes`
  if (place.method === 'HEAD') return null
  return place.isForPrograms ? wrongToPrograms(answer) : wrongWith(answer)
}

for (const [who, browser] of people) {
  t.test(`no route reads what it has no use for, from ${who}`, async (t) => {
    const met: string[] = []
    for (const place of places) {
      const found = bodiesFor(place).map(async (hostile) => {
        const problem = await problemOf(place, browser, hostile)
        return problem ? [`${place.method} ${place.url}, ${hostile.what}: ${problem}`] : []
      })
      met.push(...(await Promise.all(found)).flat())
    }
    t.same(met, [])
    t.ok(places.length > 100, `${places.length} places`)
  })
}
