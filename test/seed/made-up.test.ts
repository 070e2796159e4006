import { verify } from 'argon2'
import { parsePhoneNumberFromString } from 'libphonenumber-js'
import t from 'tap'
import { COUNTRIES } from '../../src/seed/countries.ts'
import { Progress } from '../../src/seed/progress.ts'
import { openDatabase, Screen, SIZE } from './helper.ts'

const { ask, fill } = await openDatabase(t)
const screen = new Screen()
await fill(`${SIZE} --seed 7`, screen)

t.test('phones are valid and nobody shares one, whatever the size', async (t) => {
  const phones = await ask('select phone from customer where phone is not null')
  t.ok(phones.length > 1600)
  t.same(
    phones.filter(({ phone }) => !parsePhoneNumberFromString(String(phone))?.isValid()),
    []
  )
  t.equal(new Set(phones.map(({ phone }) => phone)).size, phones.length)
  for (const { prefixes, digits } of COUNTRIES.map(({ phones }) => phones)) {
    t.ok(prefixes.length * 10 ** digits >= 10_000_001, 'enough for the largest retailer')
    const ends = Array.from({ length: 50 }, (_, part) =>
      String(Math.floor((part / 49) * (10 ** digits - 1))).padStart(digits, '0')
    )
    const numbers = prefixes.flatMap((prefix) => ends.map((end) => prefix + end))
    t.same(
      numbers.filter((number) => !parsePhoneNumberFromString(number)?.isValid()),
      []
    )
  }
})

t.test('skewed as life is', async (t) => {
  const [shape = {}] = await ask(`
    select (select max(count) from (select count(*) from list_membership group by group_id) list)::integer as largest,
      (select min(count) from (select count(*) from list_membership group by group_id) list)::integer as smallest,
      (select count(*) from primary_membership where group_id = 1)::integer as in_default,
      (select count(*) from customer where not exists (select from list_membership where customer_id = id))::integer as in_none,
      (select avg((orders = 0)::integer) from customer_totals)::float as never, (select avg((orders = 1)::integer) from customer_totals)::float as once,
      (select max(orders) from customer_totals where customer_id <> 1)::integer as most,
      (select sum(sold) from (select count(*) as sold from sale_line group by product_id order by 1 desc limit 10) top)::integer as best_sellers,
      (select avg((total < 0)::integer) from sale)::float as returns, (select count(*) from sale where on_account > 0)::integer as charged,
      (select avg((birth_date is null)::integer) from customer)::float as ageless,
      (select count(*) from customer where name ~ '[ぁ-ん一-龯]')::integer as japanese, (select count(*) from customer where name ~ '[а-яА-Я]')::integer as cyrillic,
      (select count(*) from customer where name ~ '[ء-ي]')::integer as arabic, (select count(*) from customer where name ~ '[áéíóúñüöäçèłşğ]')::integer as accented
  `)
  t.match(shape, { largest: 1800, in_default: 600 })
  const between = {
    in_none: [1, 200],
    never: [0.1, 0.4],
    once: [0.3, 0.6],
    most: [80, 180],
    best_sellers: [5_000, 9_000]
  }
  const parts = {
    returns: [0.01, 0.06],
    charged: [3, 200],
    ageless: [0.1, 0.3],
    japanese: [60, 300],
    cyrillic: [50, 200],
    arabic: [50, 200],
    accented: [100, 400],
    smallest: [10, 40]
  }
  for (const [name, [low = 0, high = 0]] of Object.entries({ ...between, ...parts })) {
    t.ok(Number(shape[name]) >= low && Number(shape[name]) <= high, `${name}: ${shape[name]}`)
  }
})

t.test('three people may sign in', async (t) => {
  const staff = await ask('select email, role, password_hash from staff_member order by id')
  t.match(staff, [{ email: 'admin@demo.test', role: 'admin' }, { role: 'manager' }, { role: 'staff' }])
  t.ok(await verify(String(staff[0]?.password_hash), 'clientele-demo'))
})

t.test('progress: lines into a file, one line at a terminal', async (t) => {
  t.match(screen.text, /^sales +5,000 in \d+\.\d s.*$/m)
  t.notMatch(screen.text, '\r')
  const terminal = Object.assign(new Screen(), { isTTY: true })
  const progress = new Progress(terminal)
  progress.begin('sales', 200)
  progress.advance(50, performance.now() + 1_000)
  progress.end()
  t.match(terminal.text, /\rsales +\[#{6}\.{18}\] 50 of 200.*, \d:\d\d left/)
})
