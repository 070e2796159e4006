import { type Config, readConfig, StartError } from '../config.ts'
import { openDatabase } from '../db/open.ts'
import { createOrm } from '../entities.ts'
import { run } from '../serve.ts'
import { makeNotedLink } from '../staff/links.ts'
import { StaffMember } from '../staff/staff-member.ts'

// npm run sign-in-link -- EMAIL prints a one-time link for somebody who can't sign in, such as the last admin.
await run(async () => {
  const email = process.argv[2]
  if (!email) throw new StartError('Give the person’s e-mail: npm run sign-in-link -- EMAIL')
  const config = readConfig()
  const database = await openDatabase(config, 'command')
  try {
    const path = await makeLinkFor(database.url, email)
    console.log(`Open this link to choose a password. It works once:\n${addressOf(config)}${path}`)
  } finally {
    await database.close()
  }
})

async function makeLinkFor(url: string, email: string): Promise<string> {
  const orm = createOrm(url)
  try {
    const em = orm.em.fork()
    const person = await em.findOne(StaffMember, { email: email.trim().toLowerCase() }, { populate: ['passwordHash'] })
    if (!person) throw new StartError(`Nobody on the staff has the e-mail ${email}.`)
    if (person.disabledAt) throw new StartError(`${person.name} is disabled. An admin can enable them at /staff.`)
    const { token } = await makeNotedLink(em, person, { id: null, now: new Date() })
    return `/link/${token}`
  } finally {
    await orm.close()
  }
}

function addressOf({ PUBLIC_URL, HOST, PORT }: Config): string {
  return PUBLIC_URL ?? `http://${HOST.includes(':') ? `[${HOST}]` : HOST}:${PORT}`
}
