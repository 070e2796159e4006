import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

/** What was made of the modules at the last start: to read and compile hundreds of them anew is most of a start. */
const KEPT = fileURLToPath(new URL('../node_modules/.cache/clientele', import.meta.url))

// Where nothing can be written a start takes longer, and that is all.
enableCompileCache(KEPT)
