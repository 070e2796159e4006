import { StartError } from '../config.ts'

/** Loads what stands on packages that only a whole install has: made-up people are no part of a shop that is open. */
export async function whole<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
      throw new StartError('The packages that make up its people are not installed. Run npm ci, without --omit=dev.')
    throw error
  }
}
