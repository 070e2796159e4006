import t from 'tap'
import { type Attempt, allFail, rawShop } from '../attempts.ts'

const client = await rawShop(t)

const newCustomer = (columns: string, values: string) => `
  insert into customer (id, first_name, ${columns}) values (30, 'Cem', ${values});
  insert into primary_membership (customer_id, group_id, joined_at) values (30, 1, now());
  insert into customer_totals (customer_id) values (30)
`

t.test('a phone is E.164, an e-mail lower-case, each of one customer only; one of the two is there', async (t) => {
  const phones = [
    '2065550123',
    '+1 206 555 0123',
    '+02065550123',
    '+1206',
    '+1234567890123456',
    '',
    '+1206555o123',
    '+12065550124\n'
  ]
  const emails = ['Cem@example.com', 'ÉLISE@example.com', 'cem', '@example.com', 'cem@', '', 'İ@example.com']
  await allFail(t, client, [
    ...phones.map(
      (phone): Attempt => [JSON.stringify(phone), newCustomer('phone', `'${phone}'`), 'customer_phone_check']
    ),
    ...emails.map(
      (email): Attempt => [JSON.stringify(email), newCustomer('email', `'${email}'`), 'customer_email_check']
    ),
    ['a taken phone', newCustomer('phone', `'+12065550123'`), 'customer_phone_taken'],
    ['a taken e-mail', newCustomer('email', `'ann@example.com'`), 'customer_email_taken'],
    ['edited to a taken phone', `update customer set phone = '+12065550123' where id = 21`, 'customer_phone_taken'],
    ['neither', newCustomer('last_name', `'B'`), 'customer_reachable'],
    ['the last one taken away', 'update customer set email = null where id = 21', 'customer_reachable'],
    ['no first name', `update customer set first_name = ' ' where id = 21`, 'customer_first_name_check']
  ])
})
