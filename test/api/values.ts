// Values of the form that the OpenAPI document's schemas ask for.
import fc from 'fast-check'
import type { Document, Schema } from './document.ts'

/** What is there to be asked for, by the names of fields and, of those in a path, by what stands before {id}. */
export type Pool = Record<string, (string | number)[]>

export function valuesOf({ components }: Document, pool: Pool) {
  const plainly = (schema: Schema, name: string): fc.Arbitrary<unknown> => {
    if (schema.$ref) return referred(schema.$ref.split('/').pop() ?? '', name)
    if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => anything(one, name)))
    if (schema.enum) return fc.constantFrom(...schema.enum)
    const [type = 'any'] = [schema.type ?? []].flat()
    return KINDS[type]?.(schema, name) ?? fc.jsonValue()
  }

  const anything = (schema: Schema, name: string): fc.Arbitrary<unknown> => {
    const known = pool[name]
    const plain = plainly(schema, name)
    if (!known?.length || schema.type === 'null' || schema.type === 'array') return plain
    return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: plain })
  }

  const referred = (component: string, name: string): fc.Arbitrary<unknown> => {
    if (component === 'Money') return fc.integer({ min: -99_999, max: 99_999 }).map((cents) => (cents / 100).toFixed(2))
    if (component === 'Uuid') return fc.uuid()
    const plain = anything(components.schemas[component] ?? {}, name)
    return component === 'NewSale' ? plain.map(balanced) : plain
  }

  const KINDS: Record<string, (schema: Schema, name: string) => fc.Arbitrary<unknown>> = {
    string: textOf,
    integer: ({ minimum = 0, maximum = 1e9 }) => fc.integer({ min: minimum, max: Math.min(maximum, 2 ** 31 - 1) }),
    boolean: () => fc.boolean(),
    null: () => fc.constant(null),
    array: ({ items = {}, minItems = 0 }, name) =>
      fc.array(anything(items, name), { minLength: minItems, maxLength: 4 }),
    object: ({ properties = {}, required = [] }) => {
      const fields = Object.entries(properties).map(([name, one]) => [name, anything(one, name)] as const)
      return recordOf(fields, required)
    }
  }

  return anything
}

export const recordOf = (fields: (readonly [string, fc.Arbitrary<unknown>])[], requiredKeys?: string[]) =>
  fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, requiredKeys && { requiredKeys })

function textOf({ format, pattern, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time')
    return fc
      .date({ min: new Date('2000-01-01'), max: new Date('2026-03-03'), noInvalidDate: true })
      .map((day) => day.toISOString())
  if (pattern) return fc.stringMatching(new RegExp(pattern))
  return fc.oneof(
    fc.string({ minLength, maxLength: Math.min(maxLength, 40) }),
    fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 12) })
  )
}

interface Sale {
  lines: { quantity: string; amount: string; discount?: string }[]
  [more: string]: unknown
}

/** A sale of the right form is rarely one that adds up: this makes it so. */
function balanced(value: unknown): Sale {
  const sale = value as Sale
  const { rounding: _rounding, ...rest } = sale
  const lines = sale.lines.map((line) => {
    const amount = line.amount.replace('-', '')
    const quantity = Number(line.quantity) === 0 ? '1' : line.quantity
    return {
      ...line,
      quantity,
      amount: quantity.startsWith('-') ? `-${amount}` : amount,
      ...(line.discount && { discount: line.discount.replace('-', '') })
    }
  })
  const cents = lines.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0)
  return { ...rest, lines, tenders: { [TENDERS[lines.length % 2] ?? 'cash']: (cents / 100).toFixed(2) } }
}

const TENDERS = ['cash', 'on_account']
