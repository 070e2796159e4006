import { z } from 'zod'
import { decisionSchema } from './sale.ts'
import { rowId } from './values.ts'

const fieldProblem = z
  .object({ pointer: z.string(), code: z.string(), detail: z.string() })
  .meta({ id: 'FieldProblem' })

/** An error, as RFC 9457 has it. */
export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('What to act on; more may come, and an unknown one is a refusal.'),
    detail: z.string().describe('A sentence that can be read to a customer.'),
    errors: z.array(fieldProblem).optional().describe('The fields that are wrong, by JSON pointer.'),
    decision: decisionSchema.nullable().optional().describe('Of a sale that is refused: by which settings.'),
    max_percent: z.string().optional().describe('With manual-discount-too-large: the most that may be taken off.'),
    customer_id: rowId.optional().describe('With phone-taken and email-taken: whose it is.'),
    version: z.int().optional().describe('With changed: the one that is there now.'),
    scope: z.string().optional().describe('With scope-missing: which one.')
  })
  .meta({ id: 'Problem' })
