import t from 'tap'
import { readFile, toFile } from './helper.ts'

const TEXT = 'Vorname;Nachname;Ort\r\nJosé;Müller-Lüdenscheidt;Zürich\r\nZoë;Brontë;Málaga\r\n'
const CELLS = [
  ['José', 'Müller-Lüdenscheidt', 'Zürich'],
  ['Zoë', 'Brontë', 'Málaga']
]

const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16()

t.test('whatever a spreadsheet saves a text as', async (t) => {
  const saved = {
    'UTF-8': Buffer.from(TEXT),
    'UTF-8 with its mark': Buffer.from(`\ufeff${TEXT}`),
    'UTF-16 little-endian': Buffer.from(`\ufeff${TEXT}`, 'utf16le'),
    'UTF-16 big-endian': swapped(`\ufeff${TEXT}`),
    'UTF-16 little-endian without its mark': Buffer.from(TEXT, 'utf16le'),
    'UTF-16 big-endian without its mark': swapped(TEXT),
    'Windows-1252': Buffer.from(TEXT, 'latin1')
  }
  for (const [name, bytes] of Object.entries(saved))
    for (const piece of [1, 3, 100_000]) t.same((await readFile(toFile(bytes, piece))).cells, CELLS, name)
})

t.test('an accent far down is found', async (t) => {
  const text = `First Name,Phone\n${'Ann,1\n'.repeat(20_000)}Zoë,2\n`
  t.equal((await readFile(toFile(text, 65_536))).cells.at(-1)?.[0], 'Zoë')
  t.equal((await readFile(toFile(Buffer.from(text, 'latin1'), 65_536))).cells.at(-1)?.[0], 'Zoë')
})

t.test('the euro and curly quotes of Windows-1252', async (t) => {
  const bytes = Buffer.concat([
    Buffer.from('First Name,Location\nD'),
    Buffer.from([0x92]),
    Buffer.from('Arcy,Caf\xe9 \x80', 'latin1')
  ])
  t.same((await readFile(bytes)).cells, [['D’Arcy', 'Café €']])
})

t.test('Cyrillic and Polish of their own Windows', async (t) => {
  const cyrillic = [...'Имя,Фамилия\nИван,Петров\nМария,Иванова\nСергей,Смирнов\n'].map((letter) => {
    const code = letter.codePointAt(0) ?? 0
    return code >= 0x410 ? code - 0x410 + 0xc0 : code
  })
  t.same((await readFile(Buffer.from(cyrillic))).cells[0], ['Иван', 'Петров'])
  const polish =
    'Imi\xea,Nazwisko\nStanis\xb3aw,Wi\x9cniewski\nJ\xf3zef,D\xb9browski\nZbigniew,W\xf3jcik\n\xa3ukasz,\xafak\n'
  t.same((await readFile(Buffer.from(polish, 'latin1'))).cells[0], ['Stanisław', 'Wiśniewski'])
})

t.test('UTF-8 with a broken letter stays UTF-8, and only that cell is broken', async (t) => {
  const bytes = Buffer.from('First Name,Location\nZoë,Zürich\nJosé,Málaga\nXXX,Åre\n')
  bytes[bytes.indexOf('XXX')] = 0xe9
  t.same((await readFile(bytes)).cells, [
    ['Zoë', 'Zürich'],
    ['José', 'Málaga'],
    ['\ufffdXX', 'Åre']
  ])
})
