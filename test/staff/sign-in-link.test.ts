import { execFile } from 'node:child_process'
import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { testApp, words } from '../helper.ts'

const PROGRAM = new URL('../../src/cli/sign-in-link.ts', import.meta.url).pathname

function signInLink(url: string, ...args: string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const env = { PATH: process.env.PATH, DATABASE_URL: url, PUBLIC_URL: 'https://clientele.example' }
    execFile(process.execPath, [PROGRAM, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}

t.test('the command prints a link that lets its person choose a new password', async (t) => {
  // The command's clock is the real one.
  const { url, anonymous } = await testApp(t, { clock: () => new Date() })
  const { code, stdout } = await signInLink(url, 'Admin@Demo.test')
  t.equal(code, 0)
  const path = /https:\/\/clientele\.example(\/link\/[\w-]{43})\n/.exec(stdout)?.[1] ?? ''
  t.match(words((await anonymous.get(path)).body), 'Hello admin person.')
  t.equal((await anonymous.post(path, { password: 'violet kettle rides north' })).statusCode, 303)
  t.equal((await anonymous.get('/staff')).statusCode, 200)
})

t.test('for nobody, for somebody unknown or disabled it says why not', async (t) => {
  const { url, em } = await testApp(t)
  await rows(em, sql`update staff_member set disabled_at = now() where email = 'staff@demo.test'`)
  const cases = [
    [[], 'Give the person’s e-mail: npm run sign-in-link -- EMAIL\n'],
    [['nobody@demo.test'], 'Nobody on the staff has the e-mail nobody@demo.test.\n'],
    [['a\u{1f600}b'], 'Nobody on the staff has the e-mail a\u{1f600}b.\n'],
    [['staff@demo.test'], 'staff person is disabled. An admin can enable them at /staff.\n']
  ] as const
  const answers = await Promise.all(cases.map(([args]) => signInLink(url, ...args)))
  t.same(
    answers,
    cases.map(([, sentence]) => ({ code: 1, stdout: '', stderr: sentence }))
  )
})
