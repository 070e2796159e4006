import t from 'tap'
import { createRowReader } from '../../../src/imports/reading/row.ts'
import { reader, TODAY, wrongOf } from './helper.ts'

t.test('a whole row', async (t) => {
  const cells = [' José\u00a0', '\u3000Brontë', '+65 9123-4567', 'Jose@Example.ORG', '29/02/1984', 'F', "'=Bishan"]
  t.same(reader()(...cells), {
    number: 2,
    cells,
    passedOver: null,
    firstName: 'José',
    lastName: 'Brontë',
    phone: '+6591234567',
    email: 'jose@example.org',
    gender: 'female',
    location: '=Bishan',
    company: null,
    groupNames: null,
    dayFirst: '1984-02-29',
    monthFirst: null,
    hasDate: true,
    note: null,
    wrong: []
  })
})

t.test('a row with what it needs', async (t) => {
  const { lastName, phone, location, gender, hasDate, wrong } = reader()('Ann', '', '', 'a@b.co')
  t.same(
    { lastName, phone, location, gender, hasDate, wrong },
    { lastName: '', phone: null, location: null, gender: null, hasDate: false, wrong: [] }
  )
})

t.test('what is missing is told on the cell where it would be', async (t) => {
  const missing = 'Enter a phone number or an e-mail address: one of the two.'
  t.same(reader()('Ann').wrong, [{ column: 2, message: missing }])
  t.same(reader('SG', 'en', ['First Name', 'Email'])('Ann').wrong, [{ column: 1, message: missing }])
  t.same(reader()('', 'Lee', '', 'a@b.co').wrong, [{ column: 0, message: 'Enter a first name.' }])
  t.same(reader()('\u200b', 'Lee', '', 'a@b.co').wrong, [{ column: 0, message: 'Enter a first name.' }])
  t.same(reader()('Ann', '', '', 'nobody').wrong, [
    { column: 3, message: 'Enter an e-mail address such as name@example.com.' }
  ])
})

t.test('a row that is longer than the headers', async (t) => {
  const cells = ['Ann', '', '', 'a@b.co', '', '', 'Bishan', '', 'Singapore']
  const { wrong, cells: kept } = reader()(...cells)
  t.same(kept, cells)
  t.match(wrong, [{ column: null, message: /more cells than the file has headers/ }])
  t.same(reader()(...cells.slice(0, 8)).wrong, [])
})

t.test('names as the form takes them', async (t) => {
  t.equal(wrongOf('First Name', 'x'.repeat(80)), undefined)
  t.equal(wrongOf('First Name', 'x'.repeat(81)), 'The first name must have at most 80 characters.')
  t.equal(wrongOf('Location', 'x'.repeat(10_000)), 'The location must have at most 80 characters.')
  t.equal(wrongOf('Last Name', 'a\u202eb'), 'The last name has characters that can’t be shown. Type it again.')
  t.equal(reader()("'t Hooft", '', '', 'a@b.co').firstName, "'t Hooft")
  t.equal(reader()('Ann\r\n Mary', '', '', 'a@b.co').firstName, 'Ann Mary')
  t.equal(reader()('E\u0301va\ufeff\u200b', '', '', 'a@b.co').firstName, '\u00c9va')
  for (const escaped of ['=1+1', '+Ann', '-Ann', '@Ann', '(Ann', '007'])
    t.equal(reader()(`'${escaped}`, '', '', 'a@b.co').firstName, escaped)
})

t.test('e-mails', async (t) => {
  const emailOf = (email: string) => reader()('Ann', '', '', email).email
  t.equal(emailOf('mailto:Ann.Lee+shop@Mail.Example.com '), 'ann.lee+shop@mail.example.com')
  t.equal(emailOf('ａｎｎ＠example.org'), 'ann@example.org')
  t.equal(wrongOf('Email', `${'a'.repeat(250)}@b.co`), 'The e-mail must have at most 254 characters.')
  for (const wrong of ['ann', 'ann@', '@b.co', 'a b@c.de', 'a@b', 'a@b.co, c@d.co', 'a..b@c.de'])
    t.equal(wrongOf('Email', wrong), 'Enter an e-mail address such as name@example.com.', wrong)
})

t.test('texts that a program has put in a formula', async (t) => {
  t.match(reader()('="Ann"', '', '="6591234567"'), { firstName: 'Ann', phone: '+6591234567', wrong: [] })
})

t.test('what is wrong stands in the order of the columns', async (t) => {
  const { wrong, hasDate } = reader()('', 'x'.repeat(81), '1', 'a', '\ufffd', '?!', '', '', 'more')
  t.same(
    wrong.map(({ column }) => column),
    [0, 1, 2, 3, 4, 5, null]
  )
  t.ok(hasDate)
})

