import { Customer } from './customers/customer.ts'
import { connect, type Deadlines } from './db/orm.ts'
import type { Pulse } from './db/pulse.ts'
import { Group } from './groups/group.ts'
import { FileImport } from './imports/file-import.ts'
import { Operation } from './operations/operation.ts'
import { Retailer } from './retailer/retailer.ts'
import { OneTimeLink } from './staff/link.ts'
import { Session } from './staff/session.ts'
import { StaffMember } from './staff/staff-member.ts'
import { Shop } from './tills/shop.ts'
import { Till } from './tills/till.ts'
import { TillKey } from './tills/till-key.ts'

const ENTITIES = [
  Customer,
  FileImport,
  Group,
  OneTimeLink,
  Operation,
  Retailer,
  Session,
  StaffMember,
  Shop,
  Till,
  TillKey
]

/** Makes the ORM for a database, with all entities of the shop. */
export function createOrm(url: string, pulse?: Pulse, patience?: Deadlines) {
  return connect(url, ENTITIES, pulse, patience)
}
