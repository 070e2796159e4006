// Loaded before every test. If there is plenty of memory, temporary files are kept in it: the tests create and delete
// hundreds of databases of 300 files each, at which ext4 without a journal, as virtual machines have it, becomes ten
// times as slow as it is at first.
import { statfsSync } from 'node:fs'
import { totalmem } from 'node:os'

const MEMORY = '/dev/shm'
const GB = 1024 ** 3

/**
 * This goes by the size of memory, not by what is free now, because all processes of a run must get the same answer.
 */
function isLarge(): boolean {
  try {
    const { blocks, bsize } = statfsSync(MEMORY)
    return (
      blocks * bsize >= 6 * GB &&
      Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY) >= 12 * GB
    )
  } catch {
    return false
  }
}

if (!process.env.TMPDIR && isLarge()) process.env.TMPDIR = MEMORY
