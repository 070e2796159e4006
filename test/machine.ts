import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// What the machine that runs the tests allows: whether this user is root, and who may become another user.

const works = ([file = '', ...args]: string[]) => spawnSync(file, args).status === 0

export const isRoot = process.getuid?.() === 0
export const hasNamespaces = works(['unshare', '--user', 'true'])

/** For a test's `skip`: false where the test can run, otherwise the reason why it can't. */
export const unlessRoot = isRoot ? false : 'only root can try this'
export const unlessNamespaces = hasNamespaces ? false : 'this machine forbids user namespaces'

/**
 * A command that runs the program after it where user namespaces are forbidden. It is empty if they are forbidden
 * anyway, and null if that can't be arranged here.
 */
export function withoutNamespaces(teardown: (work: () => void) => void): string[] | null {
  if (!hasNamespaces) return []
  // The kernel forbids user namespaces in a chroot. This one is the machine itself, mounted on another folder.
  const root = mkdtempSync(join(tmpdir(), 'clientele-root-'))
  teardown(() => rmSync(root, { recursive: true, force: true }))
  const enter = ['unshare', '--mount', 'sh', '-c', 'mount --rbind / "$0" && exec chroot "$0" "$@"', root]
  return works([...enter, 'true']) && !works([...enter, 'unshare', '--user', 'true']) ? enter : null
}

/** A command that runs the program after it as an ordinary user; null if such a user can't read it. */
export function asOrdinary(program: string): string[] | null {
  const become = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
  return works([...become, process.execPath, '--check', program]) ? become : null
}
