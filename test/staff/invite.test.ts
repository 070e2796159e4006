import { sql } from 'kysely'
import t from 'tap'
import { client, count, testApp, words } from '../helper.ts'
import { CHOSEN, linkIn, mia } from './helper.ts'

t.test('an invitation makes an account whose password is chosen through a link', async (t) => {
  const { as, anonymous, app } = await testApp(t)
  const admin = await as('admin')
  const form = await admin.get('/staff/new')
  const key = /name="key" value="([^"]+)"/.exec(form.body)?.[1] ?? ''
  const invited = await admin.post('/staff', { ...mia(), key, name: '  Mia Chen ', email: ' MIA@demo.test' })
  t.equal(invited.statusCode, 200)
  t.equal(invited.headers['cache-control'], 'no-store')
  t.match(words(invited.body), 'For Mia Chen , mia@demo.test')
  t.match(words(invited.body), 'until Mar 9, 2026', 'seven days')
  t.match(invited.body, /<p class="link-text" id="link">/)
  t.match(words((await admin.get('/staff')).body), 'Mia Chen mia@demo.test Manager Mar 2, 2026 Invited')

  const path = linkIn(invited.body)
  const page = await anonymous.get(path)
  t.match(words(page.body), 'Choose a password')
  t.match(page.body, 'value="mia@demo.test"')
  const entered = await anonymous.post(path, { password: CHOSEN })
  t.equal(entered.headers.location, '/groups')
  t.match(words((await anonymous.get('/groups')).body), 'Your password is set, and you are signed in.')
  t.equal((await anonymous.get('/staff')).statusCode, 403, 'as the manager she is')
  t.match(words((await admin.get('/staff')).body), 'mia@demo.test Manager Mar 2, 2026 Active')
  const again = await client(app).post('/sign-in', { email: 'mia@demo.test', password: CHOSEN })
  t.equal(again.statusCode, 303)
})

t.test('a double click invites once, and its link works', async (t) => {
  const { as, anonymous, em } = await testApp(t)
  const admin = await as('admin')
  const form = mia()
  const [one, two] = await Promise.all([admin.post('/staff', form), admin.post('/staff', form)])
  t.same([one.statusCode, two.statusCode], [200, 200])
  t.equal(await count(em, sql`select count(*)::int as n from staff_member where email = 'mia@demo.test'`), 1)
  const last = await admin.post('/staff', form)
  t.equal((await anonymous.get(linkIn(last.body))).statusCode, 200)
  t.equal((await anonymous.get(linkIn(one.body))).statusCode, 404)
})

t.test('an e-mail that somebody has is refused, with what was typed kept', async (t) => {
  const { as, em } = await testApp(t)
  const admin = await as('admin')
  const answer = await admin.post('/staff', { ...mia(), email: 'Staff@demo.test' })
  t.equal(answer.statusCode, 422)
  t.match(words(answer.body), 'staff person already uses this e-mail. Enter a different one.')
  t.match(answer.body, 'value="Mia Chen"')
  t.match(answer.body, /value="manager" checked/)
  const forms = [mia(), mia()]
  const both = await Promise.all(forms.map((form) => admin.post('/staff', form)))
  t.same(both.map(({ statusCode }) => statusCode).sort(), [200, 422], 'two at once with one e-mail')
  t.equal(await count(em, sql`select count(*)::int as n from staff_member`), 4)
})

t.test('what an invitation lacks or has wrong is said by the field', async (t) => {
  const { as, em } = await testApp(t)
  const admin = await as('admin')
  const cases: [Record<string, string>, string][] = [
    [{ name: '' }, 'Enter the name.'],
    [{ name: 'x'.repeat(81) }, 'The name must have at most 80 characters.'],
    [{ name: 'a\0b' }, 'The name has characters that can’t be shown. Type it again.'],
    [{ name: '\u202eevil' }, 'The name has characters that can’t be shown. Type it again.'],
    [{ email: '' }, 'Enter the e-mail.'],
    [{ email: 'mia' }, 'Enter an e-mail address, such as mia@example.com.'],
    [{ email: 'mia@demo.test\0' }, 'The e-mail has characters that can’t be shown. Type it again.'],
    [{ email: '<script>@demo.test' }, 'Enter an e-mail address, such as mia@example.com.'],
    [{ email: `${'a'.repeat(250)}@demo.test` }, 'The e-mail must have at most 254 characters.'],
    [{ role: 'owner' }, 'Choose a role.'],
    [{ role: '' }, 'Choose a role.']
  ]
  for (const [wrong, sentence] of cases) {
    const answer = await admin.post('/staff', { ...mia(), ...wrong })
    t.equal(answer.statusCode, 422, sentence)
    t.match(words(answer.body), sentence)
    t.notMatch(answer.body, '<script>@')
  }
  t.equal((await admin.post('/staff')).statusCode, 422)
  t.equal((await admin.post('/staff', { ...mia(), key: 'x' })).statusCode, 422)
  t.equal(await count(em, sql`select count(*)::int as n from staff_member`), 3)
  t.equal((await admin.post('/staff', { ...mia(), name: '😀 محمد <script>' })).statusCode, 200)
  t.notMatch((await admin.get('/staff')).body, 'محمد <script>')
})
