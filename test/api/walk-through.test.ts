import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { freePort, start } from '../process.ts'

const hasCurl = spawnSync('curl', ['--version']).status === 0

t.test('the README’s walk-through works as printed', { skip: !hasCurl && 'there is no curl' }, async (t) => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const [, script = ''] = /```sh\n(KEY=[\s\S]*?)```/.exec(readme) ?? []
  const folder = mkdtempSync(join(tmpdir(), 'clientele-walk-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const port = await freePort()
  const demo = start(t, 'src/demo.ts', { PORT: String(port), DATA_DIR: folder, LOG_LEVEL: 'silent' })
  t.match(await demo.until(/127\.0\.0\.1:\d+/), String(port))

  const here = script.replaceAll('.data/demo', join(folder, 'demo')).replaceAll('127.0.0.1:3000', `127.0.0.1:${port}`)
  const told = spawnSync('bash', ['-c', here], { cwd: new URL('../..', import.meta.url).pathname, encoding: 'utf8' })
  const answers = told.stdout.trim().split('\n')
  t.equal(told.stderr, '')
  t.match(
    answers.map((line) => JSON.parse(line)),
    [
      { currency: 'USD', shop: { name: 'High Street' }, till: { name: '1' } },
      { items: [{ last_name: 'Van Huff' }] },
      { group: { name: 'Corporate' }, on_account: { allowed: true } },
      { total: '18.00', decision: { sentence: /^Corporate: / } },
      { total: '18.00', tenders: { on_account: '18.00' } },
      { total: '-9.00' },
      { status: 422, code: 'manual-discount-not-allowed', detail: /Walk-in/ }
    ]
  )
  await demo.interrupt()
})
