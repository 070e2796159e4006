import t from 'tap'
import { reader, wrongOf } from './helper.ts'

const phoneOf = (phone: string, country: string) => reader(country)('Ann', '', phone).phone

t.test('as people write them', async (t) => {
  const phones = ['+65 9123-4567', '9123 4567', '6591234567', 'tel:+65-9123-4567', '(+65) 9123.4567', '91234567.0']
  const marked = ['＋６５ ９１２３ ４５６７', "'+6591234567", '\u202a+65 9123 4567\u202c', '+65\u00a09123\u200b4567']
  for (const phone of [...phones, ...marked]) t.equal(phoneOf(phone, 'SG'), '+6591234567', phone)
  t.equal(phoneOf('(91) 98765 43210', 'IN'), '+919876543210')
  t.equal(phoneOf('098765 43210', 'IN'), '+919876543210')
  t.equal(phoneOf('(206) 555-0123', 'US'), '+12065550123')
  t.equal(phoneOf('0049 30 901820', 'DE'), '+4930901820')
})

t.test('one whose last digits a spreadsheet has dropped', async (t) => {
  for (const phone of ['6.59123E+09', '6,59123E+09', '6.59e9', '7E+10'])
    t.equal(
      wrongOf('Phone', phone),
      `Your spreadsheet shortened this number to ${phone}, so its last digits are lost. Format the column as text, then enter the phone again.`
    )
})

t.test('one whose + a spreadsheet has dropped', async (t) => {
  const sentence = 'This looks like +91 98765 43210 without its +. Enter it with the +.'
  for (const phone of ['919876543210', '91 98765 43210', '(91) 98765-43210'])
    t.equal(wrongOf('Phone', phone), sentence, phone)
})

t.test('what is no phone', async (t) => {
  const sentence = 'Enter a phone number that exists, with + and the country code if it is abroad.'
  for (const phone of ['123', 'none', '+', '9123 4567 / 9876 5432', '+65 1', '=9123', '0', '-'])
    t.equal(wrongOf('Phone', phone), sentence, phone)
  t.equal(wrongOf('Phone', '1'.repeat(41)), 'The phone must have at most 40 characters.')
  t.equal(wrongOf('Phone', 'nobody', 'ZZ'), sentence)
})

t.test('one with an extension, which is named as it is not kept', async (t) => {
  for (const phone of [
    '206 555 0187 ext 5',
    '(206) 555-0187 x5',
    '206-555-0187 ext. 5',
    '+1 206 555 0187;ext=5',
    '2065550187 #5'
  ]) {
    const { phone: read, note, wrong } = reader('US')('Ann', '', phone)
    t.same({ read, note, wrong }, { read: '+12065550187', note: 'Extension 5 is not kept.', wrong: [] }, phone)
  }
  for (const phone of ['206 555 0187', 'tel:+1-206-555-0187', '', 'ext 5'])
    t.equal(reader('US')('Ann', '', phone).note, null, phone)
})
