import { z } from 'zod'
import { line, requiredLine } from '../lib/fields.ts'
import { parsePhone } from '../lib/phone.ts'
import { GENDERS } from './gender.ts'

export const EARLIEST_BIRTH = '1900-01-01'
export const BORN_TOO_EARLY = 'The birth date must be in 1900 or later.'

const emailText = line('The e-mail', 254)
  .transform((value) => value.toLowerCase())
  .refine(
    (value) => value === '' || z.email().safeParse(value).success,
    'Enter an e-mail address such as name@example.com.'
  )
  .transform((value) => value || null)

function phoneText(country: string) {
  return line('The phone', 40).transform((value, context) => {
    if (value === '') return null
    const phone = parsePhone(value, country)
    if (!phone) context.addIssue('Enter a phone number that exists, with + and the country code if it is abroad.')
    return phone
  })
}

function birthDate(today: string) {
  return line('The birth date', 20)
    .refine(
      (value) => value === '' || z.iso.date().safeParse(value).success,
      'Enter a date that exists, as year-month-day: 1984-02-29.'
    )
    .refine((value) => value === '' || value <= today, 'The birth date can’t be in the future.')
    .refine((value) => value === '' || value >= EARLIEST_BIRTH, BORN_TOO_EARLY)
    .transform((value) => value || null)
}

const gender = z
  .union([z.literal('').transform(() => null), z.enum(GENDERS)], 'Choose a gender from the list.')
  .optional()
  .transform((value) => value ?? null)

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
  return z
    .object({
      firstName: requiredLine('The first name', 80, 'Enter a first name.'),
      lastName: line('The last name', 80),
      phone: phoneText(country),
      email: emailText,
      birthDate: birthDate(today),
      gender,
      location: line('The location', 80).transform((value) => value || null)
    })
    .superRefine(({ phone, email }, context) => {
      if (!phone && !email)
        context.addIssue({
          code: 'custom',
          path: ['phone'],
          message: 'Enter a phone number or an e-mail address: one of the two.'
        })
    })
}

export type CustomerFields = z.output<Schema>
