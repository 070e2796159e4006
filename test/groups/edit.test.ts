import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { row } from '../../src/db/rows.ts'
import { count, testApp, words } from '../helper.ts'
import { fieldValue, flashOf, linkNamed } from '../page.ts'
import { addGroup, addList, DEFAULT, WALK_IN } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')

const SETTINGS = { restrictsPurchases: 'true', allowsOnAccount: 'true', allowsDiscounts: 'true' }
const kept = (id: number | string) =>
  row(
    em,
    sql`
    select name, description, kind, restricts_purchases as restricts, allows_on_account as account, allows_discounts as discounts, version
    from customer_group where id = ${Number(id)}`
  )
const limitOf = (id: number) =>
  row(
    em,
    sql<{
      limit: string | null
      version: number
    }>`select largest_discount as limit, version from customer_group where id = ${id}`
  )
const switches = (html: string) => html.match(/role="switch"[^>]*checked/g)?.length ?? 0

t.test('a primary group is made with its settings, and its page follows', async (t) => {
  const form = (await manager.get('/groups/new')).body
  t.match(words(form), /Create Customer Group .*Save Group Discard/)
  const key = fieldValue(form, 'key') ?? ''
  const group = { name: '  Corporate  ', description: 'Firms\r\nonly', kind: 'primary', key, ...SETTINGS }
  const made = await manager.post('/groups', group)
  t.equal(made.statusCode, 303)
  t.equal(flashOf(manager), 'Corporate was created. Now add customers.')
  const path = String(made.headers.location)
  const page = await manager.get(path)
  t.match(words(page.body), 'Corporate was created.')
  t.match(page.body, '<h1>Corporate</h1>')
  t.match(await kept(path.split('/')[2] ?? 0), {
    name: 'Corporate',
    description: 'Firms\nonly',
    kind: 'primary',
    restricts: true,
    account: true,
    discounts: true,
    version: 1
  })
  t.equal((await manager.post('/groups', { ...group, name: 'Another' })).headers.location, path, 'a second click')
  t.equal(await count(em, sql`select count(*)::int as n from customer_group where system is null`), 1)
})

t.test('a list is made by the same form, and has no settings whatever was ticked', async (t) => {
  const form = (await manager.get('/groups/new?kind=list')).body
  t.match(words(form), /New List .*List name.*Create List Discard/)
  t.match(form, /name="kind" value="list" checked/)
  const made = await manager.post('/groups', { name: 'Newsletter', kind: 'list', key: randomUUID(), ...SETTINGS })
  t.equal(made.statusCode, 303)
  const id = String(made.headers.location).split('/')[2] ?? ''
  t.match(await kept(id), { kind: 'list', restricts: false, account: false, discounts: false })
  const edit = (await manager.get(`/groups/${id}/edit`)).body
  t.match(words(edit), 'Edit List')
  t.notMatch(edit, 'role="switch"')
  const saved = await manager.post(`/groups/${id}/edit`, { name: 'Letters', version: 1, kind: 'primary', ...SETTINGS })
  t.equal(saved.statusCode, 303)
  t.match(await kept(id), { name: 'Letters', kind: 'list', restricts: false, account: false, discounts: false })
})

t.test('what is wrong is told by its field, and what was typed stays', async (t) => {
  const key = randomUUID()
  const typed = { description: 'Some <words>', kind: 'primary', key, allowsDiscounts: 'true' }
  const wrongs: [string, RegExp][] = [
    ['', /Enter a name for the group\./],
    ['   ', /Enter a name for the group\./],
    ['\u200b\u200d', /Enter a name for the group\./],
    ['x'.repeat(81), /The name must have at most 80 characters\./],
    ['a\u0000b', /The name has characters that can’t be shown\./],
    ['a\u202eb', /The name has characters that can’t be shown\./]
  ]
  const id = await addGroup(em, 'Right')
  for (const [name, sentence] of wrongs) {
    for (const path of ['/groups', `/groups/${id}/edit`]) {
      const answer = await manager.post(path, { ...typed, name, version: 1 })
      t.equal(answer.statusCode, 422, `${path} ${JSON.stringify(name)}`)
      t.match(words(answer.body), sentence)
      t.match(answer.body, /<a href="#name">/)
      t.equal(fieldValue(answer.body, 'name'), name)
      t.equal(fieldValue(answer.body, 'description'), 'Some <words>')
      t.equal(switches(answer.body), 1)
      t.equal(linkNamed(answer.body, 'Discard'), path === '/groups' ? '/groups/new' : path, 'out of what was typed')
      t.equal(fieldValue(answer.body, path === '/groups' ? 'key' : 'version'), path === '/groups' ? key : '1')
    }
  }
  const long = await manager.post('/groups', { ...typed, name: 'Long', description: 'y'.repeat(1001) })
  t.equal(long.statusCode, 422)
  t.match(words(long.body), 'The description must have at most 1000 characters.')
  t.equal(fieldValue(long.body, 'description')?.length, 1001)
  t.match(words((await manager.post('/groups', { ...typed, name: 'X', kind: 'tag' })).body), 'Choose a kind.')
  t.equal((await manager.post('/groups', { ...typed, name: 'Right again' })).statusCode, 303, 'put right, it is made')
  t.match(await kept(id), { name: 'Right', version: 1 })
})

