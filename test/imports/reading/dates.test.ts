import t from 'tap'
import { isDayFirst } from '../../../src/imports/reading/row.ts'
import { reader, wrongOf } from './helper.ts'

function datesOf(date: string, locale = 'en-SG'): [string | null, string | null] {
  const { dayFirst, monthFirst, wrong } = reader('SG', locale)('Ann', '', '', 'a@b.co', date)
  t.same(wrong, [], date)
  return [dayFirst, monthFirst]
}

t.test('dates that can be read in one way only', async (t) => {
  const leapDay = [
    '1984-02-29',
    '1984/02/29',
    '1984.2.29',
    '1984 02 29',
    '19840229',
    '1984-02-29T00:00:00.000Z',
    '1984-02-29 00:00:00',
    '1984-02-29 12:00 AM',
    '1984. 2. 29.',
    '29 Feb 1984',
    '29-Feb-1984',
    'February 29, 1984',
    'Feb. 29th 1984',
    '29th of February 1984',
    '１９８４-０２-２９',
    '1984-Feb-29',
    '1984年2月29日',
    "'1984-02-29"
  ]
  for (const date of leapDay) t.same(datesOf(date), ['1984-02-29', '1984-02-29'], date)
})

t.test('dates with the day or the month first', async (t) => {
  for (const date of ['03/04/1984', '3.4.1984', '3-4-1984', '03 04 1984', '3/4/1984 0:00', '03. 04. 1984'])
    t.same(datesOf(date), ['1984-04-03', '1984-03-04'], date)
  t.same(datesOf('29.2.1984.'), ['1984-02-29', null])
  t.same(datesOf('29/02/1984'), ['1984-02-29', null])
  t.same(datesOf('02/29/1984'), [null, '1984-02-29'])
  t.same(datesOf('05/05/1984'), ['1984-05-05', '1984-05-05'])
})

t.test('months by their names in the retailer’s language', async (t) => {
  t.same(datesOf('29. Februar 1984', 'de-DE'), ['1984-02-29', '1984-02-29'])
  t.same(datesOf('1 März 1984', 'de-DE'), ['1984-03-01', '1984-03-01'])
  t.same(datesOf('29 de febrero de 1984', 'es-MX'), ['1984-02-29', '1984-02-29'])
  t.same(datesOf('29 févr. 1984', 'fr-FR'), ['1984-02-29', '1984-02-29'])
  t.same(datesOf('29 Feb 1984', 'fr-FR'), ['1984-02-29', '1984-02-29'])
  t.same(datesOf('29 lutego 1984', 'pl-PL'), ['1984-02-29', '1984-02-29'])
})

t.test('what is wrong is told', async (t) => {
  const wrong = (date: string) => wrongOf('Birth Date', date)
  for (const date of ['29/02/84', '29.2.84', '29 Feb 84', "29/02/'84"])
    t.equal(wrong(date), 'Enter the year with four digits: 1984, not 84.', date)
  for (const date of ['30741', '30741.5'])
    t.match(wrong(date), /saved this date as a number. Format the column as a date/, date)
  const impossible = [
    '1983-02-29',
    '31/31/1984',
    '30/02/1984',
    'yesterday',
    '1984',
    '0',
    '29021984',
    '1984-13-01',
    'Feb 1984',
    '29 Feb Mar 1984',
    '29 Smarch 1984',
    '9'.repeat(30_000),
    '1984-02-29 25 times'
  ]
  for (const date of impossible)
    t.equal(wrong(date), 'Enter a date that exists, as year-month-day: 1984-02-29.', date.slice(0, 50))
  t.equal(wrong('2026-11-28'), 'The birth date can’t be in the future.')
  t.equal(wrong('1899-12-31'), 'The birth date must be in 1900 or later.')
})

t.test('a day in the future is wrong only if it is so either way', async (t) => {
  t.same(datesOf('10/12/2026'), ['2026-12-10', '2026-10-12'])
  t.equal(wrongOf('Birth Date', '30/12/2026'), 'The birth date can’t be in the future.')
})

t.test('who writes the day first', async (t) => {
  for (const locale of ['en-SG', 'en-GB', 'en-IN', 'de-DE', 'fr-FR', 'es-MX', 'en-ZA', 'sv-SE'])
    t.ok(isDayFirst(locale), locale)
  for (const locale of ['en-US', 'ja-JP', 'zh-CN', 'en-PH']) t.notOk(isDayFirst(locale), locale)
})

t.test('an age is called one', async (t) => {
  for (const age of ['45', '7', '103', '45 years', '45 yrs.', '45y', '45 years old'])
    t.equal(
      wrongOf('Birth Date', age),
      `“${age}” looks like an age. Enter the birth date with day, month and year, or leave the cell empty.`
    )
  for (const other of ['1984', '45 May', '45/1']) t.notMatch(wrongOf('Birth Date', other), 'looks like an age', other)
})
