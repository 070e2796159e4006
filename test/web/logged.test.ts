import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import t from 'tap'
import { Customer } from '../../src/customers/customer.ts'
import { rows } from '../../src/db/rows.ts'
import { errorForLog } from '../../src/lib/logged-error.ts'
import { jobForLog, urlForLog } from '../../src/web/logged.ts'
import { testApp } from '../helper.ts'
import { addCustomer } from '../shop.ts'

const run = promisify(execFile)

t.test('of an address the log has the path and the names of parameters', (t) => {
  const logged = {
    '/customers': '/customers',
    '/customers?q=%2B12065550177': '/customers?q=…',
    '/customers?q=Ann&location=Bonn&after=WyJBbm4iLDFd': '/customers?q=…&location=…&after=…',
    '/customers?q=Ann?&q=Lee': '/customers?q=…',
    '/customers?Ann': '/customers?…',
    '/customers?': '/customers',
    '/customers?q': '/customers?…',
    '/link/token?x=1': '/link/…?x=…',
    '/set-up%2ftoken': '/set-up%2f…'
  }
  for (const [url, expected] of Object.entries(logged)) t.equal(urlForLog(url), expected, url)
  t.end()
})

t.test('of an error the log has no row that it is about', async (t) => {
  const { em } = await testApp(t)
  await addCustomer(em, { email: 'hush@example.org' })
  const other = await addCustomer(em)
  const failures = [
    () => em.nativeUpdate(Customer, { id: other }, { email: 'hush@example.org' }),
    () => rows(em, sql`update customer set email = 'hush@example.org' where id = ${other}`),
    () => rows(em, sql`update customer set first_name = 'hush', phone = null, email = null where id = ${other}`),
    () => rows(em, sql`select ${'hush "of" hush'}::int`),
    () => rows(em, sql`select ${'31.31.hush'}::date`)
  ]
  for (const fail of failures) {
    const error = await fail().then(
      () => null,
      (error: unknown) => error
    )
    for (const told of [errorForLog(error), jobForLog({ failure: true, job: { id: '7' }, error }).error]) {
      t.match(told, { message: /violates|invalid/, code: /^2/, stack: /\n\s+at / })
      t.notMatch(JSON.stringify(told), 'hush')
    }
    t.notMatch(JSON.stringify(errorForLog(new Error('Wrapped', { cause: error }))), 'hush')
  }
  t.same(jobForLog(undefined), {})
})

t.test('no name, phone or e-mail of a customer comes into the log, whatever is asked for and goes wrong', async (t) => {
  const { url, em } = await testApp(t)
  const id = await addCustomer(em, { firstName: 'Hushina', phone: '+12065550177', email: 'hush@example.org' })
  const program = `
    import { buildApp } from './src/app.ts'
    import { createOrm } from './src/entities.ts'
    const orm = createOrm(process.argv[1])
    const app = await buildApp({ orm, config: { LOG_LEVEL: 'trace', TRUST_PROXY: false } })
    const form = { origin: 'http://localhost', host: 'localhost', 'content-type': 'application/x-www-form-urlencoded' }
    const signIn = { method: 'POST', url: '/sign-in?next=%2Fcustomers%3Fq%3DHushina', headers: form }
    const { cookies } = await app.inject({ ...signIn, payload: 'email=manager@demo.test&password=clientele-demo' })
    const headers = { ...form, cookie: cookies.map(({ name, value }) => name + '=' + value).join('; ') }
    const said = []
    const ask = async (url, payload) => {
      const { statusCode } = await app.inject({ url, headers, ...(payload && { method: 'POST', payload }) })
      said.push(statusCode)
    }
    await ask('/customers?q=Hushina')
    await ask('/customers?q=%2B12065550177&location=Hushville&after=' + Buffer.from('["Hushina",1]').toString('base64url'))
    await ask('/groups?q=Hushina')
    await ask('/no-such-page?q=Hushina')
    await ask('/customers?Hushina')
    await ask('/customers/add?age-from=Hushina')
    await ask('/customers/${id}/deletion', 'name=Hushina+Else')
    await ask('/customers/${id}/edit', 'firstName=Hushina&phone=2065550177&version=9')
    await ask('/customers', 'firstName=Hushina&email=hush%40example.org&key=no-key')
    await app.inject({ url: '/customers?q=Hushina', headers: form })
    const { cause } = await orm.em.execute('alter table customer_totals rename to away').then(() => ({}), (cause) => ({ cause }))
    await ask('/customers?q=Hushina')
    await ask('/customers', 'firstName=Hushina&email=hush2%40example.org&key=' + crypto.randomUUID())
    await app.close()
    await orm.close()
    console.log(JSON.stringify({ said, cause }))
  `
  const cwd = new URL('../..', import.meta.url)
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program, url], { cwd })
  t.match(stdout, '"said":[200,303,200,404,200,422,422,409,422,500,500]')
  t.match(stdout, '"url":"/customers?q=…"')
  t.match(stdout, '"url":"/customers?q=…&location=…&after=…"')
  t.match(stdout, '"url":"/sign-in?next=…"')
  t.match(stdout, 'request failed')
  t.notMatch(stdout, /hush/i)
  t.notMatch(stdout, '2065550177')
})
