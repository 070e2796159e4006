import t from 'tap'
import { type Client, NOW, testApp, words } from '../helper.ts'
import { doJobs } from '../jobs.ts'
import { tableRows } from '../page.ts'
import { addCustomers, addGroup, addList } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')

/** How many customers a group has, as each page that says so says it in words. */
async function saidOf(id: number, name: string): Promise<Record<string, string | undefined>> {
  const read = async (path: string) => words((await manager.get(path)).body)
  const overview = await read(`/groups/${id}`)
  const head = (text: string) => new RegExp(`Customer Groups ${name} ([\\d,]+ customers?) `).exec(text)?.[1]
  const list = await read(`/groups/${id}/customers`)
  const row = tableRows((await manager.get('/groups')).body).find(([, named]) => named === name)
  const shown = /(\d+) to (\d+) of (\d+)|\b1 of (1)\b/.exec(list)
  return {
    row: row?.[3],
    overview: /Overview Customer List Product Ranking .*?Customers ([\d,]+) /.exec(overview)?.[1],
    overviewHead: head(overview),
    listHead: head(list),
    list: list.includes(`No customers in ${name} yet`) ? '0' : (shown?.[3] ?? shown?.[4]),
    rankingHead: head(await read(`/groups/${id}/products`)),
    charts: /when the group had (\d+)/.exec(overview)?.[1]
  }
}

const undoOf = (browser: Client): number =>
  JSON.parse(Buffer.from(browser.cookies.get('flash') ?? '', 'base64url').toString()).undo

const agreed = (count: number, charts?: number) => {
  const number = String(count)
  const head = `${number} ${count === 1 ? 'customer' : 'customers'}`
  return {
    row: number,
    overview: number,
    overviewHead: head,
    listHead: head,
    list: number,
    rankingHead: head,
    charts: charts === undefined ? undefined : String(charts)
  }
}

for (const kind of ['primary', 'list'] as const) {
  t.test(`all pages agree on how many are in a ${kind} group, in the answer that follows a change`, async (t) => {
    const name = kind === 'list' ? 'Letters' : 'Trade'
    const group = await (kind === 'list' ? addList(em, name) : addGroup(em, name))
    const ids = await addCustomers(
      em,
      ['Ann', 'Bob', 'Cem', 'Dea', 'Eve'].map((one) => `${one} ${name}`)
    )
    const [ann = 0, bob = 0] = ids
    t.same(await saidOf(group, name), agreed(0))
    await doJobs(shop, NOW)
    await manager.post(`/groups/${group}/add`, { ids, do: 'sure' })
    t.same(await saidOf(group, name), agreed(5))
    await doJobs(shop, NOW)
    await manager.post(`/groups/${group}/customers/removal`, { ids: ann })
    t.same(await saidOf(group, name), agreed(4, 5))
    await manager.post(`/customers/${bob}/deletion`, { name: `Bob ${name}` })
    t.same(await saidOf(group, name), agreed(3, 5))
    await manager.post(`/groups/${group}/remove`, { ids: ids.slice(2, 4), do: 'go' })
    const operation = undoOf(manager)
    t.same(await saidOf(group, name), agreed(1, 5))
    await manager.post(`/operations/${operation}/undo`)
    t.same(await saidOf(group, name), agreed(3, 5), 'and when it is undone')
    await doJobs(shop, NOW)
    t.same(await saidOf(group, name), agreed(3))
  })
}
