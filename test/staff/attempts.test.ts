import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { client, PASSWORD, type Shop, testApp, words } from '../helper.ts'

const ADMIN = 'admin@demo.test'
const right = (email = ADMIN) => ({ email, password: PASSWORD })
const wrong = (email = ADMIN) => ({ email, password: 'not this one' })

/** As if everybody had waited for as long as they were told to. */
async function letWaitsPass({ em }: Shop): Promise<void> {
  await rows(em, sql`update sign_in_attempt set expire = 0 where key like 'turn:%'`)
}

/** They have the tests' cheap password: to look at a wrong one for an account that nobody has takes fifty times as long. */
const addColleagues = ({ em }: Shop, many: number) =>
  rows(
    em,
    sql`
    insert into staff_member (name, email, role, password_hash)
    select 'Person ' || n, 'person' || n || '@demo.test', 'staff', (select min(password_hash) from staff_member)
    from generate_series(1, ${many}::int) n
  `
  )

t.test('an account that many tries fail for is slowed down, longer and longer, and says so', async (t) => {
  const shop = await testApp(t)
  const { anonymous } = shop
  for (let n = 0; n < 5; n++) t.equal((await anonymous.post('/sign-in', wrong())).statusCode, 422)
  const slowed = await anonymous.post('/sign-in', right())
  t.equal(slowed.statusCode, 429)
  t.match(words(slowed.body), /Too many tries for this account\. Wait 1[45] seconds, then try again\./)
  t.match(String(slowed.headers['retry-after']), /^1[45]$/)
  t.match(slowed.body, `value="${ADMIN}"`, 'the e-mail stays')
  await letWaitsPass(shop)
  t.equal((await anonymous.post('/sign-in', wrong())).statusCode, 422)
  t.match(words((await anonymous.post('/sign-in', right())).body), /Wait (30|29) seconds/)
  await letWaitsPass(shop)
  t.equal((await anonymous.post('/sign-in', right())).statusCode, 303, 'nobody is locked out')
  for (let n = 0; n < 4; n++) t.equal((await client(shop.app).post('/sign-in', wrong())).statusCode, 422, 'forgiven')
})

t.test('an address that nobody has is slowed down alike', async (t) => {
  const { anonymous } = await testApp(t)
  for (let n = 0; n < 5; n++) t.equal((await anonymous.post('/sign-in', wrong('nobody@demo.test'))).statusCode, 422)
  t.match(words((await anonymous.post('/sign-in', wrong('Nobody@demo.test'))).body), 'Too many tries for this account.')
})

t.test('many tries at once gain nothing', async (t) => {
  const { app } = await testApp(t)
  const answers = await Promise.all(Array.from({ length: 30 }, () => client(app).post('/sign-in', wrong())))
  const looked = answers.filter(({ statusCode }) => statusCode === 422)
  t.ok(looked.length <= 6, `${looked.length} of 30 were looked at`)
  t.equal(answers.length - looked.length, answers.filter(({ statusCode }) => statusCode === 429).length)
})

t.test('nor do they for many accounts from one address', async (t) => {
  const { app } = await testApp(t)
  const sprayed = Array.from({ length: 80 }, (_, n) => client(app).post('/sign-in', wrong(`guess${n}@demo.test`)))
  const answers = await Promise.all(sprayed)
  const looked = answers.filter(({ statusCode }) => statusCode === 422)
  t.ok(looked.length <= 24, `${looked.length} of 80 were looked at`)
  t.equal(answers.length - looked.length, answers.filter(({ statusCode }) => statusCode === 429).length)
})

