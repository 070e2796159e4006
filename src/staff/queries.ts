import { raw } from '@mikro-orm/postgresql'
import type { Em } from '../db/orm.ts'
import { StaffMember } from './staff-member.ts'

/** A dozen people; with their state, which the entity knows. */
export async function listStaff(em: Em): Promise<StaffMember[]> {
  return em.find(
    StaffMember,
    {},
    { orderBy: [{ [raw((alias) => `${alias}.name collate people`)]: 'asc' }, { id: 'asc' }] }
  )
}
