import type { IconName } from '../../lib/icons.ts'
import type { SignedIn } from '../../staff/sessions.ts'
import type { Role } from '../../staff/staff-member.ts'

interface Place {
  key: string
  href: string
  label: string
  /** The label in a phone's bottom bar, which has room for one word. */
  short?: string
  icon: IconName
  section?: string
  role?: Role
}

const PLACES: Place[] = [
  {
    key: 'groups',
    href: '/groups',
    label: 'Customer Groups',
    short: 'Groups',
    icon: 'users',
    section: 'Customer Management'
  },
  { key: 'customers', href: '/customers', label: 'Customers', icon: 'user', section: 'Customer Management' },
  { key: 'till', href: '/till', label: 'Till', icon: 'receipt-text' },
  { key: 'activity', href: '/activity', label: 'Activity', icon: 'rotate-ccw-clock', role: 'manager' },
  { key: 'review', href: '/review', label: 'To review', icon: 'list-checks', role: 'manager' },
  { key: 'staff', href: '/staff', label: 'Staff', icon: 'id-card', role: 'admin' },
  { key: 'settings', href: '/settings', label: 'Settings', icon: 'settings', role: 'admin' }
]

/** The places that a person may go to. Others are not shown. */
export function navigation(user: SignedIn): Place[] {
  return PLACES.filter(({ role }) => user.may(role ?? 'staff'))
}

/** The page that a person starts on: staff look customers up all day, managers and admins look after groups. */
export function homeOf(person: { may(role: Role): boolean }): string {
  return person.may('manager') ? '/groups' : '/customers'
}
