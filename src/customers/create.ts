import { sql } from 'kysely'
import { notingCreated } from '../activity/noting-members.ts'
import { explainDuplicates } from '../db/duplicates.ts'
import { DEFAULT_GROUP } from '../db/fixed.ts'
import { claimKey, type FormResult, firstResult, type SentForm } from '../db/once.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row } from '../db/rows.ts'
import type { Actor } from '../lib/actor.ts'
import type { GroupFields } from '../membership/chosen-groups.ts'
import { changeGroups, isChanging } from '../membership/chosen-groups.ts'
import type { CustomerFields } from './details.ts'
import { fieldColumns, listing } from './fields-sql.ts'
import { othersWith } from './save.ts'

/**
 * A new customer, in Default unless the form chose another primary group, with their totals at nothing; once for a form's
 * key (src/db/once.ts). Says where they are.
 */
export async function createCustomer(
  em: Em,
  sent: SentForm,
  fields: CustomerFields,
  groups: GroupFields,
  actor: Actor
): Promise<FormResult> {
  // One statement is a transaction by itself: the database is asked once, and waits for its disk once.
  const id = await explainDuplicates(em, othersWith(fields, null), () =>
    isChanging(groups)
      ? em.transactional((inner) => insertIntoGroups(inner, sent, fields, groups, actor))
      : insertCustomer(em, sent, fields, actor)
  )
  return id === null ? firstResult(em, sent) : { location: `/customers/${id}`, isRepeat: false }
}

/** The same for whoever has no form: that their phone or e-mail is taken tells that it was done before. Returns their number. */
export async function addCustomer(em: Em, fields: CustomerFields, groups: GroupFields, actor: Actor): Promise<number> {
  const id = await explainDuplicates(em, othersWith(fields, null), () =>
    em.transactional((inner) => insertIntoGroups(inner, null, fields, groups, actor))
  )
  if (id === null) throw new Error('A customer was not made')
  return id
}

async function insertIntoGroups(
  em: Em,
  sent: SentForm | null,
  fields: CustomerFields,
  groups: GroupFields,
  actor: Actor
): Promise<number | null> {
  const id = await insertCustomer(em, sent, fields, actor)
  if (id !== null) await changeGroups(em, id, groups, actor)
  return id
}

/** Null if the form's key is spent. Who is new has a number before, so that the key can say where they will be. */
async function insertCustomer(
  em: Em,
  sent: SentForm | null,
  fields: CustomerFields,
  actor: Actor
): Promise<number | null> {
  const made = await row(
    em,
    prepared(sql<{ id: number }>`
    with fresh as materialized (
      select nextval('customer_id_seq')::int as id
    ), claimed as (
      ${sent ? claimKey(sent, sql`select '/customers/' || id from fresh`) : sql`select 1`}
    ), made as (
      insert into customer (id, ${fieldColumns()}, created_at)
      select fresh.id, ${listing(({ name, type }) => sql`${fields[name]}::${sql.raw(type)}`)}, ${actor.now} from fresh, claimed
      returning id
    ), joined as (
      insert into primary_membership (customer_id, group_id, joined_at, joined_by)
      select id, ${DEFAULT_GROUP}, ${actor.now}, ${actor.id} from made
    ), counted as (
      insert into customer_totals (customer_id) select id from made
    ), noted as (
      ${notingCreated(actor, 'made')}
    )
    select id from made
  `)
  )
  return made?.id ?? null
}
