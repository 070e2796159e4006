import { z } from 'zod'
import { SETTINGS, type Setting } from '../../groups/settings.ts'
import { listOf, moment, moneyAnswer, rowId } from './values.ts'

/** By the names of their columns; a percentage is written as text. */
const settingsSchema = z
  .object(Object.fromEntries(SETTINGS.map((setting) => [setting.column, answerOf(setting)])))
  .meta({ id: 'GroupSettings' })

function answerOf({ kind, label }: Setting): z.ZodType {
  const value = kind === 'on-off' ? z.boolean() : z.string().nullable()
  return value.describe(label)
}

export const groupSchema = z
  .object({
    id: rowId,
    name: z.string(),
    description: z.string(),
    kind: z.enum(['primary', 'list']),
    system: z.enum(['default', 'walk-in']).nullable(),
    settings: settingsSchema.optional().describe('Of primary groups alone.'),
    customers: z.int(),
    average_spend: moneyAnswer.nullable(),
    top_product: z.string().nullable(),
    as_of: moment.describe('As of when spend and product are; the number of customers is exact.')
  })
  .meta({ id: 'Group' })

export const groupList = listOf(groupSchema, 'GroupList')

export type GroupAnswer = z.output<typeof groupSchema>
