import { StartError } from '../config.ts'

/**
 * Imports a module that needs development packages, such as those that make up people. An installation without these
 * gets an explanation.
 * @throws StartError if the packages are not installed.
 */
export async function importDevelopment<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
      throw new StartError('The packages that make up its people are not installed. Run npm ci, without --omit=dev.')
    throw error
  }
}
