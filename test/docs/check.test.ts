import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { findMistakes } from './check.ts'

const RULES = `# Rules

## Roles
Staff do less.

- \`test/roles.test.ts\`: “staff do less”

### 1. One group each
A customer is in one group.

- \`test/groups.test.ts\`: “one group … each”, “nobody is
  in two”
`
const TABLE = '| sentence | where | tried by |\n|---|---|---|\n'
const SOUND = {
  'docs/rules.md': RULES,
  'docs/features.md': `${TABLE}| Save | the form | job ("it is saved", \`press\`), groups; once more in \`test/roles.test.ts\` |\n`,
  'test/roles.test.ts': `t.test('staff do less', async (t) => {})`,
  'test/groups.test.ts': `
    for (const kind of KINDS) t.test(\`one group of \${kind} each, always\`, async (t) => {})
    await t.test(
      'nobody is in two',
      async (t) => {}
    )
  `,
  'test/browser/job.ts': `const press = () => t.ok(saved, 'it is saved')`,
  'test/browser/groups.test.ts': ''
}

/** A project that is sound but for these files. */
function project(t: Test, files: Record<string, string>): string {
  const root = t.testdir()
  for (const [name, text] of Object.entries({ ...SOUND, ...files })) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

function check(t: Test, files: Record<string, string>): string[] {
  return findMistakes(project(t, files)).map(({ file, line, message }) => `${file}:${line}: ${message}`)
}

const cites = (name: string | number) => `const one = 1\n/** A customer is in one (docs/rules.md, ${name}). */\n`

t.test('the check fails with a line for each mistake', async (t) => {
  const program = new URL('./check.ts', import.meta.url).pathname
  const root = project(t, { 'src/a.ts': cites(2), 'test/roles.test.ts': '' })
  const { status, stderr } = spawnSync(process.execPath, [program], { cwd: root, encoding: 'utf8' })
  t.equal(status, 1)
  t.equal(
    stderr,
    'docs/rules.md:6: test/roles.test.ts has no test “staff do less”.\nsrc/a.ts:2: docs/rules.md has no rule 2.\n'
  )
})

t.test('what is cited and named is there', async (t) => {
  const sources = {
    'src/a.ts': cites(1),
    'views/a.eta': `<% /* (docs/rules.md, ${'Roles'}) */ %>`,
    'public/a.css': '/* 1 */'
  }
  t.same(check(t, sources), [])
})

t.test('a comment may cite no rule that is not there, nor leave open of which page it is', async (t) => {
  for (const folder of ['src', 'views', 'migrations', 'public', 'test', 'bench']) {
    const file = `${folder}/deep/er/a.${folder === 'views' ? 'eta' : 'ts'}`
    t.same(check(t, { [file]: cites(2) }), [`${file}:2: docs/rules.md has no rule 2.`])
  }
  t.same(check(t, { 'src/a.ts': cites('1 to 3 and 8') }), [
    'src/a.ts:2: docs/rules.md has no rule 3.',
    'src/a.ts:2: docs/rules.md has no rule 8.'
  ])
  t.same(check(t, { 'migrations/a.ts': `\`-- As it is (docs/rules.md, ${4}).\`` }), [
    'migrations/a.ts:1: docs/rules.md has no rule 4.'
  ])
  t.same(check(t, { 'src/a.ts': cites('Rolls') }), ['src/a.ts:2: docs/rules.md has no part Rolls.'])
  t.same(check(t, { 'src/a.ts': `const a = 1 // As rule ${1} has it.` }), [
    'src/a.ts:1: “rule 1” of which page? Cite it as (docs/rules.md, 1).'
  ])
})

t.test('a comment may name no document that is not there', async (t) => {
  const named = (name: string) => ({ 'src/a.ts': `/** See ${name}.md. */` })
  t.same(check(t, named('docs/features')), [])
  t.same(check(t, named('plan')), ['src/a.ts:1: There is no document plan.md.'])
  t.same(check(t, { 'src/a.ts': `const url = 'https://example.org/plan.md'` }), [], 'what is no comment may')
})

t.test('a line of a view has at most 120 characters, whatever bytes they take', async (t) => {
  const lines = (...lengths: number[]) => lengths.map((length) => `<p>${'’'.repeat(length - 7)}</p>\n`).join('')
  t.same(check(t, { 'views/a.eta': lines(120), 'views/deep/er/_a.eta': lines(120, 121, 20, 300) }), [
    'views/deep/er/_a.eta:2: This line has 121 characters. A view’s line has at most 120.',
    'views/deep/er/_a.eta:4: This line has 300 characters. A view’s line has at most 120.'
  ])
})

t.test('a rule names tests, and only such as there are', async (t) => {
  const changed = (from: string, to: string) => check(t, { 'docs/rules.md': RULES.replace(from, to) })
  t.same(changed('is\n  in two', 'is\n  in three'), [
    'docs/rules.md:11: test/groups.test.ts has no test “nobody is in three”.'
  ])
  t.same(changed('one group … each', 'each … one group'), [
    'docs/rules.md:11: test/groups.test.ts has no test “each … one group”.'
  ])
  t.same(changed('test/roles.test.ts', 'test/role.test.ts'), ['docs/rules.md:6: There is no file test/role.test.ts.'])
  t.same(changed(': “staff do less”', ''), ['docs/rules.md:6: Which test of test/roles.test.ts?'])
  t.same(changed(RULES.slice(RULES.indexOf('- `test/groups')), ''), ['docs/rules.md:8: No test guards rule 1.'])
  t.same(changed('- `test/roles.test.ts`: “staff do less”', ''), ['docs/rules.md:3: No test guards Roles.'])
})

t.test('so do the features', async (t) => {
  const tried = (by: string) => check(t, { 'docs/features.md': `${TABLE}| Save | the form | ${by} |\n` })
  t.same(tried('groups, jobs'), ['docs/features.md:3: There is no file test/browser/jobs.test.ts.'])
  t.same(tried('groups; `test/role.test.ts`'), ['docs/features.md:3: There is no file test/role.test.ts.'])
  t.same(tried('`test/roles.test.ts`, `rules.test.ts`'), ['docs/features.md:3: There is no file test/rules.test.ts.'])
  t.same(tried('job ("it is gone")'), ['docs/features.md:3: test/browser/job.ts has no “it is gone”.'])
  t.same(tried('job (`release`)'), ['docs/features.md:3: test/browser/job.ts has no release.'])
})
