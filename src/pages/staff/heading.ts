/** What every page about staff tells the layout. */
export interface StaffPage {
  title: string
  active: 'staff'
}

export function titled(title: string): StaffPage {
  return { title, active: 'staff' }
}
