import type { FileImport } from './file-import.ts'

/**
 * The title of a page about an import, and the part of the navigation that it belongs to. An import into the groups
 * that its file names doesn't belong to a single group.
 */
export interface ImportHeading {
  title: string
  active: 'groups' | 'customers'
}

export function importHeading(file: FileImport): ImportHeading {
  if (file.isIntoNamed) return { title: 'Import Customers', active: 'customers' }
  return { title: `Import Customers into ${file.groupName}`, active: 'groups' }
}
