import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartError } from '../config.ts'
import { type Binaries, canEnter, canRun, chooseRunner, copyInto, type Runner } from './binaries.ts'
import { CannotGoOn } from './cannot-go-on.ts'
import { chownAll, isRoot, ROOT, readText, writePrivate } from './files.ts'

/** Where the cluster of a data folder is, and how PostgreSQL's programs are run there. */
export interface ClusterLocation {
  /** The data folder itself, or a folder apart from it. */
  folder: string
  runner: Runner
  binaries: Binaries
}

/**
 * What the cluster is for. A demo's or a test's may be deleted along with the system's temporary files; a shop's may
 * not.
 */
export type Purpose = 'passing' | 'lasting'

/** The file in a data folder that holds the path of the folder apart. */
export const NOTE = 'postgres.folder'
/** The file in a folder apart that holds the path of the data folder it belongs to. */
const OWNER = 'data-dir'
const LASTING = '/var/lib/clientele'
const OTHERS_WRITE = 0o022
const STICKY = 0o1000

const NOBODY_MAY_ENTER =
  'PostgreSQL does not run as root, and no other user can run it here. Run Clientele as an ordinary user, move it to a folder that other users can open, or set DATABASE_URL.'

/** The folder of a data folder's cluster, whether or not it exists. */
export function clusterOf(dataDir: string): string {
  return join(recordedFolder(dataDir) ?? dataDir, 'postgres')
}

export function recordedFolder(dataDir: string): string | null {
  return existsSync(join(dataDir, NOTE)) ? readText(dataDir, NOTE) : null
}

/** Finds where the existing cluster of a data folder is. */
export function findLocation(dataDir: string, installed: Binaries): ClusterLocation {
  const folder = recordedFolder(dataDir) ?? dataDir
  const data = join(folder, 'postgres')
  const files = lstatSync(data)
  const owner = lstatSync(dataDir)
  const runner = chooseRunner(isRoot() && owner.uid === ROOT ? files : owner)
  const place = prepareFolder(folder, runner, installed)
  if (!place) throw new StartError(NOBODY_MAY_ENTER)
  // Root may have restored these files from a backup. If the folder is not root's, its owner needs the passwords too,
  // to start Clientele without root.
  const { uid } = runner.identity
  if (uid !== undefined && uid !== files.uid) chownAll(owner.uid === uid ? dataDir : data, runner.identity)
  return place
}

/**
 * Chooses where the first cluster of a data folder will be: in the data folder if possible, otherwise in a folder
 * apart.
 */
export function chooseLocation(dataDir: string, installed: Binaries, purpose: Purpose): ClusterLocation {
  const runner = chooseRunner(lstatSync(dataDir))
  const inside = prepareFolder(dataDir, runner, installed)
  if (inside) return inside
  for (const parent of isRoot() ? parentsFor(purpose) : []) {
    const folder = makeFolderApart(parent)
    if (!folder) continue
    const place = prepareFolder(folder, runner, installed)
    if (place) return place
    rmSync(folder, { recursive: true })
  }
  throw new StartError(NOBODY_MAY_ENTER)
}

/**
 * Records a new cluster's folder. This comes last, when the cluster is complete: a recorded cluster that is missing was
 * lost, and is never replaced by an empty one.
 */
export function recordLocation(dataDir: string, { folder }: ClusterLocation): void {
  if (folder === dataDir) return
  writePrivate(folder, OWNER, realpathSync(dataDir))
  writePrivate(dataDir, NOTE, folder)
}

/** Updates the folder apart when its data folder was moved. */
export function recordMove(dataDir: string): void {
  const folder = recordedFolder(dataDir)
  if (folder !== null && existsSync(join(folder, OWNER))) writePrivate(folder, OWNER, realpathSync(dataDir))
}

/** Refuses a cluster in a folder apart that is gone, or that another user could have put there. */
export function refuseForeignFolder(dataDir: string): void {
  const folder = recordedFolder(dataDir)
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

/** Prepares a folder for running PostgreSQL in it; null if it can't run there. */
function prepareFolder(folder: string, runner: Runner, installed: Binaries): ClusterLocation | null {
  allowEntry(folder, runner)
  if (!canEnter(runner, folder)) return null
  if (canRun(runner, installed.postgres)) return { folder, runner, binaries: installed }
  if (!isRoot()) return null
  const binaries = copyInto(folder, runner, installed)
  return binaries && { folder, runner, binaries }
}

/** Lets only the runner's group pass through the folder. Everything in the folder stays root's. */
function allowEntry(folder: string, runner: Runner): void {
  const { gid } = runner.identity
  const { uid, mode } = lstatSync(folder)
  if (gid === undefined || uid !== process.getuid?.() || canEnter(runner, folder)) return
  chownSync(folder, uid, gid)
  chmodSync(folder, (mode & 0o777) | 0o010)
}

function parentsFor(purpose: Purpose): string[] {
  // The first folder may be closed to other users, or mounted so that no program may run in it.
  return purpose === 'passing' ? [tmpdir(), '/tmp', LASTING] : [LASTING]
}

/** Makes a folder apart; null where another user could put a folder of theirs in its place. */
function makeFolderApart(parent: string): string | null {
  mkdirSync(parent, { recursive: true, mode: 0o755 })
  const { uid, mode } = lstatSync(realpathSync(parent))
  if (uid !== ROOT || (mode & OTHERS_WRITE && !(mode & STICKY))) return null
  return mkdtempSync(join(realpathSync(parent), 'clientele-'))
}
