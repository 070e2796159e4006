import { sql } from 'kysely'
import t from 'tap'
import { row } from '../../src/db/rows.ts'
import { settleFigures } from '../../src/figures/settle.ts'
import { verifyFigures } from '../../src/figures/verify.ts'
import { count, NOW, testApp, words } from '../helper.ts'
import { doJobs } from '../jobs.ts'
import { linkNamed } from '../page.ts'
import { addCustomer, addGroup, addList, groupsOf } from '../shop.ts'
import { upload } from './upload.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const size = (groupId: number) => count(em, sql`select count(*)::int as n from membership where group_id = ${groupId}`)

const HEADS = 'First Name,Last Name,Phone,Email,Birth Date,Gender,Location'
const lines = (...rows: string[]) => `${[HEADS, ...rows].join('\r\n')}\r\n`

async function check(groupId: number, text: string, options = {}) {
  const answer = await upload(manager, groupId, text, options)
  t.equal(answer.statusCode, 303, answer.body)
  await doJobs(shop, NOW)
  const path = String(answer.headers.location)
  return { path, page: (await manager.get(path)).body }
}

async function noDrift() {
  await settleFigures(em)
  return (await verifyFigures(em)).filter(({ drifted }) => drifted > 0)
}

t.test('a file is checked, planned and carried out, and every row ends in one bucket', async (t) => {
  const staff = await addGroup(em, 'Staff')
  const vip = await addGroup(em, 'VIP')
  const ana = await addCustomer(em, { firstName: 'Ana', lastName: 'Moves', phone: '+12065550101', group: staff })
  const bo = await addCustomer(em, { firstName: 'Bo', lastName: 'Joins', email: 'bo@example.org' })
  const cy = await addCustomer(em, { firstName: 'Cy', lastName: 'Stays', phone: '+12065550103', group: vip })
  const { path, page } = await check(
    vip,
    lines(
      'Mandatory,Optional,Mandatory or Email,Mandatory or Phone,Optional,Optional,Optional',
      'Dee,New,(206) 555-0104,dee@example.org,1990-02-03,f,Seattle',
      'Ana,Moves,206 555 0101,,,,',
      'Bo,Joins,,BO@example.org,,,',
      'Cy,Stays,+1 206 555 0103,,,,',
      ',Nameless,206 555 0105,,,,',
      'Dee,Again,,dee@example.org,,,',
      ',,,,,,'
    )
  )
  t.match(words(page), 'people.csv, 8 rows')
  t.match(
    words(page),
    'Will be created 1 Will be added 1 Will move here 1 (from Staff) Already here 1 Skipped 2 (1 template row, 1 empty row)'
  )
  t.match(words(page), 'Have errors 2 Rows in the file 8')
  t.match(page, '<button class="button primary">Add 3 Customers</button>')
  t.match(words(page), 'Enter a first name.')
  t.match(words(page), 'Row 3 has the same e-mail.')

  const added = await manager.post(`${path}/additions`)
  t.equal(added.headers.location, path)
  const result = (await manager.get(path)).body
  t.match(words(result), '3 customers joined VIP: 1 created, 1 added, 1 moved (1 from Staff), 1 already there.')
  t.match(words(result), 'Created 1 Added 1 Moved 1 (from Staff) Already here 1 Skipped 2')
  t.equal(await size(vip), 4)
  t.equal(await size(staff), 0)
  const dee = await row(em, sql<{ id: number }>`select id from customer where email = 'dee@example.org'`)
  for (const one of [ana, bo, cy, dee?.id ?? 0]) t.same(await groupsOf(em, one), ['VIP'])
  t.same(await noDrift(), [])

  await t.test('a second press and the same file again change nothing', async (t) => {
    await manager.post(`${path}/additions`)
    t.equal(await count(em, sql`select count(*)::int as n from bulk_operation where kind = 'import'`), 1)
    const again = await check(vip, lines('Dee,New,(206) 555-0104,dee@example.org,1990-02-03,f,Seattle'))
    t.match(words(again.page), 'Everyone in this file is already here, so there is nothing to add.')
    await manager.post(`${again.path}/cancel`)
  })

  await t.test('undone, everything is as it was', async (t) => {
    const { id } = (await row(em, sql<{ id: number }>`select id from bulk_operation where kind = 'import'`)) ?? {
      id: 0
    }
    for (const back of ['', '/activity?group=VIP']) {
      const asked = await manager.post(`/operations/${id}/undo`, { back })
      const question = await manager.get(String(asked.headers.location))
      t.match(words(question.body), 'Undo deletes 1 customer created by this import. They can’t be restored.')
      t.match(words(question.body), '2 customers you already had will go back to their previous groups and details.')
      t.equal(linkNamed(question.body, 'Cancel'), back || `/operations/${id}`)
      t.match(question.body, 'Undo and delete 1 customer</button>')
    }
    t.equal(await size(vip), 4, 'nothing has happened yet')
    const undone = await manager.post(`/operations/${id}/undo`, { sure: 'true', back: '/activity' })
    t.equal(undone.headers.location, '/activity')
    t.match(
      words((await manager.get('/activity')).body),
      'undid the import into VIP : 1 customer deleted, 2 customers changed back Details'
    )
    t.equal(await size(vip), 1)
    t.same(await groupsOf(em, ana), ['Staff'])
    t.same(await groupsOf(em, bo), ['Default'])
    t.equal(await count(em, sql`select count(*)::int as n from customer where email = 'dee@example.org'`), 0)
    t.same(await noDrift(), [])
  })
})

