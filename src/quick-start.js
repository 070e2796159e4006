import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * The folder of the compile cache. Most of a start goes into reading and compiling hundreds of modules, which the cache
 * spares.
 */
const KEPT = fileURLToPath(new URL('../node_modules/.cache/clientele', import.meta.url))

// If the folder can't be written, the start only takes longer.
enableCompileCache(KEPT)
