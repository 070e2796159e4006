import type { FileImport } from '../../imports/file-import.ts'
import type { Operation } from '../../operations/operation.ts'

/** A bucket with its label and its number of rows. */
export type Count = [bucket: string, label: string, rows: number]

/** The counts that a plan announces, or that an import has reached; empty if there is no plan yet. */
export function countsOf(file: FileImport, operation: Operation | null): Count[] {
  if (file.state === 'planned') return planned(file)
  return file.state === 'done' && operation ? done(file, operation) : []
}

function planned(file: FileImport): Count[] {
  const { plan, isList, updates } = file
  if (!plan) return []
  const isNamed = file.isIntoNamed
  const renewed = updates ? plan.different.already : 0
  const counts: Count[] = [
    ['create', 'Will be created', plan.create],
    ['add', isNamed ? 'Will join groups' : 'Will be added', plan.add],
    ['move', isNamed ? 'Will move' : 'Will move here', isList ? 0 : plan.move],
    ['update', isNamed ? 'Will get new details' : 'Already here, will get new details', renewed],
    ['already', isNamed ? 'No changes' : 'Already here', plan.already - renewed],
    ...leftOut(file)
  ]
  return counts.filter(([key, , rows]) => rows > 0 || key === 'create' || (key === 'stranger' && plan.ticked > 0))
}

function done(file: FileImport, { created, added, moved, updated, already, refused }: Operation): Count[] {
  const isNamed = file.isIntoNamed
  const counts: Count[] = [
    ['created', 'Created', created],
    ['added', 'Added', added],
    ['moved', 'Moved', moved],
    ['updated', isNamed ? 'Details updated' : 'Already here, details updated', updated],
    ['already', isNamed ? 'No changes' : 'Already here', already],
    ['refused', 'Skipped, just deleted', refused],
    ...leftOut(file)
  ]
  return counts.filter(([, , rows]) => rows > 0)
}

function leftOut({ plan }: FileImport): Count[] {
  return [
    ['stranger', 'Matched with a different name', plan?.stranger ?? 0],
    ['passed', 'Skipped', plan?.passed ?? 0],
    ['wrong', 'Have errors', plan?.wrong ?? 0]
  ]
}
