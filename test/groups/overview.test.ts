import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
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
  t.match(words(first.body), 'Calculating')
  t.match(first.body, 'hx-trigger="every 2s"')
  t.match(first.body, '<noscript><meta http-equiv="refresh" content="2"></noscript>')
  await staff.get(path)
  t.equal(await count(em, sql`select count(*)::int as n from graphile_worker.jobs`), 1, 'looking twice asks once')
  await doJobs(shop, now)

  const worked = await staff.get(path)
  const text = words(worked.body)
  t.match(text, /Customers 2 2 new and 0 lost in 30 days/)
  t.match(text, /Customers 2 2 new and 0 lost in 30 days, as of 9:00 AM/)
  t.match(text, 'Charts as of 9:00 AM. Lost customers are counted from Mar 2, 2026.')
  t.match(text, /Members over time .* As a table Members over time Month Members April 2025 0 .* March 2026 2 /)
  t.match(
    text,
    /Today’s members All customers \$30 \$15 \$0 .* February 2026 \$25\.00 \$25\.00 March 2026 \$0\.00 \$0\.00 /
  )
  t.match(
    text,
    /Last order Members by time since their last order 0–30 days ago 1 .* Never 1 Top locations Where members live Rome 2 /
  )
  t.match(worked.body, 'hx-trigger="every 300s"')
  t.match(worked.body, /<path class="line" d="M4\.17,100L/)
  t.notMatch(worked.body, / style=/)

  now = new Date(NOW.getTime() + 6 * 60_000)
  await addCustomers(em, ['Cem'], { group, location: 'Oslo' })
  const old = await staff.part(path)
  t.match(
    words(old.body),
    /Customers 3 1 more since 9:00 AM .* Charts as of 9:00 AM, when the group had 2 customers\. Updating now/
  )
  t.notMatch(words(old.body), '2 new', 'what was counted of two is not said of three')
  t.match(old.body, 'hx-trigger="every 2s"')
  await doJobs(shop, now)
  t.match(words((await staff.part(path)).body), /Customers 3 3 new .* Charts as of 9:06 AM\. .* Oslo 1/)

  now = new Date(NOW.getTime() + 40 * 24 * 60 * 60_000)
  await staff.get(path)
  await doJobs(shop, now)
  t.notMatch(words((await staff.get(path)).body), 'Lost customers are counted from')
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
  t.match(words(page), 'No customers in Empty yet')
  t.equal(linkNamed(page, 'Add Customer'), `/groups/${empty}/add`)
  t.notMatch((await staff.get(`/groups/${privileged}`)).body, `/groups/${privileged}/add`)
  const walkIn = await staff.get(`/groups/${WALK_IN}`)
  t.notMatch(walkIn.body, /Calculating|Members over time|hx-trigger="every/)
  t.equal(await count(em, sql`select count(*)::int as n from graphile_worker.jobs`), 0)
})

t.test('an overview never speaks of another number of customers than the group has', async (t) => {
  let now = NOW
  const shop = await testApp(t, { clock: () => now })
  const { em } = shop
  const staff = await shop.as('staff')
  const group = await addGroup(em, 'Garden club')
  const path = `/groups/${group}`
  const seen = async () => words((await staff.get(path)).body)
  await staff.get(path)
  await doJobs(shop, now)
  const empty = await seen()
  t.match(empty, /0 customers Primary .* Customers 0 Avg.* No customers in Garden club yet Charts appear here once/)

  now = new Date(NOW.getTime() + 60_000)
  await addCustomers(
    em,
    Array.from({ length: 22 }, (_, at) => `Fern ${at}`),
    { group, location: 'Rome' }
  )
  const grown = await seen()
  t.match(grown, /22 customers Primary .* Customers 22 Avg/, 'neither new nor lost is said until they are counted')
  t.match(grown, 'Calculating')
  t.notMatch(grown, 'No customers in')
  t.match((await staff.get(path)).body, 'hx-trigger="every 2s"')
  await doJobs(shop, now)
  t.match(await seen(), /Customers 22 22 new and 0 lost in 30 days, as of 9:01 AM .* Rome 22/)

  await rows(em, sql`update primary_membership set group_id = 1 where group_id = ${group}`)
  const left = await seen()
  t.match(left, /Customers 0 22 fewer since 9:01 AM/)
  t.notMatch((await staff.get(path)).body, 'http-equiv="refresh"', 'without JavaScript it does not move by itself')
  t.match((await staff.get(path)).body, `<noscript> <a href="${path}">Reload</a></noscript>`)
  t.match(left, 'Charts as of 9:01 AM, when the group had 22 customers. Updating now.')
  await doJobs(shop, now)
  t.match(await seen(), /Customers 0 Avg.* No customers in Garden club yet/)

  now = new Date(NOW.getTime() + 10 * 60_000)
  t.match(await seen(), 'No customers in Garden club yet', 'so it is also while it is counted again')
})

t.test('however many look at an overview while it is worked out, they ask for it once', async (t) => {
  const shop = await testApp(t)
  const { em } = shop
  const staff = await shop.as('staff')
  const group = await addGroup(em, 'Looked at')
  const path = `/groups/${group}`
  const jobs = async () => count(em, sql`select count(*)::int as n from graphile_worker.jobs`)
  await staff.get(path)
  t.equal(await jobs(), 1)
  await rows(em, sql`update graphile_worker._private_jobs set locked_at = now(), locked_by = 'somebody'`)
  await Promise.all(Array.from({ length: 5 }, () => staff.part(path)))
  t.equal(await jobs(), 1, 'one that is under way is not asked for again')
  await rows(
    em,
    sql`update graphile_worker._private_jobs set locked_at = null, locked_by = null, attempts = max_attempts`
  )
  await staff.part(path)
  await doJobs(shop, NOW)
  t.match(words((await staff.get(path)).body), 'No customers in Looked at yet', 'one that was given up is')
})

t.test('a large group is not counted anew for each customer who comes or goes', async (t) => {
  let now = NOW
  const shop = await testApp(t, { clock: () => now })
  const { em } = shop
  const staff = await shop.as('staff')
  const group = await addGroup(em, 'Crowd')
  await addCustomers(
    em,
    Array.from({ length: 300 }, (_, at) => `Face ${at}`),
    { group }
  )
  await staff.get(`/groups/${group}`)
  await doJobs(shop, now)
  await addCustomers(em, ['Late'], { group })
  now = new Date(NOW.getTime() + 29)
  const soon = await staff.part(`/groups/${group}`)
  t.match(words(soon.body), /Customers 301 1 more since 9:00 AM .* when the group had 300 customers\./)
  now = new Date(NOW.getTime() + 31)
  t.match(words((await staff.part(`/groups/${group}`)).body), 'when the group had 300 customers. Updating now.')
})
