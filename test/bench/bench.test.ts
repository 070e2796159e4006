import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { format, templateOf } from '../../bench/bare/template.ts'
import { asFirst, overSql, shareOfBare, under, within } from '../../bench/bars.ts'
import type { Measurement, Result } from '../../bench/case.ts'
import { CASES, chooseCases } from '../../bench/cases/all.ts'
import { EXPLAINED } from '../../bench/explained.ts'
import { interleave, median, quantile } from '../../bench/measure.ts'
import { readOptions, SIZES } from '../../bench/options.ts'
import { amount, document, line, table } from '../../bench/report.ts'
import { onServer, serverUrl } from '../database.ts'
import { start } from '../process.ts'

const measured = (values: Partial<Measurement>): Measurement => ({
  unit: 'ms',
  median: 10,
  p99: null,
  yardstick: null,
  flaws: [],
  ...values
})

t.test('options: all sizes and cases, or those that are named', async (t) => {
  t.same(readOptions([]), { cases: [], customers: SIZES, rounds: 5, out: 'docs/bench.md' })
  const some = readOptions('--case groups --case search/nothing --customers 10000 --rounds 2'.split(' '))
  t.same(some, { cases: ['groups', 'search/nothing'], customers: [10_000], rounds: 2, out: null }, 'a part is not kept')
  t.equal(readOptions('--customers 10000 --out x.md'.split(' ')).out, 'x.md')
})

t.test('wrong options get one sentence', async (t) => {
  const wrong = [
    ['--customers 5', /^--customers must be a whole number from 300 to 10,000,000: npm run bench/],
    ['--customers many', /^--customers must be a whole number/],
    ['--rounds 0', /^--rounds must be a whole number from 1 to 100: npm run bench/],
    ['--sizes 10', /^Unknown option '--sizes': npm run bench/],
    ['groups', /^Unexpected argument 'groups': npm run bench/],
    ['--case', /^Option '--case <value>' argument missing: npm run bench/]
  ] as const
  for (const [args, message] of wrong) t.throws(() => readOptions(args.split(' ')), { message })
  t.throws(() => chooseCases(['serach']), {
    message: /^--case serach is none of the bench's; they begin with groups, list/
  })
})

t.test('a case is meant by its name or its beginning', async (t) => {
  t.equal(chooseCases([]).length, CASES.length)
  t.equal(new Set(CASES.map(({ name }) => name)).size, CASES.length, 'no name twice')
  t.same(
    chooseCases(['membership']).map(({ name }) => name),
    ['membership/add', 'membership/remove', 'membership/move']
  )
  t.same(
    chooseCases(['search/nothing', 'process/start']).map(({ name }) => name),
    ['search/nothing', 'process/start']
  )
  t.same(
    Object.keys(EXPLAINED).filter((name) => !CASES.some((one) => one.name === name)),
    [],
    'only cases are explained'
  )
})

t.test('medians, quantiles, turns', async (t) => {
  t.equal(median([3, 1, 2]), 2)
  t.equal(median([4, 1, 3, 2]), 2)
  const hundred = Array.from({ length: 100 }, (_, place) => 100 - place)
  t.equal(quantile(hundred, 0.99), 99)
  t.equal(quantile(hundred, 1), 100)
  t.equal(quantile([7], 0.99), 7)
  const turns: string[] = []
  const [one, other] = await interleave(
    2,
    async () => turns.push('page'),
    async () => turns.push('sql')
  )
  t.equal(one.length, other.length)
  t.match(turns.join(' ').replace(/(\w+)( \1)+/g, '$1'), /(page sql ){2,}page sql$/)
})

t.test('bars', async (t) => {
  const nothing = () => undefined
  const isMet = (bar: ReturnType<typeof under>, values: Partial<Measurement>, earlier: typeof find = nothing) =>
    bar.isMet(measured(values), earlier)
  const find = (name: string): Measurement | undefined => (name === 'first' ? measured({ median: 40 }) : undefined)
  t.same([isMet(under(10), { median: 9.9 }), isMet(under(10), { median: 10 })], [true, false])
  t.same([isMet(overSql(4), { yardstick: 6 }), isMet(overSql(4), { yardstick: 5.9 })], [true, false])
  t.same([isMet(shareOfBare(0.5), { yardstick: 20 }), isMet(shareOfBare(0.5), { yardstick: 21 })], [true, false])
  t.same([isMet(within(0.2), { yardstick: 9 }), isMet(within(0.2), { yardstick: 8 })], [true, false])
  const deep = asFirst(1.3, 'first', 25)
  t.same([isMet(deep, { median: 52 }, find), isMet(deep, { median: 53 }, find)], [true, false])
  t.same([isMet(deep, { median: 25 }), isMet(deep, { median: 26 })], [true, false], 'without its first page')
})

