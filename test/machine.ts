import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// What the machine that runs the tests can do: who is root there, and who may become somebody else.

const works = ([file = '', ...args]: string[]) => spawnSync(file, args).status === 0

export const isRoot = process.getuid?.() === 0
export const hasNamespaces = works(['unshare', '--user', 'true'])

/** For `skip:` of a test; false where it can be run. */
export const unlessRoot = isRoot ? false : 'only root can try this'
export const unlessNamespaces = hasNamespaces ? false : 'this machine forbids user namespaces'

/** The command before a program that runs it where user namespaces are forbidden; null if that can't be brought about here. */
export function withoutNamespaces(teardown: (work: () => void) => void): string[] | null {
  if (!hasNamespaces) return []
  // The kernel forbids them in a chroot. This one is the machine itself, seen from another folder.
  const root = mkdtempSync(join(tmpdir(), 'clientele-root-'))
  teardown(() => rmSync(root, { recursive: true, force: true }))
  const enter = ['unshare', '--mount', 'sh', '-c', 'mount --rbind / "$0" && exec chroot "$0" "$@"', root]
  return works([...enter, 'true']) && !works([...enter, 'unshare', '--user', 'true']) ? enter : null
}

/** The command before a program that runs it as an ordinary user, if that one can read it. */
export function asOrdinary(program: string): string[] | null {
  const become = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
  return works([...become, process.execPath, '--check', program]) ? become : null
}
