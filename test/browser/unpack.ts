import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inflate } from '@sparticuz/chromium'

/** The oldest Chromium that Clientele promises to work in, and a current one; both come inside npm packages. */
export type Version = 'floor' | 'current'

const PACKAGES = {
  floor: { name: 'chromium-floor', archives: ['chromium.br', 'aws.tar.br', 'swiftshader.tar.br'] },
  current: {
    name: '@sparticuz/chromium',
    archives: ['chromium.br', 'al2023.tar.br', 'fonts.tar.br', 'swiftshader.tar.br']
  }
} as const

const FOLDER = fileURLToPath(new URL('../../.data/browsers', import.meta.url))

/** Unpacks both browsers, each to a folder of its own that outlives the run. Before the tests start: it takes a while. */
export async function unpackBrowsers(): Promise<void> {
  await unpack('floor')
  await unpack('current')
}

async function unpack(version: Version): Promise<void> {
  const folder = folderOf(version)
  if (existsSync(folder)) return
  const unfinished = `${folder}.${process.pid}`
  mkdirSync(unfinished, { recursive: true })
  // inflate() writes to the folder for temporary files, and to nowhere else.
  const before = process.env.TMPDIR
  process.env.TMPDIR = unfinished
  try {
    for (const archive of PACKAGES[version].archives) await inflate(join(packageOf(version), 'bin', archive))
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
  writeFileSync(join(unfinished, 'fonts.conf'), fontsConf(folder))
  try {
    renameSync(unfinished, folder)
  } catch (error) {
    // Another run has unpacked it meanwhile, and uses it.
    if (!existsSync(folder)) throw error
    rmSync(unfinished, { recursive: true, force: true })
  }
}

/** The fonts that come with the current version: pages are measured, so they must be the same on every machine. */
function fontsConf(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folderOf('current')}/fonts/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>
`
}

/** How to start a version: an installed one may be named by CHROME_PATH (current) and CHROME_FLOOR_PATH. */
export function startOf(version: Version) {
  const named = version === 'floor' ? process.env.CHROME_FLOOR_PATH : process.env.CHROME_PATH
  const folder = folderOf(version)
  const executablePath = named ?? join(folder, 'chromium')
  if (!existsSync(executablePath)) {
    const advice = named
      ? 'there is no such file'
      : 'it is not unpacked: run the tests by npm test, which does it first'
    throw new Error(`The browser tests need the ${version} Chromium at ${executablePath}, but ${advice}.`)
  }
  if (named) return { executablePath, env: process.env }
  // A bare Debian lacks libnss3 and what it needs.
  const libraries = [join(folderOf('current'), 'al2023/lib'), join(folderOf('floor'), 'aws/lib')]
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: libraries.join(':'),
    FONTCONFIG_FILE: process.env.BROWSER_FONTS ?? join(folder, 'fonts.conf')
  }
  return { executablePath, env }
}

function folderOf(version: Version): string {
  return join(FOLDER, versionOf(version))
}

function versionOf(version: Version): string {
  const text = readFileSync(join(packageOf(version), 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function packageOf(version: Version): string {
  const { name } = PACKAGES[version]
  try {
    return fileURLToPath(new URL('..', import.meta.resolve(name)))
  } catch {
    throw new Error(`The browser tests need the npm package ${name}, which brings their browser. Run npm ci.`)
  }
}
