/** What every page about staff tells the layout. */
export interface Heading {
  title: string
  active: 'staff'
}

export function heading(title: string): Heading {
  return { title, active: 'staff' }
}
