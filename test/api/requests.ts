// Requests made of the OpenAPI document: right ones, almost right ones, and wrong ones.
import fc from 'fast-check'
import type { Document, Operation, Schema } from './document.ts'
import { nastyText, spoilt, spoiltText } from './nasty.ts'
import { type Pool, recordOf, valuesOf } from './values.ts'

export interface Asked {
  method: string
  /** The address's template in the document. */
  template: string
  url: string
  headers: Record<string, string>
  payload: string | undefined
}

const TYPES = ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']
const ODD_TYPES = [
  ...TYPES,
  'application/json; charset=latin1',
  'application/json; charset=utf-8',
  'application/JSON',
  ''
]
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
const TAGS = ['*', '"x"', 'W/"x", ,', ',,,', 'x'.repeat(8_000)]

export function requestsOf(document: Document, pool: Pool) {
  const anything = valuesOf(document, pool)

  const part = (schema: Schema, name: string) =>
    fc.oneof({ weight: 7, arbitrary: anything(schema, name).map(String) }, { weight: 1, arbitrary: nastyText })

  const urlOf = ({ path, parameters }: Operation): fc.Arbitrary<string> => {
    const inPath = parameters.filter((one) => one.in === 'path')
    const inQuery = parameters.filter((one) => one.in === 'query')
    const nameOf = (name: string) => (name === 'id' ? `/${path.split('/')[1]}` : name)
    const parts = fc.tuple(...inPath.map(({ name, schema }) => part(schema, nameOf(name))))
    const asked = fc
      .subarray(inQuery, { maxLength: Math.min(inQuery.length, 2) })
      .chain((some) => recordOf(some.map(({ name, schema }) => [name, part(schema, name)] as const)))
    return fc
      .tuple(parts, asked, rarely(fc.constantFrom('nothing=1', '__proto__=1', 'q=%ff', 'limit=5&limit=6')))
      .map(([values, query, more]) => {
        const filled = inPath.reduce((url, { name }, n) => url.replace(`{${name}}`, coded(values[n] ?? '')), path)
        const search = Object.entries(query).map(([name, value]) => `${name}=${coded(String(value))}`)
        return `${filled}?${[...search, ...(more ? [more] : [])].join('&')}`.replace(/\?$/, '')
      })
  }

  const payloadOf = ({ body }: Operation): fc.Arbitrary<string | undefined> => {
    if (!body) return rarely(fc.constantFrom('', '{}', '{"a":1}'))
    const right = anything(body, '')
    const text = right.map((value) => JSON.stringify(value))
    const almost = spoilt(right).map((value) => JSON.stringify(value))
    return fc.oneof(
      { weight: 4, arbitrary: text },
      { weight: 5, arbitrary: almost },
      { weight: 2, arbitrary: spoiltText(text) }
    )
  }

  return (operation: Operation): fc.Arbitrary<Asked> =>
    fc
      .record({
        method: mostly(operation.method, METHODS),
        url: urlOf(operation),
        payload: payloadOf(operation),
        type: mostly('application/json', ODD_TYPES),
        tag: rarely(fc.constantFrom(...TAGS)),
        length: rarely(fc.constantFrom('0', '1', String(50 * 1024 * 1024), '-1', 'x'), 30)
      })
      .map(({ type, tag, length, ...rest }) => ({
        ...rest,
        template: operation.path,
        headers: {
          ...(rest.payload !== undefined && type && { 'content-type': type }),
          ...(length !== undefined && { 'content-length': length }),
          ...(tag && { 'if-none-match': tag })
        }
      }))
}

export const rarely = <Value>(odd: fc.Arbitrary<Value>, usual = 12) =>
  fc.oneof({ weight: usual, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: odd })

const mostly = (usual: string, odd: readonly string[]) =>
  fc.oneof({ weight: 15, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...odd) })

/** In a URL there are only bytes: of half a character nothing can be sent. Some send what no encoder makes. */
const coded = (text: string) => (text === '%' ? '%zz' : encodeURIComponent(text.toWellFormed()))
