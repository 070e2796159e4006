import fc from 'fast-check'
import { getCountries, getExampleNumber } from 'libphonenumber-js'
import examples from 'libphonenumber-js/mobile/examples'
import t from 'tap'
import { createQuickPhone } from '../../../src/imports/reading/quick-phone.ts'
import { parsePhone } from '../../../src/lib/phone.ts'

t.test('what is told quickly is what the library says, in every country', async (t) => {
  let told = 0
  for (const country of getCountries()) {
    const quick = createQuickPhone(country)
    const example = getExampleNumber(country, examples)
    if (!example) continue
    const { number, nationalNumber, countryCallingCode: code } = example
    const written = [
      number,
      nationalNumber,
      example.formatInternational(),
      example.formatNational(),
      `${code}${nationalNumber}`
    ]
    const digits = fc.stringMatching(/^\d{1,13}$/)
    const tried = fc.oneof(
      digits,
      digits.map((text) => `+${code}${text}`),
      digits.map((text) => `${nationalNumber.slice(0, 4)}${text}`)
    )
    for (const text of [...written, ...fc.sample(tried, { numRuns: 40, seed: 1 })]) {
      const phone = quick(text)
      if (phone === null) continue
      told++
      if (phone !== parsePhone(text, country)) t.fail(`${country} ${text} is not ${phone}`)
    }
  }
  t.ok(told > 500, `${told} told`)
})

t.test('the plain phones of a country with a code of its own', async (t) => {
  for (const text of ['+6591234567', '+65 9123 4567', '9123-4567', '+65 9123.4567'])
    t.equal(createQuickPhone('SG')(text), '+6591234567')
  t.equal(createQuickPhone('IN')('98765 43210'), '+919876543210')
  for (const text of ['', '+1', '123', '+12065550123', '6591234567', 'tel'])
    t.equal(createQuickPhone('SG')(text), null, text)
  t.equal(createQuickPhone('US')('(206) 555-0123'), '+12065550123')
  t.equal(createQuickPhone('GB')('+44 7400 123456'), '+447400123456')
  for (const text of ['+65 9123 4567', '1 206 555 0123', '(06) 555-0123'])
    t.equal(createQuickPhone('US')(text), null, text)
  t.equal(createQuickPhone('ZZ')('+12065550123'), null)
})
