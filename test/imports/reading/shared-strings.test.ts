import t from 'tap'
import { TooLarge } from '../../../src/imports/reading/archive.ts'
import { SharedStrings } from '../../../src/imports/reading/shared-strings.ts'

t.test('texts come back by their number, whichever block they lie in', async (t) => {
  const texts = Array.from({ length: 60_000 }, (_, at) => (at % 7 ? `${'日本'.repeat(at % 11)}${at}` : ''))
  texts.push('é'.repeat(32_767), 'last')
  const strings = new SharedStrings()
  for (const text of texts) strings.add(text)
  t.same(
    texts.filter((text, at) => strings.get(at) !== text),
    []
  )
  for (const none of [-1, texts.length, 0.5, Number.NaN]) t.equal(strings.get(none), '')
})

t.test('of a text that is too long for a cell, enough is kept to say so', async (t) => {
  const strings = new SharedStrings()
  strings.add('x'.repeat(1_000_000))
  t.equal(strings.get(0).length, 32_768)
})

t.test('more text than there is room for is refused, and so are more texts', async (t) => {
  const [long, empty] = [new SharedStrings(), new SharedStrings()]
  t.throws(() => {
    for (let count = 0; count < 2_000; count++) long.add('x'.repeat(32_000))
  }, new TooLarge())
  t.throws(() => {
    for (let count = 0; count < 20_000_000; count++) empty.add('')
  }, new TooLarge())
})
