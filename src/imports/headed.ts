import type { FileImport } from './file-import.ts'

/** What a page about an import tells the layout: one into the groups that its file names is none of a single group. */
export interface Headed {
  title: string
  active: 'groups' | 'customers'
}

export function headed(file: FileImport): Headed {
  if (file.isIntoNamed) return { title: 'Import Customers', active: 'customers' }
  return { title: `Import Customers into ${file.groupName}`, active: 'groups' }
}
