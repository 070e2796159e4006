import { execFile } from 'node:child_process'
import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { count, testApp, words } from '../helper.ts'
import { addShop, addTill, isGood } from './helper.ts'

const PROGRAM = new URL('../../src/cli/till-key.ts', import.meta.url).pathname

function tillKey(url: string, ...args: string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const env = { PATH: process.env.PATH, DATABASE_URL: url }
    execFile(process.execPath, [PROGRAM, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}

const now = () => new Date()
const HIGH_STREET = ['--shop', 'High Street', '--till', '1']

t.test('the command prints a key that lets in, and makes the shop and the till where they are missing', async (t) => {
  const shop = await testApp(t, { clock: now })
  const { url, em } = shop
  const keys: string[] = []
  for (const names of [HIGH_STREET, ['--shop=high STREET', '--till= 1 ']]) {
    const { code, stdout, stderr } = await tillKey(url, ...names)
    t.same([code, stderr], [0, ''])
    t.match(stdout, /^clt_[\w-]{43}\n$/, 'nothing but the key')
    keys.push(stdout.trim())
  }
  const third = await tillKey(url, ...HIGH_STREET, '--scopes', 'sales:write, groups:write')
  const hint = keys[0]?.slice(-4)
  t.match(third.stdout, `The till had two keys, so the older one, …${hint}, has ended.\nclt_`)
  keys.push(third.stdout.trim().split('\n').at(-1) ?? '')
  const good = keys.map((key) => isGood(shop, key, now()))
  t.same(await Promise.all(good), [false, true, true])
  t.equal(await count(em, sql`select (select count(*) from shop)::int + (select count(*) from till)::int as n`), 2)
  t.same(
    await rows(em, sql`select scopes from till_key order by id`),
    [
      ['customers:read', 'customers:write', 'sales:read', 'sales:write'],
      ['customers:read', 'customers:write', 'sales:read', 'sales:write'],
      ['sales:write', 'groups:write']
    ].map((scopes) => ({ scopes }))
  )
  const admin = await shop.as('admin')
  t.match(words((await admin.get('/settings/tills/1')).body), 'by the command')
  t.match(words((await admin.get('/activity')).body), 'Someone at the server made a key for till 1 of High Street')
})

t.test('several at once make one shop and one till', async (t) => {
  const { url, em } = await testApp(t)
  const answers = await Promise.all([1, 2].map(() => tillKey(url, ...HIGH_STREET)))
  t.same(
    answers.map(({ code }) => code),
    [0, 0]
  )
  t.equal(await count(em, sql`select count(*)::int as n from till join shop on shop.id = shop_id`), 1)
})

t.test('what is missing, wrong or closed is said in a sentence, and nothing is made', async (t) => {
  const { url, em, as } = await testApp(t)
  const admin = await as('admin')
  const id = await addShop(admin, 'High Street')
  await admin.post(`/settings/tills/${await addTill(admin, id, 'Shut')}/closing`)
  await admin.post(`/settings/shops/${await addShop(admin, 'Market')}/closing`)
  const usage = 'npm run till-key -- --shop "High Street" --till "1" [--scopes customers:read,sales:write]'
  const cases = [
    [[], `Give --shop: ${usage}`],
    [['--shop', 'High Street'], `Give --till: ${usage}`],
    [['--shop', ' ', '--till', '1'], `Give --shop: ${usage}`],
    [['--shop', 'x'.repeat(81), '--till', '1'], '--shop must have at most 80 characters.'],
    [[...HIGH_STREET, '--price', '1'], `Unknown option '--price': ${usage}`],
    [
      [...HIGH_STREET, '--scopes', 'sales:read,sales'],
      'There is no scope “sales”. There are customers:read, customers:write, sales:read, sales:write, groups:write.'
    ],
    [['--shop', 'High Street', '--till', 'shut'], 'Till Shut of High Street is closed. Open it first.'],
    [['--shop', 'Market', '--till', '1'], 'The shop Market is closed. Open it first.']
  ] as const
  const answers = await Promise.all(cases.map(([args]) => tillKey(url, ...args)))
  t.same(
    answers,
    cases.map(([, sentence]) => ({ code: 1, stdout: '', stderr: `${sentence}\n` }))
  )
  t.equal(await count(em, sql`select count(*)::int as n from till`), 1)
  t.equal(await count(em, sql`select count(*)::int as n from till_key`), 0)
  t.match(await tillKey(url, '--help'), { code: 0, stdout: usage })
})

t.test('before the set-up there is nobody to make a key for', async (t) => {
  const { url } = await testApp(t, { retailer: false })
  t.same(await tillKey(url, ...HIGH_STREET), {
    code: 1,
    stdout: '',
    stderr: 'This Clientele is not set up yet. Start it and open its set-up link first.\n'
  })
})
