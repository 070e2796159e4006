import t from 'tap'
import { createFormat, DASH, dayIn } from '../../src/lib/format.ts'

const US = { country: 'US', locale: 'en-US', currency: 'USD', timeZone: 'America/New_York' }
const us = createFormat(US)
const german = createFormat({ country: 'DE', locale: 'de-DE', currency: 'EUR', timeZone: 'Europe/Berlin' })

/** Intl puts other spaces than the keyboard's between parts. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

t.test('money keeps every cent, however long it is', async (t) => {
  t.equal(us.money('0.10'), '$0.10')
  t.equal(us.money('2839.610'), '$2,839.61')
  t.equal(us.money('-5.000'), '-$5.00')
  t.equal(us.money('9007199254740993.37'), '$9,007,199,254,740,993.37')
  t.equal(us.money('1234567890123456789012345678.99'), '$1,234,567,890,123,456,789,012,345,678.99')
  t.equal(us.money('1.005'), '$1.01')
  t.equal(us.money('1.00499999999999999999999999'), '$1.00')
})

t.test('money has as many decimals as its currency', async (t) => {
  t.equal(createFormat({ ...US, currency: 'JPY' }).money('1234567.000'), '¥1,234,567')
  t.equal(plain(createFormat({ ...US, currency: 'KWD' }).money('1234.567')), 'KWD 1,234.567')
  t.equal(plain(german.money('9007199254740993.37')), '9.007.199.254.740.993,37 €')
})

t.test('numbers, shares and counts', async (t) => {
  t.equal(us.number(1_234_567), '1,234,567')
  t.equal(us.number('9007199254740993.125'), '9,007,199,254,740,993.125')
  t.equal(us.percent(0.12345), '12.3%')
  t.equal(us.count(1, 'customer'), '1 customer')
  t.equal(us.count(0, 'customer'), '0 customers')
  t.equal(us.count(1_202, 'entry', 'entries'), '1,202 entries')
})

t.test('the place of a page says its numbers as the rest of the page does', async (t) => {
  const total = { count: 3_412, isMore: false }
  t.equal(us.range({ first: 1_001, length: 25, total }), '1,001 to 1,025 of 3,412')
  t.equal(german.range({ first: 1_001, length: 25, total }), '1.001 to 1.025 of 3.412')
  t.equal(german.range({ first: 3_412, length: 1, total }), '3.412 of 3.412')
  t.equal(german.range({ first: null, length: 25, total }), '25 of 3.412')
  t.equal(german.range({ first: 1, length: 25, total: { count: 10_000, isMore: true } }), '1 to 25 of over 10.000')
  t.equal(german.range({ first: 26, length: 25, total: null }), '26 to 50')
  t.equal(german.range({ first: 1, length: 0, total: { count: 0, isMore: false } }), '0')
})

t.test('what does not exist is a dash, and zero is not', async (t) => {
  t.equal(us.money(null), DASH)
  t.equal(us.number(null), DASH)
  t.equal(us.percent(null), DASH)
  t.equal(us.day(null), DASH)
  t.equal(us.moment(null), DASH)
  t.equal(us.date(null), DASH)
  t.equal(us.text(null), DASH)
  t.equal(us.text(0), 0)
  t.equal(us.number(0), '0')
  t.equal(us.money('0'), '$0.00')
})

t.test('yes and no in words', async (t) => {
  t.same([true, false].map(us.yesNo), ['yes', 'no'])
})

t.test('days ago in words', async (t) => {
  t.equal(us.daysAgo(null), 'never')
  t.equal(us.daysAgo(-1), 'today')
  t.equal(us.daysAgo(0), 'today')
  t.equal(us.daysAgo(1), 'yesterday')
  t.equal(us.daysAgo(2), '2 days ago')
  t.equal(us.daysAgo(1_500), '1,500 days ago')
  t.equal(german.daysAgo(1_500), '1.500 days ago')
})

t.test('a moment is the day it was where the retailer is, a calendar day is the same everywhere', async (t) => {
  const tokyo = createFormat({ ...US, timeZone: 'Asia/Tokyo' })
  t.equal(us.day('2026-01-01T04:59:59Z'), 'Dec 31, 2025')
  t.equal(tokyo.day('2026-01-01T04:59:59Z'), 'Jan 1, 2026')
  t.equal(plain(us.moment(new Date('2026-01-01T05:00:00Z'))), 'Jan 1, 2026, 12:00 AM')
  for (const timeZone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'UTC']) {
    t.equal(createFormat({ ...US, timeZone }).date('1984-02-29'), 'Feb 29, 1984')
  }
  t.equal(us.iso('2026-01-01T00:00:00-05:00'), '2026-01-01T05:00:00.000Z')
})

t.test('the day’s edge is at midnight there', async (t) => {
  const edges: [string, string, string][] = [
    ['America/New_York', '2026-03-02T05:00:00Z', '2026-03-01'],
    ['Asia/Kathmandu', '2026-03-01T18:15:00Z', '2026-03-01'],
    ['Pacific/Kiritimati', '2026-03-01T10:00:00Z', '2026-03-01'],
    ['Pacific/Pago_Pago', '2026-03-02T11:00:00Z', '2026-03-01'],
    ['UTC', '2026-03-02T00:00:00Z', '2026-03-01']
  ]
  for (const [zone, midnight, before] of edges) {
    const moment = new Date(midnight)
    t.equal(dayIn(zone, moment), '2026-03-02', zone)
    t.equal(dayIn(zone, new Date(moment.getTime() - 1)), before, `${zone}, just before`)
  }
})

t.test('where the clocks change, a day may have 23, 25 or no midnight hours', async (t) => {
  const hours = (zone: string, day: string, around: string) => {
    const start = new Date(around).getTime()
    const all = Array.from({ length: 96 }, (_, hour) => new Date(start + (hour - 48) * 3_600_000))
    return all.filter((moment) => dayIn(zone, moment) === day).length
  }
  t.equal(hours('America/New_York', '2026-03-08', '2026-03-08T12:00:00Z'), 23)
  t.equal(hours('America/New_York', '2026-11-01', '2026-11-01T12:00:00Z'), 25)
  t.equal(hours('America/New_York', '2026-11-02', '2026-11-02T12:00:00Z'), 24)
  // In Santiago this day begins at 1:00; Samoa has left out a whole one.
  t.equal(dayIn('America/Santiago', new Date('2026-09-06T03:59:59Z')), '2026-09-05')
  t.equal(dayIn('America/Santiago', new Date('2026-09-06T04:00:00Z')), '2026-09-06')
  t.equal(hours('Pacific/Apia', '2011-12-30', '2011-12-30T12:00:00Z'), 0)
})
