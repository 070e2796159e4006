import t from 'tap'
import { template } from '../../../src/imports/reading/template.ts'
import { parsePhone } from '../../../src/lib/phone.ts'
import { HEADERS, reader } from './helper.ts'

t.test('the template left as it is', async (t) => {
  for (const country of ['SG', 'US', 'IN', 'DE', 'ZZ']) {
    const { headers, hints, sample } = template(country)
    t.same(headers, HEADERS)
    const read = reader(country)
    t.equal(read(...hints).passedOver, 'template')
    t.equal(read(...sample).passedOver, 'sample')
    t.ok(parsePhone(sample[2] ?? '', country))
    t.same(
      read(...sample.with(3, 'ann@example.org').with(0, 'Ann')).wrong,
      [],
      'the sample is a customer as it should be'
    )
  }
})

t.test('the sample with half of it changed', async (t) => {
  const { sample } = template('SG')
  const [first = '', last = '', phone = '', email = ''] = sample
  t.equal(reader()('Ann', '', '', email.toUpperCase()).passedOver, 'sample')
  t.equal(reader()(first, last, phone.replace(/\D/g, ''), 'a@b.co').passedOver, 'sample')
  t.equal(reader()(first, last, '+65 9123 4567').passedOver, null)
  t.equal(reader('SG', 'en', ['First Name', 'Phone', 'x'])('Ann', phone, email).passedOver, 'sample')
  t.equal(reader()('Ann', last, phone).passedOver, null)
})

t.test('a customer whose name begins like a hint', async (t) => {
  t.equal(reader()('Optional', '', '+65 9123 4567').passedOver, null)
  t.equal(reader()('', 'OPTIONAL: x', 'Required').passedOver, 'template')
})

t.test('rows with nothing in them', async (t) => {
  for (const cells of [[], ['', ''], [' ', '\u00a0', '\u200b\u3000']]) t.equal(reader()(...cells).passedOver, 'empty')
})
