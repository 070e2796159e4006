import t from 'tap'
import { amount, isNegative, isNothing, negated } from '../../src/lib/money.ts'

const read = (locale: string, currency: string, typed: string) => {
  const parsed = amount({ locale, currency }).safeParse(typed)
  return parsed.success ? parsed.data : null
}

t.test('an amount is read as people of a language type it, to the last cent', async (t) => {
  const cases: [locale: string, currency: string, typed: string, read: string | null][] = [
    ['en-US', 'USD', '1,234.50', '1234.50'],
    ['en-US', 'USD', ' 12 ', '12'],
    ['en-US', 'USD', '$12.5', '12.5'],
    ['en-US', 'USD', '-$5', '-5'],
    ['en-US', 'USD', '$-5', '-5'],
    ['en-US', 'USD', '−5', '-5'],
    ['en-US', 'USD', '+5', '5'],
    ['en-US', 'USD', 'USD 5', '5'],
    ['en-US', 'USD', '.50', '0.50'],
    ['en-US', 'USD', '007', '7'],
    ['en-US', 'USD', '999999999.99', '999999999.99'],
    ['en-US', 'USD', '12,50', null],
    ['en-US', 'USD', '1,2345', null],
    ['en-US', 'USD', '0,123', null],
    ['en-US', 'USD', '1.2.3', null],
    ['en-US', 'USD', '5.', null],
    ['en-US', 'USD', '£5', null],
    ['en-US', 'USD', '1 000', null],
    ['de-DE', 'EUR', '1.234,50', '1234.50'],
    ['de-DE', 'EUR', '1.234,50 €', '1234.50'],
    ['de-DE', 'EUR', '12,5', '12.5'],
    ['de-DE', 'EUR', '12.50', null],
    ['fr-FR', 'EUR', '1 234,50', '1234.50'],
    ['fr-FR', 'EUR', '1\u202f234,50', '1234.50'],
    ['fr-FR', 'EUR', '12.50', '12.50'],
    ['de-CH', 'CHF', "1'234.50", '1234.50'],
    ['de-CH', 'CHF', 'CHF 1’234.50', '1234.50'],
    ['es-ES', 'EUR', '1.234,50', '1234.50'],
    ['en-IN', 'INR', '₹12,34,567.50', '1234567.50'],
    ['en-IN', 'INR', '1,234,567', null],
    ['ja-JP', 'JPY', '1,234', '1234'],
    ['ar-KW', 'KWD', '1.234', '1.234']
  ]
  for (const [locale, currency, typed, expected] of cases)
    t.equal(read(locale, currency, typed), expected, `${locale} ${currency} “${typed}”`)
})

t.test('what is no amount gets a sentence', async (t) => {
  const why = (currency: string, typed: unknown) =>
    amount({ locale: 'en-US', currency }).safeParse(typed).error?.issues[0]?.message
  t.equal(why('USD', ''), 'Enter an amount, such as 1,234.50.')
  t.equal(why('USD', undefined), 'Enter an amount, such as 1,234.50.')
  t.equal(why('USD', ['1', '2']), 'The amount must be text.')
  t.equal(why('USD', '1e99'), 'Enter the amount as a number, such as 1,234.50.')
  for (const typed of ['NaN', 'Infinity', '0x10', '--5', '١٢', 'twelve', '-', '$'])
    t.equal(why('USD', typed), 'Enter the amount as a number, such as 1,234.50.', typed)
  t.equal(why('USD', '0.001'), 'Amounts in USD have at most 2 decimals.')
  t.equal(why('JPY', '0.5'), 'Amounts in JPY have no decimals.')
  t.equal(why('USD', '1000000000'), 'The amount is too large. Enter less than 1,000,000,000.')
  t.equal(why('USD', '9'.repeat(40)), 'Enter the amount as a number, such as 1,234.50.')
  t.equal(why('USD', '1\u0000'), 'The amount has characters that can’t be shown. Type it again.')
})

t.test('signs are told without arithmetic', async (t) => {
  t.same(['0', '-0', '0.00', '-0.000'].map(isNothing), [true, true, true, true])
  t.same(['0.001', '-1', '10'].map(isNothing), [false, false, false])
  t.same(['-0', '-0.01', '1'].map(isNegative), [false, true, false])
  t.same(['5', '-5.10'].map(negated), ['-5', '5.10'])
})
