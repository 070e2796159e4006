import { z } from 'zod'
import { GENDERS } from '../../customers/gender.ts'
import { policySchema } from '../../sales/policy-answer.ts'
import { listOf, moment, moneyAnswer, rowId } from './values.ts'

const text = (longest: number) => z.string().max(longest * 4)

const gender = z.enum(GENDERS).meta({ id: 'Gender' })

const membership = z
  .object({
    id: rowId,
    name: z.string(),
    since: z.string().meta({ format: 'date' }).describe('The day the customer joined it.')
  })
  .meta({ id: 'Membership' })

/** A customer as tills see them. */
export const customerSchema = z
  .object({
    id: rowId,
    version: z.int().describe('Of the details alone: a sale or a move does not change it.'),
    first_name: z.string(),
    last_name: z.string(),
    company: z.string().nullable(),
    phone: z.string().nullable().describe('In E.164, such as +12065550123.'),
    email: z.string().nullable(),
    birth_date: z.string().nullable().meta({ format: 'date' }),
    gender: gender.nullable(),
    location: z.string().nullable(),
    primary_group: membership,
    lists: z.array(membership),
    orders: z.int(),
    spent: moneyAnswer,
    last_order_at: moment.nullable(),
    policy: policySchema
  })
  .meta({ id: 'Customer' })

export const customerList = listOf(customerSchema, 'CustomerList')

/**
 * The details that a till sends. Their rules are those of the form (src/customers/fields.ts), which says what is wrong with them;
 * here only their kinds are checked. Null clears one.
 */
const details = {
  first_name: text(80).nullable().optional(),
  last_name: text(80).nullable().optional(),
  company: text(80).nullable().optional(),
  phone: text(40).nullable().optional().describe('In any spelling; without + it is read with the retailer’s country.'),
  email: text(254).nullable().optional(),
  birth_date: text(20).nullable().optional().meta({ format: 'date' }),
  gender: gender.nullable().optional(),
  location: text(80).nullable().optional()
}

export const newCustomerSchema = z
  .strictObject({
    ...details,
    group_id: rowId.optional().describe('A primary group; needs the scope groups:write.'),
    list_ids: z.array(rowId).max(100).optional().describe('Needs the scope groups:write.')
  })
  .meta({ id: 'NewCustomer' })

export const customerChangeSchema = z
  .strictObject({ ...details, version: z.int().min(1).describe('The one that was read.') })
  .meta({ id: 'CustomerChange' })

export type CustomerAnswer = z.output<typeof customerSchema>
