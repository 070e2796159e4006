import t from 'tap'
import { choicesFor, isCountry, isCurrency, isTimeZone, toLocale } from '../../src/retailer/choices.ts'

const NONE = { country: '', timeZone: '', currency: '', locale: '' }

t.test('every choice has a name of its own, and is one that is accepted', async (t) => {
  const { country, timeZone, currency, locale } = choicesFor(NONE)
  for (const [list, isGood] of [
    [country, isCountry],
    [timeZone, isTimeZone],
    [currency, isCurrency],
    [locale, toLocale]
  ] as const) {
    const [none, ...choices] = list
    t.same(none, { value: '', label: 'Choose' })
    t.ok(choices.length > 100)
    t.same(
      choices.filter(({ value }) => !isGood(value)),
      []
    )
    t.equal(new Set(choices.map(({ label }) => label)).size, choices.length)
  }
})

t.test('the usual ones are there', async (t) => {
  const lists = choicesFor({ country: 'DE', timeZone: 'UTC', currency: 'KWD', locale: 'fr-CA' })
  t.match(
    lists.country.find(({ value }) => value === 'DE'),
    { label: 'Germany' }
  )
  t.match(
    lists.timeZone.find(({ value }) => value === 'America/New_York'),
    { label: 'America/New York' }
  )
  t.match(
    lists.currency.find(({ value }) => value === 'KWD'),
    { label: 'Kuwaiti Dinar (KWD)' }
  )
  t.match(
    lists.locale.find(({ value }) => value === 'fr-CA'),
    { label: 'French (Canada)' }
  )
  for (const tag of ['en-US', 'en-GB', 'en-IN', 'de-DE', 'es-MX', 'ja-JP', 'pt-BR'])
    t.ok(
      lists.locale.some(({ value }) => value === tag),
      tag
    )
})

t.test('a locale is written as is proper', async (t) => {
  t.equal(toLocale('de-de'), 'de-DE')
  t.equal(toLocale('xx-XX'), null)
  t.equal(toLocale(''), null)
})
