// What programs send by mistake, and what people send to see what happens.
import { createRequire } from 'node:module'
import fc from 'fast-check'

const naughty: string[] = createRequire(import.meta.url)('big-list-of-naughty-strings')

const deep = (levels: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { a: value }
  return value
}

const TEXTS = [
  ...[
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    'a\udfff',
    '\u0007',
    '\u202e',
    '\ufeff',
    'ﬀ',
    'İ',
    '\u200b',
    '%',
    '_',
    '\\'
  ],
  ...['0', '-0', '1e5', 'NaN', 'Infinity', '+1', '1,5', '12.3456', '999999999.999', '-999999999', '٣', '1 000', '0x10'],
  ...['1999-12-31T23:59:59Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '2026-03-02T14:00:00-23:59'],
  ...['2026-03-02', '2026-02-30', '2026-03-02T14:00:60Z', '+275760-09-13T00:00:00Z', '0001-01-01'],
  ...['00000000-0000-0000-0000-000000000000', '__proto__', 'constructor', 'toString', '/', '~1', '../../shop'],
  'x'.repeat(5_000),
  '😀'.repeat(80)
]
export const nastyText = fc.oneof(fc.constantFrom(...TEXTS), fc.constantFrom(...naughty), fc.string({ unit: 'binary' }))

export const nastyValue: fc.Arbitrary<unknown> = fc.oneof(
  nastyText,
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, -0, 2 ** 31, 2 ** 53 + 2, -(2 ** 31) - 1, 1e308, 5e-324),
  fc.constantFrom<unknown>([], {}, [[]], [null], deep(20), deep(100)),
  fc.jsonValue()
)

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', '', 'nul\u0000', '\ud800', 'a/b~c', 'x'.repeat(300)]
const extraName = fc.oneof(fc.constantFrom(...NAMES), fc.string({ unit: 'binary' }))

type Change = { at: number } & (
  | { do: 'replace'; by: unknown }
  | { do: 'remove' }
  | { do: 'add'; name: string; by: unknown }
)

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ do: fc.constant('replace' as const), at: fc.nat(), by: nastyValue }),
  fc.record({ do: fc.constant('remove' as const), at: fc.nat() }),
  fc.record({ do: fc.constant('add' as const), at: fc.nat(), name: extraName, by: nastyValue })
)

/** A value that is almost right. */
export const spoilt = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(value, fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([right, changes]) =>
      changes.reduce((whole, one) => changed(whole, structuredClone(one)), structuredClone(right))
    )

type Holder = Record<string, unknown>

function changed(whole: unknown, one: Change): unknown {
  const places = placesIn(whole)
  const place = places[one.at % Math.max(1, places.length)]
  if (!place) return one.do === 'replace' ? one.by : whole
  const { holder, name } = place
  if (Array.isArray(holder))
    holder.splice(Number(name), one.do === 'add' ? 0 : 1, ...(one.do === 'remove' ? [] : [one.by]))
  else if (one.do === 'remove') delete holder[name]
  // Set as JSON.parse does, so that the name may be __proto__.
  else Object.defineProperty(holder, one.do === 'add' ? one.name : name, { value: one.by, enumerable: true, ...LOOSE })
  return whole
}

const LOOSE = { configurable: true, writable: true }

function placesIn(value: unknown): { holder: Holder; name: string }[] {
  if (value === null || typeof value !== 'object') return []
  const holder = value as Holder
  return Object.keys(holder).flatMap((name) => [{ holder, name }, ...placesIn(holder[name])])
}

/** What is no JSON, or JSON that means two things at once. */
export const spoiltText = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(text, fc.constantFrom(...SPOILS), fc.nat())
    .map(([right, spoil, at]) => spoil(right, at % (right.length + 1)))

const SPOILS: ((text: string, at: number) => string)[] = [
  () => '',
  () => ' ',
  () => 'null',
  () => '"text"',
  () => '[]',
  () => '1e999',
  (text, at) => text.slice(0, at),
  (text, at) => `${text.slice(0, at)}\u0000${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}\u0001${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)},${text.slice(at)}`,
  (text) => `\ufeff${text}`,
  (text) => `${text}${text}`,
  (text) => text.replace('{', `{"deep":${'['.repeat(50_000)}${']'.repeat(50_000)},`),
  (text) => text.replace('{', '{"__proto__":{"id":1},'),
  (text) => text.replace('{', '{"constructor":{"prototype":{"id":1}},'),
  (text) => text.replace(/\{("\w+")/, '{$1:null,$1'),
  (text) => text.replace(/"((?:[^"\\]|\\.)*)":/, (_all, name) => `"\\ud800${name}":`),
  (text) => text.replaceAll('"', "'")
]
