import { z } from 'zod'

/** An error, as RFC 9457 has it. */
export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('What to act on; more may come, and an unknown one is a refusal.'),
    detail: z.string().describe('A sentence that can be read to a customer.'),
    errors: z
      .array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() }))
      .optional()
      .describe('The fields that are wrong, by JSON pointer.')
  })
  .meta({ id: 'Problem' })
