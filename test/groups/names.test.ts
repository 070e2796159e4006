import t from 'tap'
import { type Attempt, allFail, rawShop } from '../attempts.ts'

const client = await rawShop(t)

const newGroup = (name: string) => `insert into customer_group (id, kind, name) values (30, 'primary', ${name})`

t.test('names of groups are unique regardless of case and outer spaces, 1 to 80 characters', async (t) => {
  const taken = ['VIP', 'vip', '  Vip ', '\tVIP\n', '\u00a0VIP\u00a0', 'ＶＩＰ', '\u2003vip', 'ⅤIP']
  const empty = ['', '   ', '\u00a0', '\n\t']
  await allFail(t, client, [
    ...taken.map((name): Attempt => [`${JSON.stringify(name)} is VIP`, newGroup(`'${name}'`), 'group_name_taken']),
    ...empty.map(
      (name): Attempt => [`${JSON.stringify(name)} is empty`, newGroup(`'${name}'`), 'customer_group_name_check']
    ),
    ['renamed to a taken name', `update customer_group set name = 'newsletter ' where id = 10`, 'group_name_taken'],
    ['81 characters', newGroup(`repeat('x', 81)`), 'customer_group_name_check'],
    ['no name', newGroup('null'), '23502']
  ])
  await client.query(`begin; ${newGroup(`repeat('😀', 80)`)}; rollback`)
  t.pass('80 characters are not too many, however many bytes they take')
})
