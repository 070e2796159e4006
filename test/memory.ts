// Loaded before every test: where there is plenty of memory, temporary files are in it. The tests make and delete hundreds of
// databases of 300 files each; ext4 without a journal, as virtual machines have it, gets ten times as slow at that as it is at first.
import { statfsSync } from 'node:fs'
import { totalmem } from 'node:os'

const MEMORY = '/dev/shm'
const GB = 1024 ** 3

/** By what there is, not by what is free now: all processes of a run must come to the same answer. */
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
