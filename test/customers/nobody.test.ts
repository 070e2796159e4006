import t from 'tap'
import { testApp, words } from '../helper.ts'
import { fieldValue, linkNamed, primaries } from '../page.ts'
import { addCustomer, addList } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const staff = await shop.as('staff')
const news = await addList(em, 'Newsletter')
await addCustomer(em, { firstName: 'Aaron', lastName: 'Bergman', lists: [news] })
await addCustomer(em, { firstName: 'Zoë', lastName: 'Müller' })
await addCustomer(em, { firstName: 'Оксана', lastName: 'Лисенко' })
await addCustomer(em, { firstName: 'Li', lastName: 'Li' })

/** A suggestion that is late is not shown, as on a machine that is busy: then it is asked for again. */
const suggesting = async (q: string, path = '/customers') => {
  for (let time = 0; time < 50; time++) {
    const page = await searched(q, path)
    if (words(page).includes('Did you mean')) return page
  }
  return ''
}
const searched = async (q: string, path = '/customers', more = {}) =>
  (await staff.get(`${path}?${new URLSearchParams({ q, ...more })}`)).body

t.test('what was typed goes into the form of a new customer', async (t) => {
  const cases: [q: string, label: string, fields: Record<string, string>][] = [
    ['555 0999', 'with 555 0999', { phone: '555 0999' }],
    ['+44 (0)20 7946 0999', 'with +44 (0)20 7946 0999', { phone: '+44 (0)20 7946 0999' }],
    ['new@example.com', 'with new@example.com', { email: 'new@example.com' }],
    ['Cher', 'called Cher', { firstName: 'Cher' }],
    ['Ana María Ruiz', 'called Ana María Ruiz', { firstName: 'Ana María', lastName: 'Ruiz' }],
    ['Ann 555 0999', 'called Ann with 555 0999', { firstName: 'Ann', phone: '555 0999' }],
    ['<b>"x', 'called <b>"x', { firstName: '<b>"x' }]
  ]
  for (const [q, label, fields] of cases) {
    const page = await searched(q)
    const link = /<a class="button" href="(\/customers\/new\?[^"]*)">/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? ''
    t.match(words(page), `New customer ${label}`)
    t.equal(primaries(page), 1, 'New Customer above; no second one beside it')
    const form = (await staff.get(link)).body
    for (const name of ['firstName', 'lastName', 'phone', 'email'])
      t.equal(fieldValue(form, name), fields[name] ?? '', q)
  }
  t.equal(fieldValue((await staff.get('/customers/new')).body, 'phone'), '')
})

t.test('nothing odd in the address of that form breaks it', async (t) => {
  for (const odd of ['%00', '%E2%80%AE', 'x'.repeat(5_000), '%ED%A0%80']) {
    const { statusCode, body } = await staff.get(`/customers/new?firstName=${odd}&phone=1&phone=2`)
    t.equal(statusCode, 200)
    if (odd !== '%ED%A0%80') t.equal(fieldValue(body, 'firstName'), '')
    t.equal(fieldValue(body, 'phone'), '')
  }
})

t.test('names with one letter wrong, missing, too many or in its neighbour’s place are offered', async (t) => {
  for (const q of ['Bergmann', 'Bergmam', 'bergan', 'BREGMAN', 'xBergman'])
    t.equal(linkNamed(await suggesting(q), 'Bergman'), '/customers?q=Bergman', q)
  t.equal(
    linkNamed(await suggesting('aaron bergmann'), 'aaron Bergman'),
    '/customers?q=aaron+Bergman',
    'one of several words'
  )
  t.match(words(await suggesting('muler')), 'Did you mean Müller ?')
  t.match(words(await suggesting('Лесенко')), 'Did you mean Лисенко ?')
})

t.test('only what finds somebody is offered', async (t) => {
  for (const q of [
    'zoe bergmann',
    'bergxxan',
    'lo',
    'custmer',
    '5551',
    'bergmann@example.com',
    '\u0301\u0301\u0301',
    "'';--"
  ])
    t.notMatch(words(await searched(q)), 'Did you mean', q)
  const path = `/groups/${news}/customers`
  t.match(words(await suggesting('bergmann', path)), 'Did you mean Bergman ?')
  t.notMatch(words(await searched('muler', path)), 'Did you mean', 'nobody of that name is in the list')
  t.notMatch(words(await searched('bergmann', '/customers', { location: 'Rome' })), 'Did you mean')
})

t.test('the words fit what was typed', async (t) => {
  t.match(words(await searched('555 0999 77')), 'No customers match Check the number, or type fewer digits.')
  t.match(words(await searched('a@b.example')), 'Check the address, or type less of it.')
  t.match(
    words(await searched('quux', '/customers', { gender: 'female' })),
    'or type less of the name. Or remove a filter.'
  )
  t.match(words((await staff.get('/customers?gender=other')).body), 'Remove a filter to see more.')
  const page = await searched('quux', `/groups/${news}/customers`)
  t.match(words(page), 'No match among 1 customer. Check the spelling')
  t.equal(linkNamed(page, 'Search all customers'), '/customers?q=quux')
})

t.test('nobody without a sign-in sees any of it', async (t) => {
  t.match((await shop.anonymous.get('/customers/new?phone=1')).headers.location, '/sign-in')
})
