/** The kinds of entries, with their names in the filter. */
export const KINDS = {
  'group-created': 'Group created',
  'group-changed': 'Group changed',
  'group-deleted': 'Group deleted',
  joined: 'Added to a group',
  moved: 'Moved to another group',
  left: 'Removed from a group',
  operation: 'Bulk change',
  'customer-created': 'Customer created',
  'customer-changed': 'Customer changed',
  'customer-deleted': 'Customer deleted',
  exported: 'Customers exported',
  payment: 'Payment taken',
  adjustment: 'Account adjusted',
  'staff-invited': 'Colleague invited',
  'staff-changed': 'Colleague changed',
  'staff-disabled': 'Colleague disabled',
  'staff-enabled': 'Colleague enabled',
  'link-made': 'Sign-in link created',
  'password-changed': 'Password changed',
  'tills-changed': 'Shop, till or key changed',
  reviewed: 'To review settled',
  'settings-changed': 'Settings changed',
  'signed-in': 'Signed in',
  'sign-in-failed': 'Failed sign-in',
  'signed-out': 'Signed out',
  'signed-out-everywhere': 'Signed out everywhere'
} as const

export type Kind = keyof typeof KINDS
