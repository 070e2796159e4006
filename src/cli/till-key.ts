import { parseArgs } from 'node:util'
import { z } from 'zod'
import { readConfig, StartError } from '../config.ts'
import { migrate } from '../db/migrate.ts'
import { openDatabase } from '../db/open.ts'
import { createOrm } from '../entities.ts'
import { RuleError } from '../lib/errors.ts'
import { requiredLine } from '../lib/fields.ts'
import { Retailer } from '../retailer/retailer.ts'
import { run } from '../serve.ts'
import { findOrAddTill } from '../tills/find-or-add.ts'
import { NAME_LENGTH } from '../tills/form.ts'
import { makeNextKey } from '../tills/keys.ts'
import { isScope, SCOPE_NAMES, SCOPES, USUAL_SCOPES } from '../tills/scopes.ts'

const USAGE = 'npm run till-key -- --shop "High Street" --till "1" [--scopes customers:read,sales:write]'

const HELP = `${USAGE}

Makes a key for a till and prints it alone on the last line. The shop and the till are made if they are missing. A till has
at most two keys that are valid: if it has two, the older one ends at once.

  --shop    the shop's name
  --till    the till's name
  --scopes  what the key may do, with commas between; all but groups:write if left out
${Object.entries(SCOPES)
  .map(([scope, words]) => `              ${scope.padEnd(16)} ${words}`)
  .join('\n')}`

const scopes = z
  .string()
  .default(USUAL_SCOPES.join())
  .transform((text) => text.split(',').map((one) => one.trim()))
  .transform((given, context) => {
    const unknown = given.find((one) => !isScope(one))
    if (unknown !== undefined) context.addIssue(`There is no scope “${unknown}”. There are ${SCOPE_NAMES.join(', ')}.`)
    return SCOPE_NAMES.filter((one) => given.includes(one))
  })

const named = (option: string) => requiredLine(option, NAME_LENGTH, `Give ${option}: ${USAGE}`)

const options = z.object({ shop: named('--shop'), till: named('--till'), scopes })

// npm run till-key -- --shop "High Street" --till "1" prints a key for a till, for whoever sets one up or tries the API.
await run(async () => {
  const { help, ...given } = split(process.argv.slice(2))
  if (help) return console.log(HELP)
  const parsed = options.safeParse(given)
  if (!parsed.success) throw new StartError(parsed.error.issues[0]?.message ?? USAGE)
  const database = await openDatabase(readConfig(), 'command')
  try {
    await migrate(database.url)
    for (const text of await keyLines(database.url, parsed.data)) console.log(text)
  } finally {
    await database.close()
  }
})

/** What the command prints: the key is the last line. */
async function keyLines(url: string, { scopes, ...names }: z.output<typeof options>): Promise<string[]> {
  const orm = createOrm(url)
  try {
    const em = orm.em.fork()
    if (!(await em.findOne(Retailer, { id: true })))
      throw new StartError('This Clientele is not set up yet. Start it and open its set-up link first.')
    const actor = { id: null, now: new Date() }
    const { key, ended } = await em.transactional(async (inner) => {
      const till = await findOrAddTill(inner, names, actor)
      return makeNextKey(inner, till, scopes, actor)
    })
    return [...(ended ? [`The till had two keys, so the older one, …${ended.hint}, has ended.`] : []), key]
  } catch (error) {
    throw error instanceof RuleError ? new StartError(error.message) : error
  } finally {
    await orm.close()
  }
}

function split(args: string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({ args, options: { shop: text, till: text, scopes: text, help: { type: 'boolean' } } }).values
  } catch (error) {
    const [reason = ''] = error instanceof Error ? error.message.split(/\.(?:\s|$)|\n/) : []
    throw new StartError(`${reason}: ${USAGE}`)
  }
}
