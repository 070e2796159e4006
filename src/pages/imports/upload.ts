import multipart from '@fastify/multipart'
import type { Group } from '../../groups/group.ts'
import type { Target } from '../../groups/targets.ts'
import type { FileImport } from '../../imports/file-import.ts'
import type { FieldErrors } from '../../lib/field-errors.ts'
import type { App, ZodTypes } from '../../web/validation.ts'
import { LARGEST_FILE, MOST_FIELDS } from './take-file.ts'

declare module '../../web/view.ts' {
  interface Views {
    'imports/new': {
      title: string
      active: 'groups' | 'customers'
      /** The group of the import; null if the file names the groups. */
      group: Group | null
      /** The addresses that the file is sent to, and where the customers are. */
      start: string
      home: string
      /** The groups to choose from, for all rows of a file. */
      targets: Target[]
      find: string
      hasMore: boolean
      key: string
      updates: boolean
      errors: FieldErrors
      past: FileImport[]
    }
  }
}

const LIMITS = {
  fileSize: LARGEST_FILE,
  files: 1,
  fields: MOST_FIELDS + 1,
  fieldSize: 1_000,
  parts: MOST_FIELDS + 2,
  headerPairs: 20
}

/** Registers the pages that accept files. No other route accepts them. */
export async function registerUploads(app: App, routes: (scope: App) => void): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    await scope.register(multipart, { throwFileSizeLimit: false, limits: LIMITS })
    routes(scope.withTypeProvider<ZodTypes>())
  })
}
