/** The rules of those fields of a customer that are more than a line of text. */
import { z } from 'zod'
import { line } from '../lib/fields.ts'
import { parsePhone } from '../lib/phone.ts'
import { GENDERS } from './gender.ts'

export const EARLIEST_BIRTH = '1900-01-01'
export const BORN_TOO_EARLY = 'The birth date must be in 1900 or later.'

export function phoneText(longest: number, country: string) {
  return line('The phone', longest).transform((value, context) => {
    if (value === '') return null
    const phone = parsePhone(value, country)
    if (!phone) context.addIssue('Enter a phone number that exists, with + and the country code if it is abroad.')
    return phone
  })
}

export function emailText(longest: number) {
  return line('The e-mail', longest)
    .transform((value) => value.toLowerCase())
    .refine(
      (value) => value === '' || z.email().safeParse(value).success,
      'Enter an e-mail address such as name@example.com.'
    )
    .transform((value) => value || null)
}

export function birthDate(longest: number, today: string) {
  return line('The birth date', longest)
    .refine(
      (value) => value === '' || z.iso.date().safeParse(value).success,
      'Enter a date that exists, as year-month-day: 1984-02-29.'
    )
    .refine((value) => value === '' || value <= today, 'The birth date can’t be in the future.')
    .refine((value) => value === '' || value >= EARLIEST_BIRTH, BORN_TOO_EARLY)
    .transform((value) => value || null)
}

export const gender = z
  .union([z.literal('').transform(() => null), z.enum(GENDERS)], 'Choose a gender from the list.')
  .optional()
  .transform((value) => value ?? null)
