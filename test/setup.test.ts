import { spawnSync } from 'node:child_process'
import t from 'tap'

t.test('a database that does not come up ends the tests with one sentence', async (t) => {
  const setup = new URL('./setup.ts', import.meta.url).pathname
  const env = { ...process.env, TEST_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }
  const { status, stderr } = spawnSync(process.execPath, [setup], { env, encoding: 'utf8' })
  t.equal(status, 1)
  t.match(stderr, /^No tests were run\. Their PostgreSQL can’t be reached \([^\n]*ECONNREFUSED[^\n]*\)\.\n$/)
})
