import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import type { Role } from './staff-member.ts'

export interface ListedPerson {
  id: number
  name: string
  email: string
  role: Role
  since: string
  state: 'active' | 'invited' | 'disabled'
}

export async function listStaff(em: Em): Promise<ListedPerson[]> {
  return rows(
    em,
    sql<ListedPerson>`
    select id, name, email, role, created_at as since,
      case when disabled_at is not null then 'disabled' when password_hash is null then 'invited' else 'active' end as state
    from staff_member
    order by name collate people, id
  `
  )
}