t.test(
  'a limit that is none is told by its field and stays as typed; commas and spaces around it are fine',
  async (t) => {
    const number = 'The largest manual discount must be a number from 0 to 100, such as 10 or 12.5, without a % sign.'
    const hundred = 'The largest manual discount can’t be more than 100.'
    const decimals = 'The largest manual discount can have at most two decimals, such as 12.55.'
    const unprintable = 'The largest manual discount has characters that can’t be shown. Type it again.'
    const wrongs: [string, string][] = [
      ['-1', number],
      ['abc', number],
      ['10 %', number],
      ['1e1', number],
      ['1,000.00', number],
      ['<b>10</b>', number],
      ["10'; drop table", number],
      ['101', hundred],
      ['100.01', hundred],
      ['9'.repeat(20), hundred],
      ['9'.repeat(21), 'The largest manual discount must have at most 20 characters.'],
      ['10.555', decimals],
      ['1,000', decimals],
      ['1\u00000', unprintable],
      ['\u202e10', unprintable]
    ]
    const id = await addGroup(em, 'Limited')
    for (const [largestDiscount, sentence] of wrongs) {
      for (const path of ['/groups', `/groups/${id}/edit`]) {
        const typed = { name: 'Limits', kind: 'primary', key: randomUUID(), version: 1, largestDiscount }
        const answer = await manager.post(path, typed)
        t.equal(answer.statusCode, 422, `${path} ${JSON.stringify(largestDiscount)}`)
        t.match(words(answer.body), `There is a problem ${sentence}`)
        t.match(answer.body, '<a href="#largestDiscount">')
        t.equal(fieldValue(answer.body, 'largestDiscount'), largestDiscount)
      }
    }
    t.match(await limitOf(id), { limit: null, version: 1 })
    const rights = [
      ['0', '0.00', '0'],
      [' 12,5 ', '12.50', '12.5'],
      ['010.05', '10.05', '10.05'],
      ['100', '100.00', '100'],
      ['', null, '']
    ] as const
    for (const [index, [largestDiscount, limit, shown]] of rights.entries()) {
      await manager.post(`/groups/${id}/edit`, { name: 'Limited', version: index + 1, largestDiscount })
      t.match(await limitOf(id), { limit, version: index + 2 })
      t.equal(fieldValue((await manager.get(`/groups/${id}/edit`)).body, 'largestDiscount'), shown)
    }
    const list = { name: 'No limits', kind: 'list', key: randomUUID(), largestDiscount: 'abc' }
    t.equal((await manager.post('/groups', list)).statusCode, 303, 'of a list it means nothing, right or wrong')
  }
)

t.test('the message for the cashier stands right below the switch that it is for', async (t) => {
  const id = await addGroup(em, 'Ordered')
  for (const path of ['/groups/new', `/groups/${id}/edit`, `/groups/${WALK_IN}/edit`]) {
    const names = [...(await manager.get(path)).body.matchAll(/ name="(\w+)"/g)].map(([, name]) => name ?? '')
    const settings = names.slice(names.indexOf('restrictsPurchases'))
    const walkIn = path.includes(`/${WALK_IN}/`)
    t.strictSame(
      settings.slice(0, walkIn ? 6 : 7),
      [
        'restrictsPurchases',
        'purchaseMessage',
        ...(walkIn ? [] : ['allowsOnAccount']),
        'allowsDiscounts',
        'largestDiscount',
        'automaticDiscount',
        'priceList'
      ],
      path
    )
  }
})

