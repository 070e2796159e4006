import { z } from 'zod'
import type { Em } from '../db/orm.ts'
import { requiredLine, version } from '../lib/fields.ts'
import { accountFields, NAME_LENGTH } from '../staff/create.ts'
import { newPassword } from '../staff/passwords.ts'
import { isCountry, isCurrency, isTimeZone } from './choices.ts'
import { knowsTimeZone } from './queries.ts'
import type { Retailer } from './retailer.ts'
import { todaysName, toLocale, usualOf } from './usual.ts'

const SHOP_NAME_LENGTH = 80

/** The longest language tag that anybody needs; the standard lets them go on for ever. */
const LOCALE_LENGTH = 35

const ZONE = 'Choose a time zone.'
const LOCALE = 'Choose how numbers and dates are written.'

/** What a retailer must hold. A time zone has to be known twice: days are counted here and in the database. */
export function retailerFields(em: Em) {
  return z.object({
    name: requiredLine('The shop’s name', SHOP_NAME_LENGTH, 'Enter the name of the shop.'),
    country: z.string('Choose a country.').refine(isCountry, 'Choose a country.'),
    timeZone: z
      .string(ZONE)
      .refine(isTimeZone, { error: ZONE, abort: true })
      .transform(todaysName)
      .refine((zone) => knowsTimeZone(em, zone), ZONE),
    currency: z.string('Choose a currency.').refine(isCurrency, 'Choose a currency.'),
    locale: z
      .string(LOCALE)
      .max(LOCALE_LENGTH, LOCALE)
      .transform((tag) => toLocale(tag) ?? '')
      .refine((tag) => tag !== '', LOCALE)
  })
}

export type RetailerFields = z.output<ReturnType<typeof retailerFields>>

/** A version that never was is as outdated as one that is no more. */
export const settings = (em: Em) => retailerFields(em).extend({ version: version.catch(0) })
export type Settings = z.output<ReturnType<typeof settings>>

/** The first admin, who is known by what else they typed. */
export function founderFields({ adminName, email, name }: RetailerForm) {
  return z.object({
    adminName: requiredLine('Your name', NAME_LENGTH, 'Enter your name.'),
    email: accountFields.email,
    password: newPassword([adminName, email, name])
  })
}

export type Founder = z.output<ReturnType<typeof founderFields>>

const text = z.string().max(4000).catch('')
const typed = z.object({
  name: text,
  country: text,
  timeZone: text,
  currency: text,
  locale: text,
  adminName: text,
  email: text
})

/** What a form about the retailer shows: as typed, or as it is kept. */
export type RetailerForm = z.output<typeof typed>

export const asTyped = (body: unknown): RetailerForm => typed.parse(body ?? {})

/** A time zone's older name, which some were kept by, is shown as the one of today. */
export function formOf({ timeZone, ...retailer }: Retailer): RetailerForm {
  return asTyped({ ...retailer, timeZone: todaysName(timeZone) })
}

/** What "Use the country’s usual settings" asks for, where no script has done it at once; null: the form was sent for good. */
export function withUsual(body: unknown, form: RetailerForm): RetailerForm | null {
  const asked = z.object({ do: z.literal('usual') }).safeParse(body)
  if (!asked.success) return null
  return isCountry(form.country) ? { ...form, ...usualOf(form.country) } : form
}

/** What the first page of all suggests. */
export const emptyForm: RetailerForm = asTyped({
  country: 'US',
  timeZone: 'America/New_York',
  currency: 'USD',
  locale: 'en-US'
})