const results: Result[] = [
  { name: 'groups/name', bar: overSql(4), measured: measured({ p99: 20.04, yardstick: 8 }), isMet: true },
  { name: 'overview', bar: under(25), measured: measured({ flaws: ['reads all of sale'] }), isMet: false },
  { name: 'sales', bar: shareOfBare(0.6), measured: null, isMet: true, why: 'skipped: the table x is not there yet' }
]

t.test('the table', async (t) => {
  t.equal(
    table(results),
    `| case | median | p99 | yardstick | ratio | bar |  |
| --- | --: | --: | --: | --: | --- | --- |
| groups/name | 10.0 ms | 20.0 ms | 8.00 ms | 1.25 | its SQL + 4 ms | met |
| overview | 10.0 ms |  |  |  | under 25 ms | MISSED: reads all of sale |
| sales |  |  |  |  | 0.6 of bare | skipped: the table x is not there yet |`
  )
  t.same([0.5, 9.876, 12.34, 123.4, 12_345].map(amount), ['0.50', '9.88', '12.3', '123', '12,345'])
  t.match(line(results[0] as Result), /^groups\/name +10\.0 ms +20\.0 ms +8\.00 ms +1\.25 +its SQL \+ 4 ms +met$/)
})

const yardsticks = readFileSync(new URL('../../bench/yardsticks.ts', import.meta.url), 'utf8')

t.test('docs/bench.md says where it was measured, but no names, and prints the yardsticks', async (t) => {
  const part = { customers: 1_000_000, groups: 5_000, sales: 3_000_000, sizes: 'large 900,000.', results }
  const text = document([part], { postgres: '18.4', rounds: 5 })
  t.match(text, /## 1,000,000 customers\n\n5,000 groups, 3,000,000 sales\. large 900,000\./)
  t.match(text, /\d+ cores .*PostgreSQL 18\.4, Node\.js 2\d\.\d+\.\d+, 5 rounds\./)
  t.ok(text.includes(yardsticks))
  t.notMatch(text, new RegExp(process.cwd()))
})

t.test('the yardsticks are one file of under 60 lines', async (t) => {
  t.ok(yardsticks.split('\n').length - 1 < 60)
})

t.test('the bare server’s template is the page itself with its values taken out', async (t) => {
  const row = (name: string, ...cells: string[]) =>
    `<tr><td aria-label="${name}">${name}</td><td>${cells.join('</td><td>')}</td></tr>`
  const html = `<p>2 groups, 7 customers</p><tbody>${row('A &amp; B', '7', '$1.50', 'Tea')}${row('C', '0', '—', '—')}</tbody>`
  const both = { total: 2, everyone: 7 }
  const template = templateOf(html, [
    { name: 'A & B', customers: 7, average: '1.5', top: 'Tea', ...both },
    { name: 'C', customers: 0, average: null, top: null, ...both }
  ])
  t.notMatch(template, /A &amp; B|Tea|\$1\.50|7 customers/)
  t.match(template, '<td><%= it.f.money(it.rows[0].average) %></td>')
  t.match(template, '<p><%= it.f.count(it.rows[0].total')
  t.equal(format.count(2, 'group'), '2 groups')
})

t.test('a run of a few cases at a small size writes its tables where it is told', async (t) => {
  const names = ['clientele_bench_300', 'clientele_bench_300_run']
  const drop = () =>
    onServer(async (client) => {
      for (const name of names) await client.query(`drop database if exists ${name} with (force)`)
    })
  await drop()
  t.teardown(drop)
  const kept = inDocs()
  const out = join(t.testdir(), 'bench.md')
  const args =
    '--customers 300 --rounds 1 --case search/nothing --case list/default-100/name --case membership/add'.split(' ')
  const bench = start(t, 'bench/bench.ts', { DATABASE_URL: serverUrl() }, [...args, '--out', out])
  t.equal(await bench.ended(), 0, bench.said())
  const text = readFileSync(out, 'utf8')
  t.match(
    text,
    /## 300 customers\n\n30 groups, 900 sales\. Members of .*: large 270, middle 21, small 11, primary 90, default 90\./
  )
  for (const name of ['search/nothing', 'list/default-100/name', 'list/default-100/name/deep', 'membership/add'])
    t.match(text, new RegExp(`^\\| ${name} \\| [\\d.,]+ ms \\|.*\\| (met|MISSED) \\|$`, 'm'))
  t.notMatch(text, 'failed')
  t.equal(inDocs(), kept, 'and nowhere else')
})

function inDocs(): string | null {
  const file = new URL('../../docs/bench.md', import.meta.url)
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}
