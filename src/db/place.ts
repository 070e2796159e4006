import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartError } from '../config.ts'
import { type Binaries, canEnter, canRun, chooseRunner, copyInto, type Runner } from './binaries.ts'
import { CannotGoOn } from './cannot-go-on.ts'
import { giveAll, isRoot, ROOT, readText, writePrivate } from './files.ts'

/** Where a data folder's cluster lives, and how PostgreSQL's programs are run there. */
export interface Place {
  /** The data folder itself, or one apart from it. */
  folder: string
  runner: Runner
  binaries: Binaries
}

/** What a folder apart is for: a demo and tests may be cleared away with the system's temporary files, a shop's data may not. */
export type Purpose = 'passing' | 'lasting'

/** In the data folder: the name of the folder apart. */
export const NOTE = 'postgres.folder'
/** In the folder apart: the data folder that it belongs to. */
const OWNER = 'data-dir'
const LASTING = '/var/lib/clientele'
const OTHERS_WRITE = 0o022
const STICKY = 0o1000

const NOBODY_MAY_ENTER =
  'PostgreSQL does not run as root, and no other user can run it here. Run Clientele as an ordinary user, move it to a folder that other users can open, or set DATABASE_URL.'

/** The folder of a data folder's cluster, whether or not there is one. */
export function clusterOf(dataDir: string): string {
  return join(notedFolder(dataDir) ?? dataDir, 'postgres')
}

export function notedFolder(dataDir: string): string | null {
  return existsSync(join(dataDir, NOTE)) ? readText(dataDir, NOTE) : null
}

/** Where the cluster is that a data folder has. */
export function findPlace(dataDir: string, installed: Binaries): Place {
  const folder = notedFolder(dataDir) ?? dataDir
  const data = join(folder, 'postgres')
  const files = lstatSync(data)
  const owner = lstatSync(dataDir)
  const runner = chooseRunner(isRoot() && owner.uid === ROOT ? files : owner)
  const place = furnish(folder, runner, installed)
  if (!place) throw new StartError(NOBODY_MAY_ENTER)
  // Root may have brought them back from a backup. In somebody's folder they need their passwords too, to go on without root.
  const { uid } = runner.identity
  if (uid !== undefined && uid !== files.uid) giveAll(owner.uid === uid ? dataDir : data, runner.identity)
  return place
}

/** Where a data folder that has no cluster gets one: in itself if that can be, else in a folder apart. */
export function choosePlace(dataDir: string, installed: Binaries, purpose: Purpose): Place {
  const runner = chooseRunner(lstatSync(dataDir))
  const inside = furnish(dataDir, runner, installed)
  if (inside) return inside
  for (const parent of isRoot() ? parentsFor(purpose) : []) {
    const folder = makeApart(parent)
    if (!folder) continue
    const place = furnish(folder, runner, installed)
    if (place) return place
    rmSync(folder, { recursive: true })
  }
  throw new StartError(NOBODY_MAY_ENTER)
}

/** Noted last of all, when the cluster is whole: from then on one that is gone is never taken for one that was never made. */
export function notePlace(dataDir: string, { folder }: Place): void {
  if (folder === dataDir) return
  writePrivate(folder, OWNER, realpathSync(dataDir))
  writePrivate(dataDir, NOTE, folder)
}

/** Of a data folder that was moved together with its note. */
export function noteMoved(dataDir: string): void {
  const folder = notedFolder(dataDir)
  if (folder !== null && existsSync(join(folder, OWNER))) writePrivate(folder, OWNER, realpathSync(dataDir))
}

/** What is gone is not made anew, and what somebody else could have put there is not run. */
export function refuseForeign(dataDir: string): void {
  const folder = notedFolder(dataDir)
  if (folder === null) return
  if (!existsSync(join(folder, 'postgres'))) {
    throw new CannotGoOn(
      `its database was in ${folder}, but is gone`,
      `The database of ${dataDir} was in ${folder}, but is gone. Restore it there from a backup, or delete ${join(dataDir, NOTE)} to start with an empty one.`
    )
  }
  const { uid, mode } = lstatSync(folder)
  const isOurs = lstatSync(folder).isDirectory() && [process.getuid?.(), ROOT].includes(uid) && !(mode & OTHERS_WRITE)
  const belongsTo = isOurs && existsSync(join(folder, OWNER)) ? readText(folder, OWNER) : 'nobody'
  if (belongsTo === realpathSync(dataDir)) return
  throw new StartError(
    `The database in ${folder} belongs to ${belongsTo}, not to ${dataDir}. If ${dataDir} was moved, write where it is now into ${join(folder, OWNER)}.`
  )
}

/** What PostgreSQL needs of a folder, or null if it can't run there. */
function furnish(folder: string, runner: Runner, installed: Binaries): Place | null {
  letIn(folder, runner)
  if (!canEnter(runner, folder)) return null
  if (canRun(runner, installed.postgres)) return { folder, runner, binaries: installed }
  if (!isRoot()) return null
  const binaries = copyInto(folder, runner, installed)
  return binaries && { folder, runner, binaries }
}

/** The group alone, and only to pass through: what is in the folder is root's, and it stays so. */
function letIn(folder: string, runner: Runner): void {
  const { gid } = runner.identity
  const { uid, mode } = lstatSync(folder)
  if (gid === undefined || uid !== process.getuid?.() || canEnter(runner, folder)) return
  chownSync(folder, uid, gid)
  chmodSync(folder, (mode & 0o777) | 0o010)
}

function parentsFor(purpose: Purpose): string[] {
  // The first may be private to root, or forbid programs.
  return purpose === 'passing' ? [tmpdir(), '/tmp', LASTING] : [LASTING]
}

/** Null where somebody else could put another folder in its place. */
function makeApart(parent: string): string | null {
  mkdirSync(parent, { recursive: true, mode: 0o755 })
  const { uid, mode } = lstatSync(realpathSync(parent))
  if (uid !== ROOT || (mode & OTHERS_WRITE && !(mode & STICKY))) return null
  return mkdtempSync(join(realpathSync(parent), 'clientele-'))
}
