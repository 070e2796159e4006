/** What every page about groups tells the layout. */
export interface Heading {
  title: string
  active: 'groups'
}

export function heading(title: string): Heading {
  return { title, active: 'groups' }
}
