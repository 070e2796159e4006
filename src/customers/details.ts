import { z } from 'zod'
import { type FIELDS, type FieldName, ofFields } from './fields.ts'

type Shape = { [Name in FieldName]: ReturnType<(typeof FIELDS)[Name]['check']> }
type Schema = ReturnType<typeof createFields>
let last: { country: string; today: string; schema: Schema } | null = null

/**
 * What a customer's form must hold; the country reads the phone, today bounds the birth date. The last one is kept: zod writes
 * and compiles a function for each schema, which takes longer than to read a form with it.
 */
export function customerFields(country: string, today: string): Schema {
  if (last?.country === country && last.today === today) return last.schema
  const schema = createFields(country, today)
  last = { country, today, schema }
  return schema
}

function createFields(country: string, today: string) {
  const shape = ofFields(({ check, longest }) => check(longest, country, today)) as Shape
  return z.object(shape).superRefine(({ phone, email }, context) => {
    if (!phone && !email)
      context.addIssue({
        code: 'custom',
        path: ['phone'],
        message: 'Enter a phone number or an e-mail address: one of the two.'
      })
  })
}

export type CustomerFields = z.output<Schema>
