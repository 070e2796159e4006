import t from 'tap'
import { Highlighter, type Piece } from '../../../src/customers/list/highlights.ts'
import { formatPhone } from '../../../src/lib/phone.ts'

const said = (pieces: Piece[]) => pieces.map(({ text, isMet }) => (isMet ? `[${text}]` : text)).join('')

t.test('what a search met is shown in a name, however it was written', async (t) => {
  const cases: [q: string, name: string, marked: string][] = [
    ['nandu', 'José Ñandú', 'José [Ñandú]'],
    ['JOSÉ', 'Jose\u0301 X', '[Jose\u0301] X'],
    ['nan jos', 'José Ñandú', '[Jos]é [Ñan]dú'],
    ["o'neil", 'Joan O’Neil-Ross', 'Joan [O’Neil]-Ross'],
    ['an', 'Susan Andrews', 'Susan [An]drews'],
    ['an', 'Susan', 'Susan'],
    ['ann', 'Hannah Annan', 'Hannah [Ann]an'],
    ['ann nna', 'Hannah', 'H[anna]h'],
    ['strasse', 'Eva Straße', 'Eva [Straße]'],
    ['<b>', 'A <b>', 'A [<b>]'],
    ['zzz', 'Ann', 'Ann'],
    ['\u0301', 'Ann', 'Ann']
  ]
  for (const [q, name, marked] of cases) t.equal(said(new Highlighter(q).name(name)), marked, q)
})

t.test('and in an e-mail, but for one or two letters', async (t) => {
  t.equal(said(new Highlighter('MAX+SHOP').email('joanna.max+shop@example.com')), 'joanna.[max+shop]@example.com')
  t.equal(said(new Highlighter('jo').email('jo@example.com')), 'jo@example.com')
})

t.test('and in a phone as people of the shop’s country write it', async (t) => {
  const cases: [q: string, phone: string, country: string, marked: string][] = [
    ['0186', '+14055550186', 'US', '(405) 555-[0186]'],
    ['555', '+14055550186', 'US', '(405) [555]-0186'],
    ['5550186', '+14055550186', 'US', '(405) [555-0186]'],
    ['(405) 555', '+14055550186', 'US', '([405) 555]-0186'],
    ['+1 405', '+14055550186', 'US', '([405]) 555-0186'],
    ['020 7946', '+442079460958', 'GB', '[020 7946] 0958'],
    ['+44 (0)20 7946', '+442079460958', 'GB', '[020 7946] 0958'],
    ['0044 20', '+442079460958', 'GB', '[020] 7946 0958'],
    ['020 7946', '+442079460958', 'US', '+44 [20 7946] 0958'],
    ['44 20', '+442079460958', 'US', '+[44 20] 7946 0958'],
    ['bergman 0186', '+14055550186', 'US', '(405) 555-[0186]'],
    ['999', '+14055550186', 'US', '(405) 555-0186']
  ]
  for (const [q, phone, country, marked] of cases)
    t.equal(said(new Highlighter(q).phone(formatPhone(phone, country) ?? '', phone)), marked, `${q} in ${country}`)
})
