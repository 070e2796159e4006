/** What every page of the settings tells the layout. */
export interface SettingsPage {
  title: string
  active: 'settings'
}

export function titled(title: string): SettingsPage {
  return { title, active: 'settings' }
}
