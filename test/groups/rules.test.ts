import t from 'tap'
import { allFail, rawShop } from '../attempts.ts'

const client = await rawShop(t)

t.test('exactly one primary group for every customer', async (t) => {
  const bare = `insert into customer (id, first_name, email) values (30, 'Cem', 'cem@example.com')`
  const totals = 'insert into customer_totals (customer_id) values (30)'
  const joined = 'insert into primary_membership (customer_id, group_id, joined_at)'
  await allFail(t, client, [
    ['made without one', `${bare}; ${totals}`, 'customer_has_primary_group'],
    ['made without totals', `${bare}; ${joined} values (30, 1, now())`, 'customer_has_totals'],
    ['taken away', 'delete from primary_membership where customer_id = 20', 'customer_has_primary_group'],
    ['totals taken away', 'delete from customer_totals where customer_id = 20', 'customer_has_totals'],
    [
      'given to somebody else',
      'update primary_membership set customer_id = 999 where customer_id = 21',
      'primary_membership_customer_id_fkey'
    ],
    ['a second one', `${joined} values (20, 11, now())`, 'primary_membership_pkey'],
    ['none at all', 'update primary_membership set group_id = null where customer_id = 20', '23502'],
    [
      'one that is not there',
      'update primary_membership set group_id = 999 where customer_id = 20',
      'primary_membership_group'
    ],
    ['its group deleted', 'delete from customer_group where id = 10', 'primary_membership_group']
  ])
})

t.test('a primary group is no list, a list no primary group', async (t) => {
  const listed = 'insert into list_membership (customer_id, group_id, joined_at'
  await allFail(t, client, [
    ['a list as primary group', 'update primary_membership set group_id = 12', 'walk_in_alone'],
    [
      'a list as one customer’s primary group',
      'update primary_membership set group_id = 12 where customer_id = 20',
      'primary_membership_group'
    ],
    [
      '… saying that it is one',
      'update primary_membership set group_id = 12, is_list = true where customer_id = 20',
      'primary_membership_not_list'
    ],
    ['a primary group as list', `${listed}) values (20, 11, now())`, 'list_membership_group'],
    ['… saying that it is none', `${listed}, is_list) values (20, 11, now(), false)`, 'list_membership_is_list'],
    ['twice in one list', `${listed}) values (20, 12, now())`, 'list_membership_pkey'],
    ['a list turned into a primary group', `update customer_group set kind = 'primary' where id = 12`, 'CL004'],
    ['a primary group turned into a list', `update customer_group set kind = 'list' where id = 11`, 'CL004'],
    [
      'a list with a setting',
      `insert into customer_group (kind, name, allows_discounts) values ('list', 'Club', true)`,
      'group_list_without_settings'
    ],
    [
      'a list given a setting',
      'update customer_group set allows_on_account = true where id = 12',
      'group_list_without_settings'
    ],
    [
      'a list that restricts',
      'update customer_group set restricts_purchases = true where id = 12',
      'group_list_without_settings'
    ],
    [
      'a list with a limit',
      'update customer_group set largest_discount = 10 where id = 12',
      'group_list_without_limit'
    ],
    [
      'more than the whole price',
      'update customer_group set largest_discount = 100.01 where id = 11',
      'customer_group_largest_discount_check'
    ],
    [
      'a list with an automatic discount',
      'update customer_group set automatic_discount = 5 where id = 12',
      'group_list_without_advice'
    ],
    [
      'a list with a price list',
      `update customer_group set price_list = 'trade' where id = 12`,
      'group_list_without_advice'
    ],
    [
      'a list with a message',
      `update customer_group set purchase_message = 'No' where id = 12`,
      'group_list_without_advice'
    ],
    [
      'more than the whole price off by itself',
      'update customer_group set automatic_discount = 100.01 where id = 11',
      'customer_group_automatic_discount_check'
    ],
    [
      'a price list without a name',
      `update customer_group set price_list = '' where id = 11`,
      'customer_group_price_list_check'
    ],
    [
      'too long a message',
      `update customer_group set purchase_message = repeat('x', 201) where id = 11`,
      'customer_group_purchase_message_check'
    ],
    ['a third kind', `insert into customer_group (kind, name) values ('tag', 'Club')`, 'customer_group_kind_check']
  ])
})

t.test('Walk-in holds exactly the walk-in customer, who stays as they are', async (t) => {
  await allFail(t, client, [
    ['edited', `update customer set first_name = 'Someone' where id = 1`, 'CL003'],
    ['given a phone', `update customer set phone = '+12065550199' where id = 1`, 'CL003'],
    [
      'touched by an upsert',
      `insert into customer (id, first_name) values (1, 'X') on conflict (id) do update set first_name = 'X'`,
      'CL003'
    ],
    ['edited with everybody else', `update customer set location = 'Rome'`, 'CL003'],
    ['deleted', 'delete from customer where id = 1', 'CL003'],
    ['moved', 'update primary_membership set group_id = 10 where customer_id = 1', 'walk_in_alone'],
    ['taken out', 'delete from primary_membership where customer_id = 1', 'customer_has_primary_group'],
    [
      'put into a list',
      'insert into list_membership (customer_id, group_id, joined_at) values (1, 12, now())',
      'walk_in_in_no_list'
    ],
    ['somebody else moved in', 'update primary_membership set group_id = 2 where customer_id = 20', 'walk_in_alone'],
    [
      'allowed to pay later',
      'update customer_group set allows_on_account = true where id = 2',
      'group_walk_in_not_on_account'
    ],
    [
      'with an account',
      `insert into account_entry (customer_id, kind, amount, entered_at) values (1, 'payment', -5, now())`,
      'walk_in_has_no_account'
    ]
  ])
})

t.test('Default and Walk-in are not renamed, deleted, copied or made anew', async (t) => {
  await allFail(t, client, [
    ['Default renamed', `update customer_group set name = 'Everyone' where id = 1`, 'CL004'],
    ['Default renamed in case only', `update customer_group set name = 'default' where id = 1`, 'CL004'],
    ['Walk-in renamed', `update customer_group set name = 'Passers-by' where system = 'walk-in'`, 'CL004'],
    ['Default deleted', 'delete from customer_group where id = 1', 'CL004'],
    ['Walk-in deleted', 'delete from customer_group where id = 2', 'CL004'],
    ['Default of another kind', `update customer_group set kind = 'list' where id = 1`, 'CL004'],
    ['Default an ordinary group', 'update customer_group set system = null where id = 1', 'CL004'],
    ['Default of another id', 'update customer_group set id = 99 where id = 1', 'CL004'],
    ['an ordinary group made a system one', `update customer_group set system = 'default' where id = 10`, 'CL004'],
    [
      'a second Default',
      `insert into customer_group (kind, name, system) values ('primary', 'D', 'default')`,
      'group_system_ids'
    ],
    [
      'a third system group',
      `insert into customer_group (kind, name, system) values ('primary', 'D', 'bulk')`,
      'customer_group_system_check'
    ]
  ])
})

t.test('their descriptions and settings can be edited', async (t) => {
  await client.query('begin')
  const { rowCount } = await client.query(
    `update customer_group set description = 'x', allows_discounts = true, restricts_purchases = true where id in (1, 2)`
  )
  await client.query('rollback')
  t.equal(rowCount, 2)
})
