import { raw } from '@mikro-orm/postgresql'
import type { Em } from '../db/orm.ts'
import { StaffMember } from './staff-member.ts'

/** Lists all staff, which is a dozen people, as entities, because the entity computes their state. */
export async function listStaff(em: Em): Promise<StaffMember[]> {
  return em.find(
    StaffMember,
    {},
    { orderBy: [{ [raw((alias) => `${alias}.name collate people`)]: 'asc' }, { id: 'asc' }] }
  )
}