t.test('into a list, with new details for those who are customers already', async (t) => {
  const list = await addList(em, 'Autumn Fair')
  const eve = await addCustomer(em, { firstName: 'Eve', lastName: 'Old', phone: '+12065550110', email: null })
  const { path, page } = await check(list, lines('Eva,Old,206-555-0110,eva@example.org,,,Paris'), { updates: true })
  t.match(words(page), 'Will be added 1')
  t.match(words(page), '1 existing customer will get new details (3 changes). See each change Keep their details')
  await manager.post(`${path}/additions`)
  const kept = () => row(em, sql<object>`select name, email, location from customer where id = ${eve}`)
  t.same(await kept(), { name: 'Eva Old', email: 'eva@example.org', location: 'Paris' })
  t.same(await groupsOf(em, eve), ['Default', 'Autumn Fair'])
  const { id } = (await row(em, sql<{ id: number }>`select max(id) as id from bulk_operation`)) ?? { id: 0 }
  await manager.post(`/operations/${id}/undo`)
  t.same(await kept(), { name: 'Eve Old', email: null, location: null })
  t.same(await groupsOf(em, eve), ['Default'])
  t.same(await noDrift(), [])
  t.equal(await count(em, sql`select count(*)::int as n from import_chunk`), 0)
})

t.test('companies come from a file under whatever name, and go back with it', async (t) => {
  const list = await addList(em, 'Trade Fair')
  const company = 'Ferro & Figli'
  const ida = await addCustomer(em, { firstName: 'Ida', email: 'ida@example.org', company })
  const text = `Vorname,Mail,Firma\r\nIda,ida@example.org,Ferro S.p.A.\r\nUgo,ugo@example.org,=1+1\r\nEli,eli@example.org,${'x'.repeat(81)}\r\n`
  const { path, page } = await check(list, text, { updates: true })
  t.match(words(page), 'Firma Company Ferro S.p.A.; =1+1')
  t.match(words((await manager.get(`${path}/errors`)).body), 'The company must have at most 80 characters.')
  t.match(words((await manager.get(`${path}/changes`)).body), `2 Ida Company ${company} Ferro S.p.A.`)
  await manager.post(`${path}/additions`)
  const companies = async () =>
    (
      await row(
        em,
        sql<{ all: string[] }>`select array_agg(company order by name) as all from customer where company is not null`
      )
    )?.all
  t.same(await companies(), ['Ferro S.p.A.', '=1+1'])
  t.match(words((await manager.get(`/customers/${ida}`)).body), 'Location — Company Ferro S.p.A.')
  t.match((await manager.get(`/groups/${list}/customers.csv`)).body, "'=1+1", 'harmless to a spreadsheet')
  const { id } = (await row(em, sql<{ id: number }>`select max(id) as id from bulk_operation`)) ?? { id: 0 }
  await manager.post(`/operations/${id}/undo`, { sure: 'true' })
  t.same(await companies(), [company])
})

t.test('the rows of a bucket and those with errors are paged, and say which of how many they are', async (t) => {
  const list = await addList(em, 'Paged rows')
  const good = Array.from({ length: 60 }, (_, at) => `Row,${at},,row${at}@example.com,,,`)
  const bad = Array.from({ length: 60 }, (_, at) => `,${at},,bad${at}@example.com,,,`)
  const { path } = await check(list, lines(...good, ...bad))
  // Those with errors can be corrected there: each has a form.
  const tens = [0, 1, 2, 3, 4, 5].map((ten) => `${ten * 10 + 1} to ${ten * 10 + 10} of 60`)
  for (const [first, pages] of [
    ['rows?which=create', ['1 to 25 of 60', '26 to 50 of 60', '51 to 60 of 60']],
    ['errors', tens]
  ] as const) {
    const seen: (string | undefined)[] = []
    for (
      let next: string | undefined = `${path}/${first}`;
      next;
      next = linkNamed((await manager.get(next)).body, 'Next')
    )
      seen.push(/\d+ (to \d+ )?of \d+/.exec(words((await manager.get(next)).body))?.[0])
    t.same(seen, pages, first)
  }
  const second = linkNamed((await manager.get(`${path}/rows?which=create`)).body, 'Next') ?? ''
  for (const past of ['36', '0', 'x', '-5', '1e300', ''])
    t.match(
      words((await manager.get(second.replace(/past=\d+/, `past=${past}`))).body),
      / 25 of 60 /,
      `not after ${past}`
    )
})
