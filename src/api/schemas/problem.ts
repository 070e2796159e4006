import { z } from 'zod'

/** An error, as RFC 9457 has it. */
export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('What to act on; more may come, and an unknown one is a refusal.'),
    detail: z.string().describe('A sentence that can be read to a customer.'),
    customer_id: z.int().optional().describe('With phone-taken and email-taken: whose it is.'),
    version: z.int().optional().describe('With changed: the one that was saved since.'),
    max_percent: z.string().optional().describe('With manual-discount-too-large.'),
    scope: z.string().optional().describe('With scope-missing.'),
    decision: z
      .object({ group_id: z.int(), settings_version: z.int(), sentence: z.string() })
      .nullable()
      .optional()
      .describe('With a refusal by policy: which group decided, by which settings.'),
    errors: z
      .array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() }))
      .optional()
      .describe('The fields that are wrong, by JSON pointer.')
  })
  .meta({ id: 'Problem' })
