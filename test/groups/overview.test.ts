import { sql } from 'kysely'
import t from 'tap'
import { count, NOW, testApp, words } from '../helper.ts'
import { doJobs } from '../jobs.ts'
import { linkNamed } from '../page.ts'
import { addCustomers, addGroup, addSale, WALK_IN } from '../shop.ts'

t.test('an overview is worked out when asked for, kept, and worked out again when it is old', async (t) => {
  let now = NOW
  const shop = await testApp(t, { clock: () => now })
  const { em } = shop
  const staff = await shop.as('staff')
  const group = await addGroup(em, 'Regulars')
  const [ann = 0] = await addCustomers(em, ['Ann', 'Bob'], { group, location: 'Rome' })
  await addSale(em, ann, '2026-02-05T15:00Z', [['Rug', 5, 50]])
  const path = `/groups/${group}`

  const first = await staff.get(path)
  t.equal(first.statusCode, 200)
  t.match(words(first.body), 'Working it out')
  t.match(first.body, 'hx-trigger="every 2s"')
  t.match(first.body, '<noscript><meta http-equiv="refresh" content="2"></noscript>')
  await staff.get(path)
  t.equal(await count(em, sql`select count(*)::int as n from graphile_worker.jobs`), 1, 'looking twice asks once')
  await doJobs(shop, now)

  const worked = await staff.get(path)
  const text = words(worked.body)
  t.match(text, /Customers 2 2 new and 0 lost in 30 days/)
  t.match(text, 'Charts as of Mar 2, 2026, 9:00 AM. Who is lost is counted since Mar 2, 2026.')
  t.match(text, /Members over time .* As a table Members over time Month Members April 2025 0 .* March 2026 2 /)
  t.match(
    text,
    /Today’s members All customers \$30 \$15 \$0 .* February 2026 \$25\.00 \$25\.00 March 2026 \$0\.00 \$0\.00 /
  )
  t.match(
    text,
    /Last order Members by days since they bought 0–30 days ago 1 .* Never 1 Top locations Where members live Rome 2 /
  )
  t.match(worked.body, 'hx-trigger="every 300s"')
  t.match(worked.body, /<path class="line" d="M4\.17,100L/)
  t.notMatch(worked.body, / style=/)

  now = new Date(NOW.getTime() + 6 * 60_000)
  await addCustomers(em, ['Cem'], { group, location: 'Oslo' })
  const old = await staff.part(path)
  t.match(words(old.body), /Customers 3 2 new .* Charts as of Mar 2, 2026, 9:00 AM; being brought up to date/)
  t.match(old.body, 'hx-trigger="every 2s"')
  await doJobs(shop, now)
  t.match(words((await staff.part(path)).body), /Customers 3 3 new .* Oslo 1 Charts as of Mar 2, 2026, 9:06 AM\./)

  now = new Date(NOW.getTime() + 40 * 24 * 60 * 60_000)
  await staff.get(path)
  await doJobs(shop, now)
  t.notMatch(words((await staff.get(path)).body), 'Who is lost is counted since')
})

t.test('a group that nobody was ever in says what to do next; Walk-in has no charts', async (t) => {
  const shop = await testApp(t)
  const { em } = shop
  const staff = await shop.as('staff')
  const empty = await addGroup(em, 'Empty')
  const privileged = await addGroup(em, 'Credit', { allowsOnAccount: true })
  for (const group of [empty, privileged]) await staff.get(`/groups/${group}`)
  await doJobs(shop, NOW)
  const page = (await staff.get(`/groups/${empty}`)).body
  t.match(words(page), 'Nobody is in Empty yet')
  t.equal(linkNamed(page, 'Add Customer'), `/groups/${empty}/add`)
  t.notMatch((await staff.get(`/groups/${privileged}`)).body, `/groups/${privileged}/add`)
  const walkIn = await staff.get(`/groups/${WALK_IN}`)
  t.notMatch(walkIn.body, /Working it out|Members over time|hx-trigger="every/)
  t.equal(await count(em, sql`select count(*)::int as n from graphile_worker.jobs`), 0)
})