t.test('a price list and a message are a line of text each, and what can’t be is told by its field', async (t) => {
  const wrongs: [string, string, string][] = [
    ['priceList', 'x'.repeat(81), 'The price list must have at most 80 characters.'],
    ['priceList', 'a\nb', 'The price list has characters that can’t be shown. Type it again.'],
    ['purchaseMessage', 'x'.repeat(201), 'The message for the cashier must have at most 200 characters.'],
    ['purchaseMessage', 'a\u202eb', 'The message for the cashier has characters that can’t be shown. Type it again.'],
    ['automaticDiscount', '101', 'The automatic discount can’t be more than 100.']
  ]
  const id = await addGroup(em, 'Advised')
  for (const [field, value, sentence] of wrongs) {
    for (const path of ['/groups', `/groups/${id}/edit`]) {
      const typed = { name: 'Advice', kind: 'primary', key: randomUUID(), version: 1, [field]: value }
      const answer = await manager.post(path, typed)
      t.equal(answer.statusCode, 422, `${path} ${field}`)
      t.match(words(answer.body), `There is a problem ${sentence}`)
      t.match(answer.body, `<a href="#${field}">`)
      t.equal(fieldValue(answer.body, field), value)
    }
  }
  const rights = [
    [' trade ', 'trade'],
    ['<b>"trade"</b>', '<b>"trade"</b>'],
    ['𝄞'.repeat(80), '𝄞'.repeat(80)],
    ['\u200b', null],
    ['', null]
  ] as const
  for (const [index, [priceList, saved]] of rights.entries()) {
    await manager.post(`/groups/${id}/edit`, { name: 'Advised', version: index + 1, priceList, purchaseMessage: '' })
    const advice = sql`select price_list, purchase_message, version from customer_group where id = ${id}`
    t.same(await row(em, advice), { price_list: saved, purchase_message: null, version: index + 2 })
    t.equal(fieldValue((await manager.get(`/groups/${id}/edit`)).body, 'priceList'), saved ?? '')
  }
  const list = { name: 'No advice', kind: 'list', key: randomUUID(), priceList: 'x'.repeat(81) }
  t.equal((await manager.post('/groups', list)).statusCode, 303, 'of a list it means nothing, right or wrong')
})

t.test('a taken name is refused with the name of its owner and a link', async (t) => {
  const owner = await addList(em, 'Stamm­gäste')
  const other = await addGroup(em, 'Other')
  const form = { kind: 'primary', key: randomUUID(), version: 1 }
  for (const name of ['Stamm­gäste', ' stamm­GÄSTE ', 'Stamm­ga\u0308ste']) {
    for (const path of ['/groups', `/groups/${other}/edit`]) {
      const answer = await manager.post(path, { ...form, name })
      t.equal(answer.statusCode, 422)
      t.match(words(answer.body), 'There is already a group called Stamm­gäste. Choose another name.')
      t.equal(linkNamed(answer.body, 'Stamm­gäste'), `/groups/${owner}`)
      t.equal(fieldValue(answer.body, 'name'), name)
    }
  }
  t.equal((await manager.post(`/groups/${owner}/edit`, { name: 'STAMM­GÄSTE', version: 1 })).statusCode, 303, 'its own')
  for (const name of ['Default', 'walk-in'])
    t.equal((await manager.post('/groups', { ...form, name })).statusCode, 422, `${name} is taken too`)
})

t.test('the second to save is told, sees both versions, and may save over the first', async (t) => {
  const id = await addGroup(em, 'Mine')
  await manager.post(`/groups/${id}/edit`, {
    name: 'Theirs',
    description: 'first',
    version: 1,
    allowsDiscounts: 'true'
  })
  const mine = { name: 'Ours', description: 'second', restrictsPurchases: 'true' }
  const told = await manager.post(`/groups/${id}/edit`, { ...mine, version: 1 })
  t.equal(told.statusCode, 409)
  t.match(
    words(told.body),
    /Their version, saved Name Theirs Description first Restrict purchases no .*discounts yes Your version, not saved Name Ours Description second Restrict purchases yes .*discounts no/
  )
  t.equal(fieldValue(told.body, 'name'), 'Ours')
  t.equal(fieldValue(told.body, 'version'), '2')
  t.match(await kept(id), { name: 'Theirs', version: 2 })
  const wrong = await manager.post(`/groups/${id}/edit`, { ...mine, name: '', version: 1 })
  t.equal(fieldValue(wrong.body, 'version'), '1', 'a mistake meanwhile hides nothing')
  for (const version of ['', '0', '-1', 'x', '9'.repeat(30), '1.5'])
    t.equal((await manager.post(`/groups/${id}/edit`, { ...mine, version })).statusCode, 409, `version ${version}`)
  t.equal((await manager.post(`/groups/${id}/edit`, { ...mine, version: 2 })).statusCode, 303)
  t.match(await kept(id), { name: 'Ours', description: 'second', restricts: true, discounts: false, version: 3 })
})