t.test('genders', async (t) => {
  const genderOf = (gender: string) => reader()('Ann', '', '', 'a@b.co', '', gender).gender
  for (const word of ['F', 'Female', 'woman', 'w', 'Weiblich', 'FÉMININ', 'Mujer', 'Donna', 'vrouw'])
    t.equal(genderOf(word), 'female', word)
  for (const word of ['M', 'male', 'Man', 'männlich', 'MÄNNLICH', 'Homme', 'Hombre', 'Uomo', 'man'])
    t.equal(genderOf(word), 'male', word)
  for (const word of ['Other', 'o', 'diverse', 'D', 'x', 'non-binary', 'Non binary'])
    t.equal(genderOf(word), 'other', word)
  for (const word of ['', '-', '—', 'n/a', 'N.A.', 'Unknown', 'not said', '?']) {
    t.equal(genderOf(word), null, word)
    t.equal(wrongOf('Gender', word), undefined, word)
  }
  for (const word of ['yes', 'femal', 'constructor', '1', 'toString'])
    t.equal(wrongOf('Gender', word), 'Enter Female, Male or Other, or leave the cell empty.', word)
})

t.test('cells that are no use', async (t) => {
  t.equal(wrongOf('First Name', 'Jos\ufffd'), 'This cell has characters that can’t be read. Type it again.')
  t.equal(wrongOf('First Name', 'A\0n'), 'This cell has characters that can’t be read. Type it again.')
  t.same(reader()('A\0n', '\ud800', '', 'a@b.co').cells, ['A\ufffdn', '\ufffd', '', 'a@b.co'])
  t.match(wrongOf('Location', '#N/A'), /has a spreadsheet error/)
  const long = 'x'.repeat(32_768)
  for (const field of ['First Name', 'Email', 'Phone', 'Birth Date', 'Row'])
    t.equal(wrongOf(field, long), 'This cell has more than 32,767 characters. Shorten it.', field)
})

t.test('columns that hold no field are passed over', async (t) => {
  const read = createRowReader(['a', 'b', 'c'], ['firstName', null, 'email'], { country: 'SG', locale: 'en' }, TODAY)
  t.same(read({ number: 2, cells: ['Ann', '#N/A', 'a@b.co'] }).wrong, [])
})

const WHOLE: [name: string, first: string, last: string, lastFirst: [string, string]][] = [
  ['Ana', 'Ana', '', ['Ana', '']],
  ['Ana Bell', 'Ana', 'Bell', ['Bell', 'Ana']],
  ['  Ana   Maria\tBell ', 'Ana', 'Maria Bell', ['Maria Bell', 'Ana']],
  ['Bell, Ana Maria', 'Ana Maria', 'Bell', ['Ana Maria', 'Bell']],
  ['Ana Bell,', 'Ana', 'Bell', ['Ana', 'Bell']],
  [', Ana', 'Ana', '', ['Ana', '']],
  ['Sammy Davis, Jr.', 'Sammy', 'Davis Jr.', ['Sammy', 'Davis Jr.']],
  ['Bell, Ana, MD', 'Ana MD', 'Bell', ['Ana MD', 'Bell']],
  ['山田，太郎', '太郎', '山田', ['太郎', '山田']],
  [
    'Pablo Diego José Francisco de Paula Juan Nepomuceno Picasso',
    'Pablo',
    'Diego José Francisco de Paula Juan Nepomuceno Picasso',
    ['Diego José Francisco de Paula Juan Nepomuceno Picasso', 'Pablo']
  ]
]

t.test('a whole name of one word, of nine, with a comma and in either order', async (t) => {
  const first = reader('SG', 'en', ['Name', 'Email'])
  const last = reader('SG', 'en', ['Last, First', 'Email'])
  for (const [name, firstName, lastName, swapped] of WHOLE) {
    t.match(first(name, 'a@b.co'), { firstName, lastName, wrong: [] }, name)
    t.match(last(name, 'a@b.co'), { firstName: swapped[0], lastName: swapped[1], wrong: [] }, name)
  }
  t.same(first('', 'a@b.co').wrong, [{ column: 0, message: 'Enter a name.' }])
  t.same(first(' , ,', 'a@b.co').wrong, [{ column: 0, message: 'Enter a name.' }])
  t.match(
    first(`Ana ${'b'.repeat(81)}`, 'a@b.co').wrong[0]?.message,
    /A first name or last name can have up to 80 characters/
  )
  t.match(first('Ana\u202e Bell', 'a@b.co').wrong[0]?.column, 0)
  t.equal(first('Jane Sample', '').passedOver, null)
})

t.test('a cell of groups: several names, each once, and what can’t be one', async (t) => {
  const read = createRowReader(
    ['Name', 'Email', 'Group'],
    ['firstLast', 'email', 'groups'],
    { country: 'SG', locale: 'en' },
    TODAY
  )
  const row = (cell: string) => read({ number: 2, cells: ['Ana', 'a@b.co', cell] })
  t.equal(row(' VIP ; Autumn  Fair|vip;;').groupNames, 'VIP\nAutumn  Fair')
  t.equal(row('').groupNames, null)
  t.match(row('x'.repeat(81)).wrong, [{ column: 2, message: /at most 80 characters. Correct “x{20}…”/ }])
  t.match(row('VIP;\u202eevil').wrong, [{ column: 2, message: /can’t be shown/ }])
  t.match(row('VIP;\0').wrong, [{ column: 2, message: /can’t be read/ }])
  t.equal(row("<b>'; drop table customer--").groupNames, "<b>'\ndrop table customer--")
})
