import type { SignedIn } from '../staff/sessions.ts'
import type { Group } from './group.ts'

/** Staff put people into groups, but into none that lets a till do more; nobody puts anyone into Walk-in (design.md, Roles). */
export function mayAdd(group: Group, user: SignedIn): boolean {
  return group.system !== 'walk-in' && (user.may('manager') || !group.isPrivileged)
}