t.test('Default and Walk-in keep their names; description and settings can be edited', async (t) => {
  for (const [id, name] of [
    [DEFAULT, 'Default'],
    [WALK_IN, 'Walk-in']
  ] as const) {
    const form = (await manager.get(`/groups/${id}/edit`)).body
    t.match(words(form), `${name} is built in: it can’t be renamed or deleted.`)
    t.equal(fieldValue(form, 'name'), undefined)
    const saved = await manager.post(`/groups/${id}/edit`, {
      name: 'Mine',
      description: 'Changed',
      version: 1,
      ...SETTINGS
    })
    t.equal(saved.statusCode, 303)
    t.equal(flashOf(manager), `${name} was saved.`)
    const account = id !== WALK_IN
    t.match(await kept(id), { name, description: 'Changed', restricts: true, account, discounts: true })
  }
  t.notMatch((await manager.get(`/groups/${WALK_IN}/edit`)).body, 'allowsOnAccount')
})

t.test('the window with the form is the same page’s part', async (t) => {
  const id = await addGroup(em, 'Windowed')
  const part = (await manager.part(`/groups/${id}/edit`)).body
  t.match(part.trim(), /^<div class="dialog-content">/)
  t.match(part, `hx-post="/groups/${id}/edit"`)
  t.match((await manager.get(`/groups/${id}/edit`)).body, '<html')
  const htmx = { 'hx-request': 'true', 'hx-request-type': 'partial' }
  const wrong = await manager.post(`/groups/${id}/edit`, { name: '', version: 1 }, htmx)
  t.equal(wrong.statusCode, 422)
  t.match(wrong.body.trim(), /^<div class="dialog-content">/)
  const saved = await manager.post(`/groups/${id}/edit`, { name: 'Wide', version: 1 }, htmx)
  t.equal(saved.statusCode, 204)
  t.equal(saved.headers['hx-redirect'], `/groups/${id}`)
})

t.test('a limit is on the pages of its group, and in both versions of a conflict', async (t) => {
  const id = await addGroup(em, 'Shown', { allowsDiscounts: true, largestDiscount: '10' })
  t.match(words((await manager.get(`/groups/${id}/products`)).body), 'Manual discounts yes Largest discount 10%')
  const mine = { name: 'Shown', allowsDiscounts: 'true' }
  const saved = await manager.post(`/groups/${id}/edit`, { ...mine, version: 1, largestDiscount: '12.5' })
  t.equal(saved.statusCode, 303)
  const told = await manager.post(`/groups/${id}/edit`, { ...mine, version: 1, largestDiscount: '7,25' })
  t.equal(told.statusCode, 409)
  t.match(
    words(told.body),
    /Their version.*Largest manual discount 12\.5% Your version.*Largest manual discount 7\.25%/
  )
  await manager.post(`/groups/${id}/edit`, { ...mine, version: 2 })
  t.notMatch(words((await manager.get(`/groups/${id}/products`)).body), 'Largest discount', 'there is none')
  const { version = 0 } = (await limitOf(WALK_IN)) ?? {}
  await manager.post(`/groups/${WALK_IN}/edit`, { ...mine, version, largestDiscount: '5' })
  t.match(await limitOf(WALK_IN), { limit: '5.00' })
})

t.test(
  'what tills are told is on the form, a percentage also in the head, and in both versions of a conflict',
  async (t) => {
    const told = { automaticDiscount: '5.00', priceList: 'trade', purchaseMessage: 'Ask for Kim.' }
    const id = await addGroup(em, 'Advising', told)
    const head = words((await manager.get(`/groups/${id}/products`)).body)
    t.match(head, 'Manual discounts no Automatic discount 5% Add Customer')
    const form = (await manager.get(`/groups/${id}/edit`)).body
    const shown = ['automaticDiscount', 'priceList', 'purchaseMessage'].map((name) => fieldValue(form, name))
    t.same(shown, ['5', 'trade', 'Ask for Kim.'])
    const mine = { name: 'Advising', ...told }
    t.equal((await manager.post(`/groups/${id}/edit`, { ...mine, version: 1, priceList: '' })).statusCode, 303)
    const both = await manager.post(`/groups/${id}/edit`, { ...mine, version: 1, purchaseMessage: '' })
    t.equal(both.statusCode, 409)
    t.match(
      words(both.body),
      /Their version.*Automatic discount 5% Price list — Message for the cashier Ask for Kim\. Your version.*Price list trade Message for the cashier —/
    )
    await manager.post(`/groups/${WALK_IN}/edit`, { ...mine, version: (await limitOf(WALK_IN))?.version ?? 0 })
    const advice = sql`select automatic_discount, price_list, purchase_message from customer_group where id = ${WALK_IN}`
    const kept = { automatic_discount: '5.00', price_list: 'trade', purchase_message: 'Ask for Kim.' }
    t.same(await row(em, advice), kept, 'Walk-in may have all of it')
  }
)
