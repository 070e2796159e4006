/**
 * What each bulk operation writes, by the leanest SQL: one statement that writes the same rows (memberships, what undo needs; what
 * the figures need, triggers write for both), over one connection of `pg`. $1: the group, $2: the number of the operation.
 */
const everyone = (whom: string) =>
  `select customer_id from list_membership where group_id = ${whom} order by customer_id`
export const bulk = {
  add: (whom: string) => `insert into list_membership (group_id, customer_id, joined_at, joined_by, operation_id)
    select $1, customer_id, now(), 1, $2 from (${everyone(whom)}) chosen`,
  'undo-add': `delete from list_membership where group_id = $1 and operation_id = $2`,
  move: (whom: string) => `update primary_membership membership
    set group_id = $1, joined_at = now(), joined_by = 1, operation_id = $2, previous_group_id = group_id,
      previous_joined_at = joined_at, previous_joined_by = joined_by, previous_operation_id = operation_id
    from (${everyone(whom)}) chosen where chosen.customer_id = membership.customer_id`,
  'undo-move': `update primary_membership set group_id = previous_group_id, joined_at = previous_joined_at,
      joined_by = previous_joined_by, operation_id = previous_operation_id, previous_group_id = null, previous_joined_at = null,
      previous_joined_by = null, previous_operation_id = null
    where group_id = $1 and operation_id = $2`,
  remove: `with ended as (
      delete from list_membership where group_id = $1 returning customer_id, joined_at, joined_by, operation_id
    ) insert into ended_membership (operation_id, customer_id, joined_at, joined_by, joined_operation_id)
      select $2::int, ended.* from ended`,
  'undo-remove': `insert into list_membership (group_id, customer_id, joined_at, joined_by, operation_id)
    select $1, customer_id, joined_at, joined_by, joined_operation_id from ended_membership where operation_id = $2`
}

/** A new customer, as the form makes one. $1: how they are called, $2: their e-mail. */
export const created = `with made as (
    insert into customer (first_name, last_name, email, birth_date, gender, location)
    values ($1, 'Bench', $2, '1984-02-29', 'female', 'Madrid') returning id
  ), joined as (
    insert into primary_membership (customer_id, group_id, joined_at, joined_by) select id, 1, now(), 1 from made
  ) insert into customer_totals (customer_id) select id from made`
