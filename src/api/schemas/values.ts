import { z } from 'zod'
import { LARGEST_ID, requiredLine } from '../../lib/fields.ts'

/** The kinds of values that programs send and are sent. */

export const rowId = z.int().min(1).max(LARGEST_ID).meta({ id: 'Id', type: 'integer', minimum: 1, maximum: LARGEST_ID })

const SAMPLE = 'as text, such as "12.50"'

const decimalText = (what: string) =>
  z.string(`${what} must be written ${SAMPLE}.`).regex(/^-?\d{1,9}(\.\d{1,3})?$/, `${what} must be written ${SAMPLE}.`)

/** An amount of money as it is sent. How many decimals the currency has is checked by the handler. */
export const money = decimalText('An amount').meta({ id: 'Money', examples: ['12.50'] })

/** Up to three decimals; negative for what is brought back. */
export const quantity = decimalText('A quantity')
  .refine((value) => Number(value) !== 0, 'A quantity can’t be 0.')
  .meta({ id: 'Quantity', examples: ['2', '0.255'] })

/** A line of text that is not empty, of at most so many characters. */
export const text = (label: string, longest: number) =>
  z
    .string()
    .min(1, `${label} can’t be empty.`)
    .max(longest, `${label} must have at most ${longest} characters.`)
    .pipe(requiredLine(label, longest, `${label} can’t be empty.`) as z.ZodType<string, string>)

/** What is looked for, in a query. PostgreSQL takes no NUL in a text, so nothing that is there has one. */
export const sought = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine((value) => !value.includes('\0'), 'This has a character that no text can have.')

/** What is answered is not checked again. */
export const moneyAnswer = z.string().meta({ id: 'MoneyAnswer', examples: ['12.50'] })
export const quantityAnswer = z.string().meta({ id: 'QuantityAnswer', examples: ['2'] })
export const moment = z.string().meta({ id: 'Moment', format: 'date-time' })
export const uuid = z.uuid().toLowerCase().meta({ id: 'Uuid', format: 'uuid', pattern: undefined })

/** A shop or a till. */
export const place = z.object({ id: rowId, name: z.string() }).meta({ id: 'Place' })

/** In a path or a query, where everything is text. */
export const idText = z.coerce.number<string>('This must be a number.').int().min(1).max(LARGEST_ID)

export const idParams = z.strictObject({ id: idText })

export const USUAL_LENGTH = 50
const MOST_ROWS = 200
const PAGE = `This must be from 1 to ${MOST_ROWS}.`

export const listQuery = {
  limit: z.coerce
    .number<string>('This must be a number.')
    .int('This must be a whole number.')
    .min(1, PAGE)
    .max(MOST_ROWS, PAGE)
    .default(USUAL_LENGTH)
    .describe(`How many at a time: 1 to ${MOST_ROWS}, usually ${USUAL_LENGTH}.`),
  next: z.string().max(200).optional().describe('What the page before said as its next.')
}

export const listOf = <Item extends z.ZodType>(item: Item, name: string) =>
  z
    .object({ items: z.array(item), next: z.string().nullable().describe('Given back as ?next=; null at the end.') })
    .meta({ id: name })
