import t from 'tap'
import { choicesFor, isCountry, isCurrency, isTimeZone } from '../../src/retailer/choices.ts'
import { todaysName, toLocale, usualOf } from '../../src/retailer/usual.ts'

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

t.test('a country brings the settings that most of its shops choose', async (t) => {
  const usual: [string, string, string, string][] = [
    ['IN', 'Asia/Kolkata', 'INR', 'en-IN'],
    ['US', 'America/New_York', 'USD', 'en-US'],
    ['CA', 'America/Toronto', 'CAD', 'en-CA'],
    ['AU', 'Australia/Sydney', 'AUD', 'en-AU'],
    ['BR', 'America/Sao_Paulo', 'BRL', 'pt-BR'],
    ['UA', 'Europe/Kyiv', 'UAH', 'uk-UA'],
    ['VN', 'Asia/Ho_Chi_Minh', 'VND', 'vi-VN'],
    ['NO', 'Europe/Oslo', 'NOK', 'nb-NO'],
    ['MY', 'Asia/Kuala_Lumpur', 'MYR', 'en-MY'],
    ['BG', 'Europe/Sofia', 'EUR', 'bg-BG']
  ]
  for (const [country, timeZone, currency, locale] of usual) t.same(usualOf(country), { timeZone, currency, locale })
})

t.test('whatever a country brings is offered', async (t) => {
  const lists = choicesFor({ country: 'US', timeZone: 'UTC', currency: 'USD', locale: 'en-US' })
  const offered = (field: keyof typeof lists) => new Set(lists[field].map(({ value }) => value))
  const all = { timeZone: offered('timeZone'), currency: offered('currency'), locale: offered('locale') }
  const missing = lists.country.flatMap(({ value, sets }) => {
    const { timeZone, currency, locale } = Object.fromEntries(new URLSearchParams(sets))
    const isThere = [timeZone, currency, locale].filter((one) => one !== undefined).length
    const isOffered =
      all.timeZone.has(timeZone ?? 'UTC') && all.currency.has(currency ?? 'USD') && all.locale.has(locale ?? '')
    return isOffered && isThere > 1 ? [] : [`${value} ${sets}`]
  })
  t.same(missing, ['AC locale=en-AC', 'TA locale=en-TA'])
  t.notOk(
    choicesFor({ country: 'US', timeZone: '', currency: '', locale: '' }, true).country.some(({ sets }) =>
      sets?.includes('currency')
    )
  )
})

t.test('a time zone goes by the name of today', async (t) => {
  const { timeZone } = choicesFor(NONE)
  for (const [old, name] of [
    ['Asia/Calcutta', 'Asia/Kolkata'],
    ['Asia/Saigon', 'Asia/Ho_Chi_Minh'],
    ['Europe/Kiev', 'Europe/Kyiv']
  ]) {
    t.equal(todaysName(old ?? ''), name)
    t.same(
      timeZone.filter(({ value }) => value === old || value === name).map(({ value }) => value),
      [name]
    )
  }
  t.same(['UTC', 'Europe/Oslo', 'No/Where'].map(todaysName), ['UTC', 'Europe/Oslo', 'No/Where'])
})