t.test('a crowd has an end: who comes last is told when to come again, what was typed stays', async (t) => {
  const shop = await testApp(t, { config: { TRUST_PROXY: true } })
  await addColleagues(shop, 100)
  const known = await shop.as('staff')
  const crowd = Array.from({ length: 100 }, (_, n) =>
    client(shop.app).post('/sign-in', wrong(`person${n + 1}@demo.test`), { 'x-forwarded-for': `203.0.113.${n}` })
  )
  const own = known.post('/sign-in', right('staff@demo.test'))
  const answers = await Promise.all(crowd)
  const refused = answers.filter(({ statusCode }) => statusCode === 429)
  t.ok(refused.length >= 40 && refused.length <= 50, `${refused.length} of 100`)
  const [one] = refused
  t.match(words(one?.body ?? ''), 'Too many people are signing in right now. Wait 5 seconds, then try again.')
  t.equal(one?.headers['retry-after'], '5')
  t.match(one?.body, /value="person\d+@demo\.test"/)
  t.equal((await own).statusCode, 303, 'a browser that is known gets in')
})

t.test('a shop whose tills all sign in at the same moment gets in', async (t) => {
  const { app } = await testApp(t)
  const answers = await Promise.all(Array.from({ length: 40 }, () => client(app).post('/sign-in', right())))
  t.same(new Set(answers.map(({ statusCode }) => statusCode)), new Set([303]))
})

t.test('colleagues at the same address are not held up by one who keeps failing', async (t) => {
  const { anonymous, as } = await testApp(t)
  for (let n = 0; n < 10; n++) await anonymous.post('/sign-in', wrong('staff@demo.test'))
  t.equal((await (await as('manager')).get('/groups')).statusCode, 200)
})

t.test('a browser that somebody has signed in with before is theirs, whatever strangers do', async (t) => {
  const shop = await testApp(t)
  const own = await shop.as('admin')
  await own.post('/sign-out')
  for (let n = 0; n < 10; n++) await shop.anonymous.post('/sign-in', wrong())
  t.equal((await shop.anonymous.post('/sign-in', right())).statusCode, 429)
  t.equal((await own.post('/sign-in', right())).statusCode, 303)
  await own.post('/sign-out')
  for (let n = 0; n < 5; n++) t.equal((await own.post('/sign-in', wrong())).statusCode, 422)
  t.equal((await own.post('/sign-in', right())).statusCode, 429, 'but not without limit')
})

t.test('a known browser is nothing to another account', async (t) => {
  const shop = await testApp(t)
  const own = await shop.as('staff')
  const cookie = own.cookies.get('known-1') ?? [...own.cookies].find(([name]) => name.startsWith('known-'))?.[1] ?? ''
  const forged = client(shop.app)
  for (const id of [1, 2, 3]) forged.cookies.set(`known-${id}`, cookie)
  for (let n = 0; n < 6; n++) await forged.post('/sign-in', wrong())
  t.equal((await forged.post('/sign-in', right())).statusCode, 429)
})

t.test(
  'an address is slowed down only when many accounts have failed from it; each who gets in counts no more',
  async (t) => {
    const shop = await testApp(t, { config: { TRUST_PROXY: true } })
    const from = (ip: string) => ({ 'x-forwarded-for': ip })
    const post = (ip: string, form: Record<string, string>) => client(shop.app).post('/sign-in', form, from(ip))
    for (let n = 0; n < 21; n++) t.equal((await post('203.0.113.7', wrong(`guess${n}@demo.test`))).statusCode, 422)
    t.equal((await post('203.0.113.7', wrong('guess21@demo.test'))).statusCode, 422, 'the first turn')
    const slowed = await post('203.0.113.7', right())
    t.equal(slowed.statusCode, 429)
    t.match(words(slowed.body), /Too many tries from this network\. Wait \d+ seconds, then try again\./)
    t.equal((await post('198.51.100.1', right())).statusCode, 303, 'elsewhere all is as ever')
    await letWaitsPass(shop)
    t.equal((await post('203.0.113.7', right())).statusCode, 303)
  }
)

t.test('a whole shop that mistypes once and then gets it right is not slowed down', async (t) => {
  const shop = await testApp(t)
  await addColleagues(shop, 30)
  for (let n = 1; n <= 30; n++) {
    const browser = client(shop.app)
    t.equal((await browser.post('/sign-in', wrong(`person${n}@demo.test`))).statusCode, 422)
    t.equal((await browser.post('/sign-in', right(`person${n}@demo.test`))).statusCode, 303)
  }
})
